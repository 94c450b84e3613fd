#pragma once

#include <span>

#include "harness/analyze/track/baseline.hpp"
#include "harness/analyze/track/gate.hpp"

namespace gpugauge {

/// One night held against its baseline.
struct Excess {
  Estimate change;  ///< ln(time) beyond the baseline's level, with its 95% interval
  /// max(delta, sigmas · error of the prediction, what was seen before).
  double threshold = 0;

  bool is_candidate() const { return change.value > threshold; }
};

Excess excess_of(double y, const Baseline& baseline, double delta, const GateSettings& settings);

/// How many of the last accepted nights are candidates by the baseline of those before them, at
/// most `settings.unconfirmed_nights`: a change that came and that nobody has confirmed yet.
std::size_t unconfirmed_at_end(std::span<const double> accepted, double delta,
                               const GateSettings& settings);

}  // namespace gpugauge
