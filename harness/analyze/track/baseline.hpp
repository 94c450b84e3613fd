#pragma once

#include <optional>
#include <span>

#include "harness/analyze/track/gate.hpp"

namespace gpugauge {

/// What a night is expected to be, from the last accepted ones.
struct Baseline {
  double level = 0;    ///< median of ln(time)
  double scatter = 0;  ///< of a night, robust, not below scatter_floor
  /// One in `baseline_nights` of the last `seen_nights` was slower than this: of thirty one, of
  /// fewer none.
  double seen = 0;
  std::size_t nights = 0;
  bool is_unstable = false;  ///< two levels by turns rather than one with scatter

  /// Standard deviation of a night minus this level: the median of n values errs by √(π / 2n)
  /// standard deviations of one.
  double prediction_sigma() const;
};

/// Of the last `settings.baseline_nights` of the accepted nights; nothing if there are fewer than
/// `settings.baseline_least`.
std::optional<Baseline> baseline_of(std::span<const double> accepted, double delta,
                                    const GateSettings& settings);

}  // namespace gpugauge
