#include "harness/render/table/spark.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace gpugauge {

namespace {

std::string blocks_of(std::span<const double> values, double base, double range) {
  constexpr std::array<std::string_view, 8> kBlocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  std::string line;
  for (const double value : values) {
    const double place = range > 0 ? std::clamp((value - base) / range, 0.0, 1.0) : 0;
    line += kBlocks.at(static_cast<std::size_t>(place * static_cast<double>(kBlocks.size() - 1)));
  }
  return line;
}

}  // namespace

std::string spark_line(std::span<const double> values, double least_range) {
  if (values.empty()) return {};
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return blocks_of(values, *low, std::max(*high - *low, least_range));
}

std::string spark_line_from_zero(std::span<const double> values) {
  if (values.empty()) return {};
  return blocks_of(values, 0, *std::max_element(values.begin(), values.end()));
}

std::string spark_line_of_shares(std::span<const double> shares) { return blocks_of(shares, 0, 1); }

}  // namespace gpugauge
