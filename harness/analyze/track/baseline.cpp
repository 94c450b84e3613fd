#include "harness/analyze/track/baseline.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <vector>

#include "harness/analyze/stats/robust.hpp"

namespace gpugauge {

double Baseline::prediction_sigma() const {
  return scatter * std::sqrt(1 + std::numbers::pi / (2 * static_cast<double>(nights)));
}

std::optional<Baseline> baseline_of(std::span<const double> accepted, double delta,
                                    const GateSettings& settings) {
  if (accepted.size() < settings.baseline_least) return std::nullopt;
  const auto nights = accepted.last(std::min(accepted.size(), settings.baseline_nights));
  const RobustSummary summary = robust_summary(nights);
  const auto seen = accepted.last(std::min(accepted.size(), settings.seen_nights));
  const RobustSummary seen_summary = robust_summary(seen);
  std::vector<double> slowest(seen.begin(), seen.end());
  const auto seen_level =
      slowest.begin() + static_cast<std::ptrdiff_t>(seen.size() / settings.baseline_nights);
  std::nth_element(slowest.begin(), seen_level, slowest.end(), std::greater<>());
  return Baseline{
      .level = summary.median,
      .scatter = std::max({summary.mad_sigma, summary.quantile_sigma, settings.scatter_floor}),
      .seen = *seen_level,
      .nights = nights.size(),
      .is_unstable = seen_summary.quantile_sigma >
                     std::max(delta, settings.unstable_ratio * seen_summary.mad_sigma)};
}

}  // namespace gpugauge
