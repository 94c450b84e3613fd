#pragma once

#include <span>

namespace gpugauge {

/// Level and scatter of values some of which may be outliers. Both scatters estimate the standard
/// deviation where the values are normal; where they differ much, the values are not.
struct RobustSummary {
  double median = 0;
  double mad_sigma = 0;       ///< 1.4826 · median absolute deviation
  double quantile_sigma = 0;  ///< (Q90 − Q10) / 2.563
};

/// `values` must not be empty.
RobustSummary robust_summary(std::span<const double> values);

/// The quantile of sorted values with linear interpolation between them (type 7 of Hyndman & Fan
/// 1996). `sorted` must not be empty, `share` within [0, 1].
double quantile_of_sorted(std::span<const double> sorted, double share);

/// Standard deviation of the nights around a level that may shift now and then: from the median
/// distance of neighbours, which a shift touches once. Autocorrelation makes it too small. 0 for
/// fewer than two values.
double scatter_of_neighbours(std::span<const double> values);

}  // namespace gpugauge
