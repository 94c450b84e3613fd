#include "harness/render/spark.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace gpugauge {

std::string spark_line(std::span<const double> values, double least_range) {
  constexpr std::array<std::string_view, 8> kBlocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  if (values.empty()) return {};
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const double range = std::max(*high - *low, least_range);
  std::string line;
  for (const double value : values) {
    const double place = range > 0 ? (value - *low) / range : 0;
    line += kBlocks.at(static_cast<std::size_t>(place * static_cast<double>(kBlocks.size() - 1)));
  }
  return line;
}

}  // namespace gpugauge
