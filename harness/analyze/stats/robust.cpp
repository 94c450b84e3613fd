#include "harness/analyze/stats/robust.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "harness/base/statistics.hpp"

namespace gpugauge {
namespace {

constexpr double kSigmaOverMad = 1.4826;  // 1 / Φ⁻¹(0.75)
constexpr double kQ90MinusQ10 = 2.563;    // Φ⁻¹(0.9) − Φ⁻¹(0.1), in standard deviations

}  // namespace

double quantile_of_sorted(std::span<const double> sorted, double share) {
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], position - static_cast<double>(below));
}

RobustSummary robust_summary(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  RobustSummary summary{.median = median_of_sorted(sorted)};
  summary.quantile_sigma =
      (quantile_of_sorted(sorted, 0.9) - quantile_of_sorted(sorted, 0.1)) / kQ90MinusQ10;
  for (double& value : sorted) value = std::abs(value - summary.median);
  summary.mad_sigma = kSigmaOverMad * median(std::move(sorted));
  return summary;
}

double scatter_of_neighbours(std::span<const double> values) {
  if (values.size() < 2) return 0;
  std::vector<double> distances;
  distances.reserve(values.size() - 1);
  for (std::size_t i = 1; i < values.size(); ++i)
    distances.push_back(std::abs(values[i] - values[i - 1]));
  return kSigmaOverMad * median(std::move(distances)) / std::numbers::sqrt2;
}

}  // namespace gpugauge
