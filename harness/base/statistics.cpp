#include "harness/base/statistics.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <limits>
#include <numeric>

namespace gpugauge {

double median_of_sorted(std::span<const double> sorted) {
  if (sorted.empty()) return std::numeric_limits<double>::quiet_NaN();
  const std::size_t middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle]
                                : std::midpoint(sorted[middle - 1], sorted[middle]);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return median_of_sorted(values);
}

Estimate median_interval(std::span<const double> sorted, double confidence) {
  Estimate estimate{
      .value = median_of_sorted(sorted), .low = sorted.front(), .high = sorted.back()};
  // The j-th smallest and j-th largest values enclose the median with probability 1 − 2·F(j−1),
  // where F is the distribution of Binomial(n, 1/2); take the largest j that keeps the confidence.
  const boost::math::binomial_distribution<double> below(static_cast<double>(sorted.size()), 0.5);
  const double tail = (1.0 - confidence) / 2.0;
  if (cdf(below, 0.0) > tail) return estimate;
  const auto rank =
      static_cast<std::size_t>(quantile(below, tail));  // rounds outwards: F(rank) <= tail
  estimate.low = sorted[rank];
  estimate.high = sorted[sorted.size() - 1 - rank];
  return estimate;
}

Estimate wilson_interval(std::size_t successes, std::size_t trials) {
  constexpr double kZ = 1.959964;  // Φ⁻¹(0.975)
  const auto n = static_cast<double>(trials);
  const double share = static_cast<double>(successes) / n;
  const double scale = 1 / (1 + kZ * kZ / n);
  const double center = scale * (share + kZ * kZ / (2 * n));
  const double half_width = scale * kZ * std::sqrt(share * (1 - share) / n + kZ * kZ / (4 * n * n));
  return {.value = share,
          .low = std::max(0.0, center - half_width),
          .high = std::min(1.0, center + half_width)};
}

}  // namespace gpugauge
