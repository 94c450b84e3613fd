#pragma once

#include "harness/base/float_codec.hpp"

namespace gpugauge {

/// In which order the blocks of a persistent grid take the tiles of causal attention: those of all
/// heads with the last queries, which attend to most keys, first. Odd rounds go backwards, so that
/// the block with the longest tile of a round gets the shortest of the next.
struct CausalSchedule {
  int heads;         ///< of all prompts
  int query_blocks;  ///< of a prompt
  int blocks;        ///< of the grid

  GPUGAUGE_HD constexpr int tiles() const { return heads * query_blocks; }
  GPUGAUGE_HD constexpr int rounds() const { return (tiles() + blocks - 1) / blocks; }

  /// The tile that a block takes in a round; in the last one `tiles()` or more means none.
  GPUGAUGE_HD constexpr int tile(int round, int block) const {
    return round * blocks + (round % 2 == 0 ? block : blocks - 1 - block);
  }
  GPUGAUGE_HD constexpr int head_of(int tile) const { return tile % heads; }
  GPUGAUGE_HD constexpr int query_block_of(int tile) const {
    return query_blocks - 1 - tile / heads;
  }
};

}  // namespace gpugauge
