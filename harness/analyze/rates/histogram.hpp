#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace gpugauge {

/// How many values lie in each of equal parts of their range. A part begins where the one before
/// ends; the last also has its upper edge.
struct Histogram {
  double low = 0, width = 0;
  std::vector<std::size_t> counts;
};

/// As many parts as Rice's rule has for n values, 2·n^(1/3) (Lane, Online Statistics Education,
/// "Histograms"), and at most `most`. Equal values are one part without a width; no values none.
Histogram histogram_of(std::span<const double> values, std::size_t most);

}  // namespace gpugauge
