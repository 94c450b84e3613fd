#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "harness/base/estimate.hpp"

namespace gpugauge {

/// Two neighbouring stretches of a series compared.
struct LevelChange {
  Estimate change;  ///< mean of the later minus mean of the earlier, with its 95% interval
  double p = 1;     ///< of no change, two-sided
};

/// Student's t-test with the larger of two standard errors: that of a common variance, and that of
/// one for each (Welch's), because a stretch that is only more scattered is not to count as slower.
/// The error is widened for an autocorrelation of neighbours of `correlation`, within [0, 1): a
/// mean then varies as that of n·(1 − r)/(1 + r) independent values (Bayley & Hammersley 1946).
/// Both need a value, together three.
LevelChange compare_levels(std::span<const double> before, std::span<const double> after,
                           double correlation = 0);

/// Autocorrelation of neighbours, at most 0.9, from the squares of the differences at distance one
/// and two, which for a first-order process are as 1 to 1 + r: a shift of the level touches them
/// only where it is. 0 where it is no more than chance makes of none, 1/√n, or for fewer than four
/// values.
double neighbour_correlation(std::span<const double> values);

struct ChangePointSettings {
  std::size_t window = 50;        ///< values that are searched together
  std::size_t least_segment = 4;  ///< values on either side of a change
  double p = 5e-6;
  double magnitude = 0;    ///< smallest change of the mean
  double correlation = 0;  ///< for compare_levels
};

struct ChangePoint {
  std::size_t index = 0;  ///< of the first value after it
  LevelChange level;      ///< of the stretches up to the neighbouring change points
};

/// The split of E-divisive means with exponent 1 (Matteson & James 2014, A Nonparametric Approach
/// for Multiple Change Point Analysis of Multivariate Data, equations 5 to 7): the index that
/// maximises the energy distance between [0, index) and [index, end) for some end. O(n²) time, O(n)
/// memory. `values` must hold 2 · least_segment at least, and that 2 at least.
std::size_t energy_split(std::span<const double> values, std::size_t least_segment);

/// Change points in order, as Hunter finds them (Fleming et al. 2023, Hunter: Using Change Point
/// Detection to Hunt for Performance Regressions): overlapping windows are split as long as a
/// t-test at ten times `p` finds the parts different, then the weakest points are taken away until
/// all that is left passes `p` and `magnitude`.
std::vector<ChangePoint> change_points(std::span<const double> values,
                                       const ChangePointSettings& settings);

}  // namespace gpugauge
