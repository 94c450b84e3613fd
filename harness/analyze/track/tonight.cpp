#include "harness/analyze/track/tonight.hpp"

#include <algorithm>

namespace gpugauge {
namespace {

constexpr double kNormal95 = 1.96;  // Φ⁻¹(0.975)

}  // namespace

Excess excess_of(double y, const Baseline& baseline, double delta, const GateSettings& settings) {
  const double change = y - baseline.level;
  const double sigma = baseline.prediction_sigma();
  const double threshold = std::max(delta, settings.candidate_sigmas * sigma);
  return {.change = {.value = change,
                     .low = change - kNormal95 * sigma,
                     .high = change + kNormal95 * sigma},
          .threshold = threshold,
          .is_candidate =
              change > threshold && y > baseline.seen + settings.seen_sigmas * baseline.scatter};
}

}  // namespace gpugauge
