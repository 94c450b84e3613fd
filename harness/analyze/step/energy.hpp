#pragma once

#include <optional>
#include <span>
#include <string>

#include "harness/analyze/step/engine_step.hpp"
#include "harness/record/record.hpp"

namespace gpugauge {

/// The least and the most of the mean powers that the cases of a record drew; zero without
/// readings.
struct PowerRange {
  double least_w = 0, most_w = 0;
};
PowerRange power_range(const Record& record);

/// Steps that run one after another.
struct RepeatedStep {
  const EngineStep* step;
  double times = 1;
};

/// The electrical energy of a token, of the card's own counter: hosts, cooling and idle time
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
Energy energy_of(const PowerRange& range, std::span<const RepeatedStep> steps, double tokens,
                 int cards = 1);

}  // namespace gpugauge
