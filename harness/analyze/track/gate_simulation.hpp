#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "harness/analyze/track/gate.hpp"

namespace gpugauge {

/// What is planted into a series of synthetic nights, from a night of event on that lies in the
/// middle of it. Shares are of the time.
struct GateScenario {
  std::string name;
  double shift = 0;
  std::size_t shift_nights = 0;  ///< that the shift lasts; 0: for good
  double drift_per_night = 0;
  double scatter_factor = 1;            ///< of the scatter, from the event on
  double correlation = 0;               ///< of neighbouring nights, always
  double mode_gap = 0, mode_share = 0;  ///< a second level, and its share of the nights, always
  double throttled_share = 0;           ///< of the nights, always: 5% slower and seen to be
  std::size_t nights = 120;

  /// Goals; unset where there is nothing to reach.
  std::optional<double> most_false_alarms_per_1000 = 0.5;
  std::optional<double> least_recall_in_week = std::nullopt, least_recall = std::nullopt;

  bool is_regression() const { return drift_per_night > 0 || (shift > 0 && shift_nights == 0); }
};

/// The scenarios of `gpugauge selftest gate`.
std::vector<GateScenario> gate_scenarios();

/// The nights of one series: half the variance is the night's own, which a rerun of that night
/// shares, and half that of the processes.
class SyntheticNights {
 public:
  SyntheticNights(const GateScenario& scenario, double scatter, std::size_t processes,
                  std::seed_seq& seed);

  std::size_t event() const { return event_; }
  Night next();
  /// The night of the last `next()` measured again.
  Night rerun();

 private:
  Night measure();

  const GateScenario& scenario_;
  double scatter_;
  std::size_t processes_;
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  std::size_t event_;
  std::size_t index_ = 0;  ///< of the next night
  double correlated_ = 0;  ///< in standard deviations
  double level_ = 0;       ///< of the last night
  double process_sigma_ = 0;
  bool is_throttled_ = false;
};

/// What the gate made of all series of a scenario. A standing alarm is acknowledged the morning
/// after, so that it counts once.
struct ScenarioResult {
  GateScenario scenario;
  std::size_t series = 0;
  std::size_t judged_nights = 0;  ///< with a verdict, before the regression or outside of the blip
  std::size_t false_alarms = 0;   ///< among them
  std::vector<std::size_t> nights_to_alarm;  ///< of the series that were caught; 1: the same night
  std::size_t caught_by_ratchet = 0;

  /// Share of the series that were caught within so many nights.
  Estimate recall(std::size_t nights) const;
  Estimate recall() const;            ///< by the end
  Estimate false_alarm_rate() const;  ///< per judged night
  bool meets_goals() const;
};

struct SimulationOptions {
  std::size_t series = 200;
  std::uint64_t seed = 1;
  double scatter = 0.003;  ///< of a night, standard deviation of ln(time)
  std::size_t threads = 1;
};

/// The same result for a seed whatever the number of threads.
std::vector<ScenarioResult> simulate_gate(std::span<const GateScenario> scenarios,
                                          const GateSettings& settings,
                                          const SimulationOptions& options);

}  // namespace gpugauge
