#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "harness/base/estimate.hpp"

namespace gpugauge {

/// Median of sorted values; the mean of the two middle ones where the count is even. NaN if there
/// are none.
double median_of_sorted(std::span<const double> sorted);

/// The same of values in any order.
double median(std::vector<double> values);

/// The median with a distribution-free interval from order statistics (binomial, at least
/// `confidence` where the count allows: below six samples the interval is the whole range).
/// `sorted` must not be empty. Source: Hahn & Meeker, Statistical Intervals, 5.2.
Estimate median_interval(std::span<const double> sorted, double confidence = 0.95);

/// Share of successes with Wilson's 95% score interval, which stays within [0, 1] and has a width
/// where all or none succeeded. Source: Wilson 1927; Brown, Cai & DasGupta 2001. `trials` must be
/// above 0.
Estimate wilson_interval(std::size_t successes, std::size_t trials);

}  // namespace gpugauge
