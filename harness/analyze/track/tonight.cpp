#include "harness/analyze/track/tonight.hpp"

#include <algorithm>

namespace gpugauge {
namespace {

constexpr double kNormal95 = 1.96;  // Φ⁻¹(0.975)

}  // namespace

Excess excess_of(double y, const Baseline& baseline, double delta, const GateSettings& settings) {
  const double change = y - baseline.level;
  const double sigma = baseline.prediction_sigma();
  const double seen = baseline.seen + settings.seen_sigmas * baseline.scatter - baseline.level;
  return {.change = {.value = change,
                     .low = change - kNormal95 * sigma,
                     .high = change + kNormal95 * sigma},
          .threshold = std::max({delta, settings.candidate_sigmas * sigma, seen})};
}

std::size_t unconfirmed_at_end(std::span<const double> accepted, double delta,
                               const GateSettings& settings) {
  std::size_t found = 0;
  for (std::size_t n = 1; n <= std::min(settings.unconfirmed_nights, accepted.size()); ++n) {
    const auto before = accepted.first(accepted.size() - n);
    const auto baseline = baseline_of(before, delta, settings);
    if (!baseline || accepted[before.size()] - baseline->level <= delta) break;
    const auto nights = accepted.last(n);
    if (std::all_of(nights.begin(), nights.end(), [&](double y) {
          return excess_of(y, *baseline, delta, settings).is_candidate();
        }))
      found = n;
  }
  return found;
}

}  // namespace gpugauge
