#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "harness/analyze/engine_step.hpp"
#include "harness/record/record.hpp"

namespace gpugauge {

/// What the cases of a record drew: the median power of each. The record must outlive it.
class PowerReadings {
 public:
  explicit PowerReadings(const Record& record);

  /// While this op ran, in watts; nothing unless its time is that of one measured case.
  std::optional<double> of(const OpTime& time) const;
  /// The least and the most that any case drew; zero without readings.
  double least_w() const { return least_w_; }
  double most_w() const { return most_w_; }

 private:
  std::unordered_map<std::string_view, double> watts_;  ///< by case
  double least_w_ = 0, most_w_ = 0;
};

/// Steps that run one after another.
struct RepeatedStep {
  const EngineStep* step;
  double times = 1;
};

/// The electrical energy of a token, of the card's own power reading: hosts, cooling and idle time
/// are not in it.
struct Energy {
  double known_share = 0;                    ///< of the steps' time whose power was measured
  std::optional<double> mean_w;              ///< of one card over that time
  std::optional<Estimate> joules_per_token;  ///< of all cards; absent: `reason` says why
  std::string reason;

  std::optional<Estimate> kwh_per_million_tokens() const;
};

/// Power weighted by the ops' times. The part whose power is not known counts at the mean of the
/// rest, and in the interval at anything between the least and the most that a case of the file
/// drew. Without a number where power is known for less than half of the time. `cards` run the
/// steps together for `tokens` tokens.
Energy energy_of(const PowerReadings& readings, std::span<const RepeatedStep> steps, double tokens,
                 int cards = 1);

}  // namespace gpugauge
