#pragma once

#include <cstdint>

#include "harness/base/float_codec.hpp"

namespace gpugauge {

/// Some steps of one tile.
struct WorkChunk {
  int tile;
  int step;   ///< the first, counted within the tile
  int steps;  ///< none: the block's work is done
};

/// The blocks that share a tile: `first`, `first` + 1, ….
struct TileBlocks {
  int first;
  int count;
};

/// Tiles of equally many steps, laid end to end and cut evenly, so that every block reads equally
/// many bytes and most tiles belong to one block or two (stream-K: Osama et al., 2023). A tile that
/// was cut is added up from the partial sums of its blocks. Or, with `whole_tiles`, cut between
/// tiles alone.
struct WorkSplit {
  int tiles;
  int steps_per_tile;
  int blocks;  ///< at most one a step, and kMostBlocks; of steps there are at most kMostSteps
  bool whole_tiles = false;

  GPUGAUGE_HD constexpr int steps() const { return tiles * steps_per_tile; }

  /// The first of a block's steps, in all tiles together; block `blocks` begins where all end.
  GPUGAUGE_HD constexpr int begin(int block) const {
    const int parts = whole_tiles ? tiles : steps();
    return static_cast<int>(product(block, parts) / static_cast<unsigned>(blocks)) *
           (whole_tiles ? steps_per_tile : 1);
  }
  GPUGAUGE_HD constexpr int block_of(int step) const {
    const int part = whole_tiles ? step / steps_per_tile : step;
    return static_cast<int>((product(part + 1, blocks) - 1) /
                            static_cast<unsigned>(whole_tiles ? tiles : steps()));
  }

  /// What a block that has reached `position` and stops before `end` works on next: at most `most`
  /// steps, beginning anew at their multiples.
  GPUGAUGE_HD constexpr WorkChunk chunk(int position, int end, int most) const {
    const int tile = position / steps_per_tile;
    const int step = position - tile * steps_per_tile;
    int steps = most - step % most;
    if (steps > steps_per_tile - step) steps = steps_per_tile - step;
    if (steps > end - position) steps = end - position;
    return {tile, step, steps};
  }

  GPUGAUGE_HD constexpr TileBlocks blocks_of(int tile) const {
    const int first = block_of(tile * steps_per_tile);
    return {first, block_of((tile + 1) * steps_per_tile - 1) - first + 1};
  }

  /// Where a block leaves its partial sums of a cut tile: it has at most two, of the tile that it
  /// takes over from the block before it and of the one that it begins.
  GPUGAUGE_HD static constexpr int partial_slot(int block, bool begins_tile) {
    return 2 * block + (begins_tile ? 1 : 0);
  }
  constexpr int partial_slots() const { return 2 * blocks; }

  /// In 32 bits, as a division of 64 takes a kernel longer than a trip to memory.
  GPUGAUGE_HD static constexpr unsigned product(int a, int b) {
    return static_cast<unsigned>(a) * static_cast<unsigned>(b);
  }
  static constexpr int kMostBlocks = 1 << 10;
  static constexpr int kMostSteps = 1 << 21;
};

/// One block a multiprocessor, but of at least `fewest` steps where there are so many. Where the
/// blocks are more than the tiles, up to a twentieth of them is left out if each tile is then cut
/// into equal parts: fewer partial sums for no bandwidth.
constexpr WorkSplit split_work(int tiles, int steps_per_tile, int multiprocessors, int fewest) {
  const int blocks =
      multiprocessors < WorkSplit::kMostBlocks ? multiprocessors : WorkSplit::kMostBlocks;
  WorkSplit split{tiles, steps_per_tile, blocks};
  const int most = split.steps() / fewest;
  if (split.blocks > most) split.blocks = most > 0 ? most : 1;
  const int equal_parts = split.blocks / tiles * tiles;
  if (equal_parts * 20LL >= split.blocks * 19LL) split.blocks = equal_parts;
  return split;
}

/// Whole tiles, one block a multiprocessor.
constexpr WorkSplit split_tiles(int tiles, int steps_per_tile, int multiprocessors) {
  const int most =
      multiprocessors < WorkSplit::kMostBlocks ? multiprocessors : WorkSplit::kMostBlocks;
  return {tiles, steps_per_tile, tiles < most ? tiles : most, true};
}

}  // namespace gpugauge
