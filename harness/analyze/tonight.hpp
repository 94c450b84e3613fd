#pragma once

#include "harness/analyze/baseline.hpp"
#include "harness/analyze/gate.hpp"

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
