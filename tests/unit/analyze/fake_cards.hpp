#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "harness/analyze/advise/candidate.hpp"
#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge::fake {

/// Reads `gbps` and does a tenth of that in TFLOPS; the linears of llama-3.1-8b in BF16 at these
/// batches.
inline Record card_record(const std::string& name, double gbps, std::int64_t gib,
                          const std::vector<std::int64_t>& batches) {
  std::vector<Measurement> all{at_gbps(memory(MemoryPattern::kRead), gbps),
                               at_tflops(square(DType::kBf16, 8192), gbps / 10)};
  for (const std::int64_t batch : batches) {
    for (Measurement& m : linears(llama_8b(), Precision::kBf16, batch, 0.8 * gbps))
      all.push_back(std::move(m));
  }
  Record r = record(std::move(all));
  r.path = "results/" + name + ".json";
  r.device.name = name;
  r.device.memory_bytes = gib * kGiB;
  return r;
}

inline Rate rate(double dollars, RateKind kind = RateKind::kOnDemand, int min_gpus = 1) {
  Rate r;
  r.kind = kind;
  r.dollars_per_gpu_hour = dollars;
  r.min_gpus = min_gpus;
  return r;
}

/// A small card of $1 an hour and a large one, four times as fast, of $5.
struct Cards {
  explicit Cards(const std::vector<std::int64_t>& batches = {1, 64}) {
    records.push_back(card_record("small", 500, 24, batches));
    records.push_back(card_record("large", 2000, 80, batches));
    for (const Record& r : records) times.emplace_back(r);
    cards = cards_of(times, {});
    cards[0].rates = {rate(1)};
    cards[1].rates = {rate(5)};
  }
  Card& small() { return cards[0]; }
  Card& large() { return cards[1]; }

  std::deque<Record> records;
  std::vector<StepTimes> times;
  std::vector<Card> cards;
};

inline AdviceRequest advice_request(std::vector<std::int64_t> batches = {4}) {
  AdviceRequest r;
  r.contexts = {1024};
  r.batches = std::move(batches);
  return r;
}

}  // namespace gpugauge::fake
