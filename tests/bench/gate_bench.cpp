// How long the nightly gate takes for the whole of a history: 200 metrics of 365 nights, and a
// tenth and ten times as many of either. `track check` has 1 s for the former, with reading.

#include <benchmark/benchmark.h>

#include "harness/analyze/track/gate.hpp"
#include "harness/analyze/track/gate_simulation.hpp"

namespace gpugauge {
namespace {

std::vector<Night> made_up_history(std::size_t nights) {
  const GateScenario scenario{.name = "1% shift", .shift = 0.01, .nights = nights};
  std::seed_seq seed{1};
  SyntheticNights source(scenario, 0.003, 5, seed);
  std::vector<Night> history;
  while (history.size() < nights) history.push_back(source.next());
  return history;
}

void BM_Check(benchmark::State& state) {
  std::vector<Night> history = made_up_history(static_cast<std::size_t>(state.range(0)));
  const Night tonight = history.back();
  history.pop_back();
  for ([[maybe_unused]] auto iteration : state) {
    for (std::int64_t metric = 0; metric < state.range(1); ++metric)
      benchmark::DoNotOptimize(check(history, tonight, std::nullopt, {}, {}));
  }
  state.counters["per_metric_us"] = benchmark::Counter(
      static_cast<double>(state.range(1)) * 1e-6,
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(BM_Check)
    ->ArgNames({"nights", "metrics"})
    ->Args({365, 20})
    ->Args({365, 200})
    ->Args({365, 2000})
    ->Args({36, 200})
    ->Args({3650, 200})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace gpugauge

BENCHMARK_MAIN();
