#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/ops/op.hpp"

/// How the memory kernels cut their arrays. A page is what a block touches with one 16-byte access
/// a thread; a tile is the pages that it keeps in flight at once.
namespace gpugauge::stream_grid {

inline constexpr int kThreads = 256;
inline constexpr int kPageBytes = kThreads * 16;

/// Reads keep 8 · 16 bytes a thread in flight. What writes as well keeps half of that for each
/// array, in half of the registers: then more blocks fit.
inline constexpr int kReadTilePages = 8;
inline constexpr int kTilePages = 4;

constexpr int tile_pages(MemoryPattern pattern) {
  return pattern == MemoryPattern::kRead ? kReadTilePages : kTilePages;
}

/// What is streamed in tiles of 8 pages, then of 4, 2 and 1. Of each width there are whole waves,
/// the same number of tiles for every block, so that none ends late; single pages do the rest.
struct Cut {
  std::int64_t ends[4];  ///< where the pages end that go in tiles of 1, 2, 4 and 8: last to first
};

constexpr Cut cut(std::int64_t pages, int tile_pages, int blocks) {
  Cut result{{pages, 0, 0, 0}};
  std::int64_t end = 0;
  for (int level = 3; level > 0; --level) {
    const std::int64_t wave = std::int64_t{blocks} << level;
    if (1 << level <= tile_pages) end += (pages - end) / wave * wave;
    result.ends[level] = end;
  }
  return result;
}

/// Blocks of a grid that is launched once: as many as the device runs at once, but none without a
/// page.
constexpr int resident_blocks(std::int64_t pages, int multiprocessors,
                              int blocks_per_multiprocessor) {
  const std::int64_t resident = std::int64_t{multiprocessors} * blocks_per_multiprocessor;
  return static_cast<int>(std::clamp<std::int64_t>(pages, 1, std::max<std::int64_t>(1, resident)));
}

/// Blocks of a grid whose tiles the hardware hands out: one a tile.
constexpr int tile_blocks(std::int64_t pages, int tile_pages) {
  return static_cast<int>(std::max<std::int64_t>(1, pages / tile_pages));
}

}  // namespace gpugauge::stream_grid
