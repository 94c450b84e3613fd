#pragma once

#include <cstdint>
#include <optional>

#include "harness/analyze/money/contender.hpp"

namespace gpugauge {

/// What makes two contenders cost the same for a token, all else as it is.
struct Evens {
  CostRatio dollars;  ///< of a token, as it is today
  /// A's dollars per GPU-hour over B's. The interval is that of the ratio of both cards' times.
  Estimate price_ratio;
  double price_ratio_today = 1;
  /// What A must reach for B not to be cheaper while B keeps its own, and the other way round.
  /// Above 1 it cannot.
  Estimate utilisation_a, utilisation_b;

  /// By which share A's price could rise (if negative, must fall) until both cost the same.
  Estimate margin() const;
};

struct CardComparison {
  Load load;
  std::optional<Standing> a, b;
  std::optional<Evens> evens;  ///< if both stand
};
CardComparison compare(const Contender& a, const Contender& b, const Load& load);

/// What a fixed demand takes of one contender, from the fastest that it may be to the slowest.
struct FleetRange {
  Estimate billed_gpus;  ///< whole numbers
  Resampled dollars_per_month;
};
/// As `fleet_for`. Throws UsageError for a demand that is not positive, or that takes more than a
/// million GPUs.
FleetRange fleets_for(const Contender& contender, const Resampled& tokens_per_second,
                      double tokens_per_day);

}  // namespace gpugauge
