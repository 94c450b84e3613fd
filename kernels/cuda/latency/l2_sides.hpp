#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

/// Which lines of memory one multiprocessor reaches quickly and which slowly, where the L2 is two
/// partitions and each line has its home in one of them.
namespace gpugauge {

struct L2Sides {
  std::vector<std::uint32_t> near, far;           ///< lines, ascending
  std::uint32_t near_cycles = 0, far_cycles = 0;  ///< the median of each group
  bool differ = false;                            ///< there are two groups, not one that was cut
};

/// Splits lines by their cycles into the fastest and the slowest two fifths. A partition holds
/// about half of the lines, so that the fifth between takes what is uncertain.
inline L2Sides split_sides(const std::vector<std::uint32_t>& cycles) {
  std::vector<std::uint32_t> order(cycles.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return cycles[a] < cycles[b]; });
  const auto place = [&](std::size_t fifths) {
    return std::min(order.size() * fifths / 5, order.size() - 1);
  };
  const auto at = [&](std::size_t fifths) { return cycles[order[place(fifths)]]; };

  L2Sides sides;
  if (order.empty()) return sides;
  const auto near_end = order.begin() + static_cast<std::ptrdiff_t>(place(2));
  const auto far_begin = order.end() - static_cast<std::ptrdiff_t>(place(2));
  sides.near.assign(order.begin(), near_end);
  sides.far.assign(far_begin, order.end());
  std::sort(sides.near.begin(), sides.near.end());
  std::sort(sides.far.begin(), sides.far.end());
  sides.near_cycles = at(1);
  sides.far_cycles = at(4);
  // Of one group, whatever its shape, the middle fifth spans no more than those beside it. Slices
  // of one partition differ by a few cycles, which is why a small step is none.
  const std::uint32_t step = at(3) - at(2);
  const std::uint32_t inside = std::max(at(2) - at(1), at(4) - at(3));
  sides.differ = step > 2 * inside && step > sides.near_cycles / 20;
  return sides;
}

}  // namespace gpugauge
