#include "harness/analyze/stats/hampel.hpp"

#include <algorithm>
#include <cmath>

#include "harness/analyze/stats/robust.hpp"

namespace gpugauge {
namespace {

/// From the middle of `around`; from the nearer of its two middle values where it has two, so that
/// neither side of a step within is far.
double distance_from_middle(double value, std::span<const double> around) {
  std::vector<double> sorted(around.begin(), around.end());
  std::sort(sorted.begin(), sorted.end());
  return value - std::clamp(value, sorted[(sorted.size() - 1) / 2], sorted[sorted.size() / 2]);
}

}  // namespace

std::vector<std::size_t> without_spikes(std::span<const double> values,
                                        const HampelFilter& filter) {
  std::vector<double> distances;
  distances.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t begin = i - std::min(i, filter.reach);
    const std::size_t end = std::min(i + filter.reach + 1, values.size());
    distances.push_back(distance_from_middle(values[i], values.subspan(begin, end - begin)));
  }
  std::vector<std::size_t> kept;
  if (values.empty()) return kept;
  const RobustSummary summary = robust_summary(distances);
  const double limit =
      filter.sigmas * std::max({summary.mad_sigma, summary.quantile_sigma, filter.least_scatter});
  for (std::size_t i = 0; i < values.size(); ++i)
    if (std::abs(distances[i]) <= limit) kept.push_back(i);
  return kept;
}

}  // namespace gpugauge
