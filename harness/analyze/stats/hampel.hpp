#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace gpugauge {

/// Where an isolated spike is: farther from the median of the `reach` values to either side and
/// itself than `sigmas` times the scatter. A level that lasts for `reach` values is none. Hampel's
/// identifier (Davies & Gather 1993; Pearson et al. 2016, Generalized Hampel Filters), but with one
/// scatter for the whole series, that of the distances from these medians: a window of seven knows
/// its own too badly, and a level that comes back again and again is to count as scatter.
struct HampelFilter {
  std::size_t reach = 3;
  double sigmas = 4.0;
  double least_scatter = 0;  ///< what the scatter counts as at least
};

/// Indices of the values that are no spikes, in order.
std::vector<std::size_t> without_spikes(std::span<const double> values, const HampelFilter& filter);

}  // namespace gpugauge
