#pragma once

#include <algorithm>
#include <cstdint>

#include "harness/base/float_codec.hpp"

namespace gpugauge {

/// Shares decode attention evenly among blocks. The work is a line of tiles of tokens, all tiles of
/// one unit (a sequence's kv head) and then those of the next; every block takes a part of the line
/// of the same length, give or take a tile, wherever that begins and ends. A unit that several
/// blocks share is put together by the last of them to finish: "stream-K", Osama et al., Stream-K:
/// Work-centric Parallel Decomposition for Dense Matrix-Matrix Multiplication on the GPU, 2023.
struct AttentionSplit {
  int units;
  int tiles_per_unit;
  int blocks;  ///< at most `tiles()`

  GPUGAUGE_HD constexpr int tiles() const { return units * tiles_per_unit; }
  /// A block's tiles end where those of the next begin.
  GPUGAUGE_HD constexpr int first_tile(int block) const {
    return static_cast<int>(std::int64_t{tiles()} * block / blocks);
  }
  GPUGAUGE_HD constexpr int block_of(int tile) const {
    return static_cast<int>((std::int64_t{tile + 1} * blocks - 1) / tiles());
  }
  GPUGAUGE_HD constexpr int unit_begin(int unit) const { return unit * tiles_per_unit; }
  GPUGAUGE_HD constexpr int first_block(int unit) const { return block_of(unit_begin(unit)); }
  GPUGAUGE_HD constexpr int last_block(int unit) const {
    return block_of(unit_begin(unit + 1) - 1);
  }

  /// Where a block leaves its part of a unit that it shares. There are two such units at most: one
  /// that an earlier block begins, and one that it begins itself and does not finish.
  GPUGAUGE_HD static constexpr int partial_of(int block, int first_block_of_unit) {
    return 2 * block + (block == first_block_of_unit ? 1 : 0);
  }
  GPUGAUGE_HD constexpr int partials() const { return 2 * blocks; }
};

/// As many blocks as the device runs at once, but none with fewer tiles than it has warps.
inline AttentionSplit split_attention(int units, int tiles_per_unit, int resident_blocks,
                                      int warps) {
  AttentionSplit split{units, tiles_per_unit, 1};
  split.blocks = std::clamp((split.tiles() + warps - 1) / warps, 1, resident_blocks);
  return split;
}

}  // namespace gpugauge
