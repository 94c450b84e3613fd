// Advice over many cards: result files x 10 models x 8 batches x 6 contexts x 10 prices. The goal
// is 2 s and 500 MiB for 100 files on two cores; the tenth of it shows how it grows.
//
// Build and run alone: cmake -B build -DGPUGAUGE_BENCH=ON, build the target bench_advise and run
// it.

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <set>
#include <vector>

#include "harness/answer/advice_answer.hpp"
#include "harness/config/catalog.hpp"
#include "harness/config/model_ops.hpp"
#include "harness/plan/case.hpp"

namespace gpugauge {
namespace {

constexpr int kSamples = 20, kPrices = 10;
const std::vector<std::int64_t> kBatches{1, 2, 4, 8, 16, 32, 64, 128};
const std::vector<std::int64_t> kContexts{256, 512, 1024, 2048, 4096, 8192};

std::vector<ModelConfig> models() {
  const Catalog catalog(std::string(GPUGAUGE_SOURCE_DIR) + "/configs");
  std::vector<ModelConfig> all;
  for (const std::string& name : catalog.model_names()) all.push_back(catalog.model(name));
  while (all.size() < 10) {
    ModelConfig deeper = all[all.size() - 8];
    deeper.name += "-deeper";
    deeper.num_hidden_layers += 8;
    all.push_back(std::move(deeper));
  }
  return all;
}

Measurement measured(const Op& op, double ns) {
  Measurement m;
  m.c = {.op = op, .implementation = "synthetic", .options = {}, .model = {}, .role = {}};
  m.name = case_name(m.c);
  m.is_library = true;
  m.work = work_of(op);
  m.time_ns = {.value = ns, .low = 0.99 * ns, .high = 1.01 * ns};
  for (int i = 0; i < kSamples; ++i)
    m.samples.time_ns.push_back(ns * (0.99 + 0.02 * ((i * 7) % kSamples) / (kSamples - 1)));
  m.sample_count = kSamples;
  m.verification.passed = true;
  return m;
}

/// A card with every linear at every batch, attention at the ends of the map, and the peaks.
Record card(int index, const std::vector<ModelConfig>& all) {
  const double gbps = 800 + 30 * index, tflops = gbps / 3;
  Record record;
  record.path = fmt::format("card-{}.json", index);
  record.device.backend = Backend::kCuda;
  record.device.name = fmt::format("Card {}", index);
  record.device.memory_bytes = (std::int64_t{24} + index % 4 * 40) << 30;
  std::set<std::string> seen;
  const auto add = [&](const Op& op) {
    const Work work = work_of(op);
    Measurement m = measured(op, std::max(work.bytes / gbps, work.flops / tflops / 1e3) + 2000);
    if (seen.insert(m.name).second) record.measurements.push_back(std::move(m));
  };
  add(MemoryStream{.pattern = MemoryPattern::kRead, .bytes = std::int64_t{4} << 30});
  add(gemm_of(DType::kBf16, 8192, 8192, 8192));
  for (const ModelConfig& model : all) {
    for (const std::int64_t batch : kBatches) {
      for (const LinearOp& linear : linear_ops_of(model, Precision::kBf16, batch)) add(linear.gemm);
    }
    for (const std::int64_t batch : {std::int64_t{1}, std::int64_t{128}}) {
      for (const std::int64_t context : {std::int64_t{256}, std::int64_t{16384}})
        add(attention_decode_of(model, batch, context, DType::kBf16));
    }
  }
  return record;
}

void advice(benchmark::State& state) {
  const std::vector<ModelConfig> all = models();
  std::vector<Record> records;
  for (int i = 0; i < static_cast<int>(state.range(0)); ++i) records.push_back(card(i, all));
  AdviceRequest request;
  request.contexts = kContexts;
  request.batches = kBatches;
  std::size_t options = 0;
  for (auto _ : state) {
    const std::vector<StepTimes> files(records.begin(), records.end());
    std::vector<Card> cards = cards_of(files, {});
    for (std::size_t c = 0; c < cards.size(); ++c) {
      for (int price = 0; price < kPrices; ++price) {
        Rate rate;
        rate.kind = RateKind::kOnDemand;
        rate.dollars_per_gpu_hour = 1 + 0.02 * static_cast<double>(c) + 0.1 * price;
        cards[c].rates.push_back(rate);
      }
    }
    const std::vector<Advice> answers = advise(cards, all, request);
    options = 0;
    for (const Advice& a : answers) {
      for (const Ranking& ranking : a.rankings) options += ranking.options.size();
    }
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  state.counters["options"] = static_cast<double>(options);
  state.counters["peak_MiB"] = static_cast<double>(usage.ru_maxrss) / 1024;
}
BENCHMARK(advice)->Arg(10)->Arg(100)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

}  // namespace
}  // namespace gpugauge

BENCHMARK_MAIN();
