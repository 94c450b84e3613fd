#pragma once

#include "harness/analyze/track/baseline.hpp"
#include "harness/analyze/track/gate.hpp"

namespace gpugauge {

/// One night held against its baseline.
struct Excess {
  Estimate change;       ///< ln(time) beyond the baseline's level, with its 95% interval
  double threshold = 0;  ///< max(delta, sigmas · error of the prediction)
  /// Beyond the threshold, and slower than what was seen before.
  bool is_candidate = false;
};

Excess excess_of(double y, const Baseline& baseline, double delta, const GateSettings& settings);

}  // namespace gpugauge
