// What the analysis behind a choice of cards costs: result files x 10 models x 8 batches x 6
// contexts x 10 prices, each file's rate and its largest batch with their bootstrap, and for every
// point how likely the cheapest is cheaper than the next. For 10, 100 and 1,000 files of some 270
// cases with 24 to 40 samples. The budget is 2 s and 500 MiB on two cores for 100 files.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "harness/analyze/money/contender.hpp"
#include "harness/base/random.hpp"
#include "harness/config/catalog.hpp"

namespace gpugauge {
namespace {

constexpr std::int64_t kRecords = 100;
constexpr std::array<std::int64_t, 8> kBatches{1, 2, 4, 8, 16, 32, 64, 128};
constexpr std::array<std::int64_t, 6> kContexts{512, 1024, 2048, 4096, 8192, 16384};
constexpr std::array<double, 10> kDollarsPerHour{0.9, 1.2, 1.5, 1.9, 2.1, 2.5, 2.9, 3.5, 4.2, 6.9};
constexpr std::int64_t kOutputTokens = 256;

/// Those of the catalog, and two with layers of their own.
std::vector<ModelConfig> made_up_models() {
  const Catalog catalog(std::filesystem::path(GPUGAUGE_SOURCE_DIR) / "configs");
  std::vector<ModelConfig> models;
  for (const std::string& name : catalog.model_names()) models.push_back(catalog.model(name));
  while (models.size() < 10) {
    models.push_back(models.front());
    models.back().name += fmt::format("-{}", models.size());
    models.back().intermediate_size += 1024 * static_cast<std::int64_t>(models.size());
  }
  models.resize(10);
  return models;
}

Measurement made_up_measurement(const Op& op, double gbps, std::uint64_t seed) {
  Measurement m;
  m.c = {.op = op, .implementation = "library", .options = {}, .model = {}, .role = {}};
  m.name = case_name(m.c);
  m.is_library = true;
  m.work = work_of(op);
  m.verification.passed = true;
  const double ns = 2000 + std::max(m.work.bytes / gbps, m.work.flops / 400e3);
  const std::size_t samples = 24 + seed % 17;
  for (std::uint64_t i = 0; i < samples; ++i) {
    const auto clock = static_cast<float>(1700 + 15 * (random_bits(seed, 2 * i) % 9));
    const auto noise = random_value(Distribution::kNormal, seed, 2 * i + 1);
    m.samples.clock_mhz.push_back(clock);
    m.samples.time_ns.push_back(ns * (1760 / clock + 0.01F * noise));
  }
  std::vector<double> sorted = m.samples.time_ns;
  std::sort(sorted.begin(), sorted.end());
  m.time_ns = median_interval(sorted);
  m.sample_count = static_cast<int>(samples);
  return m;
}

/// The ops of every model at some batches and contexts, a read, and a large GEMM.
Record made_up_record(const std::vector<ModelConfig>& models, int number) {
  const double gbps = 900 + 25 * number;
  Record record;
  record.path = fmt::format("results/{}.json", number);
  record.device.name = fmt::format("SYNTHETIC {}", number);
  record.device.memory_bytes = (std::int64_t{48} + number) << 30;
  std::set<std::string> names;
  const auto add = [&](const Op& op) {
    const std::uint64_t seed = 1000U * static_cast<unsigned>(number) + names.size();
    Measurement m = made_up_measurement(op, gbps, seed);
    if (names.insert(m.name).second) record.measurements.push_back(std::move(m));
  };
  add(MemoryStream{.pattern = MemoryPattern::kRead, .bytes = std::int64_t{4} << 30});
  add(gemm_of(DType::kBf16, 8192, 8192, 8192));
  for (const ModelConfig& model : models) {
    for (const std::int64_t batch : {1, 8, 64, 256}) {
      for (const std::int64_t context : {1024, 32768}) {
        for (const StepOp& op : decode_ops(model, {.batch = batch, .context = context})) add(op.op);
      }
    }
  }
  return record;
}

struct Candidate {
  double dollars;
  Resampled tokens_per_second;
};

/// The chance of the cheapest of every price, against the next.
double chances(std::vector<Candidate>& candidates) {
  if (candidates.size() < 2) return 0;
  std::partial_sort(candidates.begin(), candidates.begin() + 2, candidates.end(),
                    [](const Candidate& a, const Candidate& b) { return a.dollars < b.dollars; });
  double sum = 0;
  for (const double dollars : kDollarsPerHour) {
    Bill bill;
    bill.rate.dollars_per_gpu_hour = dollars;
    const CostRatio ratio =
        cost_ratio(dollars_per_million(bill, candidates[0].tokens_per_second, {}),
                   dollars_per_million(bill, candidates[1].tokens_per_second, {}));
    sum += ratio.probability_a_is_cheaper + ratio.a_over_b.high;
  }
  return sum;
}

/// What one file says of a model: its rate at every batch and context.
void add_candidates(const StepTimes& times, const ModelConfig& model, Bootstrap& bootstrap,
                    std::vector<std::vector<Candidate>>& candidates) {
  auto place = candidates.begin();
  for (const std::int64_t context : kContexts) {
    ServingRequest request;
    request.input_tokens = context;
    request.output_tokens = kOutputTokens;
    request.budget =
        MemoryBudget{.device_bytes = static_cast<double>(times.record().device.memory_bytes)};
    const Server server(times, model, request);
    const auto add = [&](const ServingFinding& finding) {
      std::vector<Candidate>& here = *place++;
      if (finding.rate() == nullptr) return;
      const Resampled rate = resampled_rate(finding, bootstrap);
      here.push_back({dollars_per_million(1, 1, rate.value), rate});
    };
    for (const std::int64_t batch : kBatches) add(server.at(batch));
    add(server.at_largest_batch());
  }
}

double sweep(const std::vector<Record>& records, const std::vector<ModelConfig>& models,
             std::size_t files) {
  std::vector<StepTimes> times;
  std::vector<Bootstrap> bootstraps;
  for (std::size_t file = 0; file < files; ++file) {
    times.emplace_back(records[file % records.size()]);
    bootstraps.emplace_back(file);
  }
  double sum = 0;
  for (const ModelConfig& model : models) {
    std::vector<std::vector<Candidate>> candidates(kContexts.size() * (kBatches.size() + 1));
    for (std::size_t file = 0; file < files; ++file)
      add_candidates(times[file], model, bootstraps[file], candidates);
    for (std::vector<Candidate>& here : candidates) sum += chances(here);
  }
  return sum;
}

/// The highest resident memory since the last call, in MiB; see proc(5), clear_refs.
double take_peak_mib() {
  std::ifstream status("/proc/self/status");
  double kib = 0;
  for (std::string word; status >> word;) {
    if (word == "VmHWM:") status >> kib;
  }
  std::ofstream("/proc/self/clear_refs") << "5";
  return kib / 1024;
}

}  // namespace
}  // namespace gpugauge

int main(int argc, char** argv) {
  using namespace gpugauge;  // NOLINT(google-build-using-namespace)
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  const std::vector<ModelConfig> models = made_up_models();
  std::vector<Record> records;
  for (int i = 0; i < kRecords; ++i) records.push_back(made_up_record(models, i));
  const auto run = [&](benchmark::State& state) {
    const auto files = static_cast<std::size_t>(state.range(0));
    take_peak_mib();
    for ([[maybe_unused]] auto iteration : state)
      benchmark::DoNotOptimize(sweep(records, models, files));
    state.counters["peak_rss_mib"] = take_peak_mib();
    state.counters["cases_a_file"] = static_cast<double>(records.front().measurements.size());
    // The same at every size where the time grows with the files.
    state.counters["s_a_file"] =
        benchmark::Counter(static_cast<double>(state.iterations() * state.range(0)),
                           benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  };
  benchmark::RegisterBenchmark("choose_card", run)
      ->ArgName("files")
      ->Arg(kRecords / 10)
      ->Arg(kRecords)
      ->Arg(kRecords * 10)
      ->Iterations(1)
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
