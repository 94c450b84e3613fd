#include "harness/analyze/rates/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace gpugauge {

Histogram histogram_of(std::span<const double> values, std::size_t most) {
  if (values.empty()) return {};
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  Histogram result{.low = *low, .width = 0, .counts = {values.size()}};
  if (*low == *high) return result;
  const double rice = std::ceil(2 * std::cbrt(static_cast<double>(values.size())));
  const std::size_t parts = std::clamp<std::size_t>(static_cast<std::size_t>(rice), 1, most);
  result.width = (*high - *low) / static_cast<double>(parts);
  result.counts.assign(parts, 0);
  for (const double value : values) {
    const auto part = static_cast<std::size_t>((value - *low) / result.width);
    ++result.counts[std::min(part, parts - 1)];
  }
  return result;
}

}  // namespace gpugauge
