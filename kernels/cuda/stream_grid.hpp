#pragma once

#include <algorithm>
#include <cstdint>

/// How the memory kernels cut their arrays. A page is what a block touches with one 16-byte access
/// a thread; a tile is the pages that it keeps in flight at once.
namespace gpugauge::stream_grid {

inline constexpr int kThreads = 256;
inline constexpr int kPageBytes = kThreads * 16;
inline constexpr int kPagesPerTile = 4;

/// Blocks of a persistent grid: as many as the device runs at once, but none without a page.
inline int blocks(std::int64_t pages, int multiprocessors, int blocks_per_multiprocessor) {
  const std::int64_t resident = std::int64_t{multiprocessors} * blocks_per_multiprocessor;
  const std::int64_t tiles = (pages + kPagesPerTile - 1) / kPagesPerTile;
  return static_cast<int>(std::max<std::int64_t>(1, std::min(resident, tiles)));
}

}  // namespace gpugauge::stream_grid
