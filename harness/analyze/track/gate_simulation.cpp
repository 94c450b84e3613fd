#include "harness/analyze/track/gate_simulation.hpp"
#include "harness/base/statistics.hpp"
#include "harness/base/units.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numbers>
#include <thread>

namespace gpugauge {
namespace {

constexpr std::size_t kFirstEvent = 50, kLastEvent = 80;
constexpr double kNightShare = 0.5;  // of the variance: what a rerun the same night shares
constexpr double kThrottledSlowdown = 0.05;
constexpr double kClockMhz = 1755, kThrottledClockMhz = 1650;

/// What one series came to.
struct Outcome {
  std::size_t judged_nights = 0, false_alarms = 0;
  std::optional<std::size_t> nights_to_alarm;
  bool by_ratchet = false;
};

/// Variance of the median of n standard normal values, asymptotic with the small-sample term of
/// Chu 1955: exact to 1% from n = 3 on.
double variance_of_median(std::size_t n) {
  return std::numbers::pi / (2 * (static_cast<double>(n) + std::numbers::pi / 2 - 1));
}

bool is_judged(GateStatus status) {
  return status == GateStatus::kPass || status == GateStatus::kAdvice ||
         status == GateStatus::kUnconfirmed || status == GateStatus::kRegression;
}

Outcome simulate_series(const GateScenario& scenario, const GateSettings& settings, double scatter,
                        std::seed_seq& seed) {
  SyntheticNights nights(scenario, scatter, settings.processes, seed);
  std::vector<Night> history;
  GateMemory memory;
  Outcome outcome;
  while (history.size() < scenario.nights) {
    const std::size_t index = history.size();
    const Night tonight = nights.next();
    GateFinding finding = check(history, tonight, std::nullopt, settings, memory);
    if (finding.status == GateStatus::kNeedsRerun)
      finding = check(history, tonight, nights.rerun(), settings, memory);
    history.push_back(tonight);
    const bool is_alarm = finding.status == GateStatus::kRegression;
    const bool is_since_event = index >= nights.event();
    if (scenario.is_regression() && is_since_event) {
      if (!is_alarm) continue;
      outcome.nights_to_alarm = index - nights.event() + 1;
      outcome.by_ratchet = finding.stage == Stage::kRatchet;
      return outcome;
    }
    if (is_since_event && index < nights.event() + scenario.shift_nights) continue;
    outcome.judged_nights += is_judged(finding.status) ? 1 : 0;
    if (!is_alarm) continue;
    ++outcome.false_alarms;
    if (finding.stage != Stage::kTonight) memory.since = finding.change_point.value_or(index);
  }
  return outcome;
}

}  // namespace

std::vector<GateScenario> gate_scenarios() {
  return {
      {.name = "nothing"},
      {.name = "1% shift", .shift = 0.01, .least_recall_in_week = 0.9},
      {.name = "2% shift", .shift = 0.02, .least_recall_in_week = 1.0},
      {.name = "5% shift", .shift = 0.05, .least_recall_in_week = 1.0},
      {.name = "drift, 1% in 100 nights",
       .drift_per_night = 1e-4,
       .nights = 320,
       .least_recall = 1.0},
      {.name = "3% for two nights", .shift = 0.03, .shift_nights = 2},
      {.name = "scatter doubles", .scatter_factor = 2},
      {.name = "correlated by 0.6", .correlation = 0.6},
      {.name = "2% up on 1 night in 5", .mode_gap = 0.02, .mode_share = 0.2},
      {.name = "10% of nights throttled", .throttled_share = 0.1},
  };
}

SyntheticNights::SyntheticNights(const GateScenario& scenario, double scatter,
                                 std::size_t processes, std::seed_seq& seed)
    : scenario_(scenario),
      scatter_(scatter),
      processes_(processes),
      random_(seed),
      event_(std::uniform_int_distribution<std::size_t>(kFirstEvent, kLastEvent)(random_)),
      correlated_(normal_(random_)) {}

Night SyntheticNights::next() {
  const bool is_since_event = index_ >= event_;
  const std::size_t age = is_since_event ? index_ - event_ + 1 : 0;
  // Correlated nights have all their variance in the night, so that the correlation is that of y.
  const double r = scenario_.correlation;
  const double night_share = r > 0 ? 1.0 : kNightShare;
  correlated_ = r * correlated_ + std::sqrt(1 - r * r) * normal_(random_);
  const double sigma = scatter_ * (is_since_event ? scenario_.scatter_factor : 1.0);
  process_sigma_ = sigma * std::sqrt((1 - night_share) / variance_of_median(processes_));

  level_ = sigma * std::sqrt(night_share) * correlated_;
  level_ += std::log1p(scenario_.drift_per_night * static_cast<double>(age));
  if (is_since_event && (scenario_.shift_nights == 0 || age <= scenario_.shift_nights))
    level_ += std::log1p(scenario_.shift);
  std::uniform_real_distribution<double> share;
  if (share(random_) < scenario_.mode_share) level_ += std::log1p(scenario_.mode_gap);
  is_throttled_ = share(random_) < scenario_.throttled_share;
  if (is_throttled_) level_ += std::log1p(kThrottledSlowdown);
  ++index_;
  return measure();
}

Night SyntheticNights::rerun() { return measure(); }

Night SyntheticNights::measure() {
  std::vector<double> times;
  for (std::size_t i = 0; i < processes_; ++i)
    times.push_back(std::exp(level_ + process_sigma_ * normal_(random_)));
  Night night = night_of(static_cast<std::int64_t>(index_) * kSecondsPerDay, times);
  night.clock_mhz_median = kClockMhz;
  // Half of them show it by the reasons in the record, half only by their clock.
  if (is_throttled_ && index_ % 2 == 0) night.quarantine = {QuarantineReason::kThrottled};
  if (is_throttled_ && index_ % 2 == 1) night.clock_mhz_median = kThrottledClockMhz;
  return night;
}

Estimate ScenarioResult::recall(std::size_t nights) const {
  const auto caught = std::count_if(nights_to_alarm.begin(), nights_to_alarm.end(),
                                    [&](std::size_t n) { return n <= nights; });
  return wilson_interval(static_cast<std::size_t>(caught), series);
}

Estimate ScenarioResult::recall() const { return wilson_interval(nights_to_alarm.size(), series); }

Estimate ScenarioResult::false_alarm_rate() const {
  return wilson_interval(false_alarms, std::max<std::size_t>(judged_nights, 1));
}

bool ScenarioResult::meets_goals() const {
  const auto& s = scenario;
  return (!s.most_false_alarms_per_1000 ||
          1000 * false_alarm_rate().value <= *s.most_false_alarms_per_1000) &&
         (!s.least_recall_in_week || recall(7).value >= *s.least_recall_in_week) &&
         (!s.least_recall || recall().value >= *s.least_recall);
}

std::vector<ScenarioResult> simulate_gate(std::span<const GateScenario> scenarios,
                                          const GateSettings& settings,
                                          const SimulationOptions& options) {
  std::vector<Outcome> outcomes(scenarios.size() * options.series);
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < outcomes.size(); i = next++) {
      const std::size_t scenario = i / options.series;
      std::seed_seq seed{options.seed & 0xffffffff, options.seed >> 32,
                         static_cast<std::uint64_t>(scenario),
                         static_cast<std::uint64_t>(i % options.series)};
      outcomes[i] = simulate_series(scenarios[scenario], settings, options.scatter, seed);
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < options.threads; ++i) threads.emplace_back(work);
    work();
  }

  std::vector<ScenarioResult> results;
  for (std::size_t scenario = 0; scenario < scenarios.size(); ++scenario) {
    ScenarioResult& result = results.emplace_back();
    result.scenario = scenarios[scenario];
    result.series = options.series;
    for (const Outcome& outcome :
         std::span(outcomes).subspan(scenario * options.series, options.series)) {
      result.judged_nights += outcome.judged_nights;
      result.false_alarms += outcome.false_alarms;
      if (outcome.nights_to_alarm) result.nights_to_alarm.push_back(*outcome.nights_to_alarm);
      result.caught_by_ratchet += outcome.by_ratchet ? 1 : 0;
    }
  }
  return results;
}

}  // namespace gpugauge
