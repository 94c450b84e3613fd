#include "kernels/cuda/machine/work_split.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace gpugauge {
namespace {

/// Calls `check` for shapes from a single step to many tiles a block, even and ragged.
template <typename Check>
void for_each_split(Check check) {
  for (int multiprocessors : {1, 2, 3, 7, 58, 84, 108, 114, 132, 142, 148}) {
    for (int tiles : {1, 2, 3, 5, 8, 31, 32, 33, 48, 63, 66, 131, 132, 133, 224, 1002}) {
      for (int steps_per_tile : {1, 2, 3, 4, 5, 16, 33, 64, 128, 224}) {
        const WorkSplit split = split_work(tiles, steps_per_tile, multiprocessors, 4);
        SCOPED_TRACE(testing::Message() << tiles << " tiles of " << steps_per_tile << " steps, "
                                        << multiprocessors << " multiprocessors");
        check(split, multiprocessors);
        if (testing::Test::HasFailure()) return;
      }
    }
  }
}

TEST(WorkSplit, GivesEveryBlockEquallyManySteps) {
  for_each_split([](const WorkSplit& split, int multiprocessors) {
    ASSERT_GE(split.blocks, 1);
    ASSERT_LE(split.blocks, multiprocessors);
    EXPECT_EQ(split.begin(0), 0);
    EXPECT_EQ(split.begin(split.blocks), split.steps());
    const int least = split.steps() / split.blocks;
    for (int block = 0; block < split.blocks; ++block) {
      const int steps = split.begin(block + 1) - split.begin(block);
      EXPECT_GE(steps, std::max(1, least));
      EXPECT_LE(steps, least + (split.steps() % split.blocks != 0 ? 1 : 0));
    }
  });
}

TEST(WorkSplit, UsesNearlyAllMultiprocessorsWhereThereIsWorkForThem) {
  for_each_split([](const WorkSplit& split, int multiprocessors) {
    if (split.steps() >= 4 * multiprocessors) {
      EXPECT_GE(split.blocks * 20, multiprocessors * 19);
    } else {
      EXPECT_GE(split.begin(1), std::min(4, split.steps()));
    }
  });
}

TEST(WorkSplit, KnowsTheBlockOfEveryStep) {
  for_each_split([](const WorkSplit& split, int) {
    for (int block = 0; block < split.blocks; ++block) {
      for (int step = split.begin(block); step < split.begin(block + 1); ++step) {
        ASSERT_EQ(split.block_of(step), block);
      }
    }
  });
}

TEST(WorkSplit, ChunksCoverEveryStepOnceAndBeginAnewAtWholeStages) {
  for_each_split([](const WorkSplit& split, int) {
    for (int most : {1, 2, 4}) {
      int expected = 0;
      for (int block = 0; block < split.blocks; ++block) {
        const int end = split.begin(block + 1);
        int position = split.begin(block);
        for (bool first = true; position < end; first = false) {
          const WorkChunk chunk = split.chunk(position, end, most);
          ASSERT_EQ(chunk.tile * split.steps_per_tile + chunk.step, expected);
          ASSERT_GE(chunk.steps, 1);
          ASSERT_LE(chunk.steps, most);
          ASSERT_LE(chunk.step + chunk.steps, split.steps_per_tile);
          if (!first) {
            ASSERT_EQ(chunk.step % most, 0);
          }
          position += chunk.steps;
          expected += chunk.steps;
        }
        ASSERT_EQ(position, end);
        ASSERT_EQ(split.chunk(position, end, most).steps, 0);
      }
      ASSERT_EQ(expected, split.steps());
    }
  });
}

/// What the kernels do at the end of each of their parts of a tile, without the sums.
TEST(WorkSplit, TheBlocksOfATileAreThoseThatLeavePartialSumsForIt) {
  for_each_split([](const WorkSplit& split, int) {
    constexpr int kNone = -1;
    std::vector<int> tile_of_slot(static_cast<std::size_t>(split.partial_slots()), kNone);
    std::vector<int> arrivals(static_cast<std::size_t>(split.tiles), 0);
    for (int block = 0; block < split.blocks; ++block) {
      const int end = split.begin(block + 1);
      for (int position = split.begin(block); position < end;) {
        const WorkChunk part = split.chunk(position, end, split.steps_per_tile);
        const TileBlocks blocks = split.blocks_of(part.tile);
        ASSERT_GE(block, blocks.first);
        ASSERT_LT(block, blocks.first + blocks.count);
        ASSERT_EQ(part.steps == split.steps_per_tile, blocks.count == 1);
        ASSERT_EQ(part.step == 0, block == blocks.first);
        const int slot = WorkSplit::partial_slot(block, part.step == 0);
        ASSERT_LT(slot, split.partial_slots());
        if (blocks.count > 1) {
          ASSERT_EQ(tile_of_slot[static_cast<std::size_t>(slot)], kNone);
          tile_of_slot[static_cast<std::size_t>(slot)] = part.tile;
        }
        ++arrivals[static_cast<std::size_t>(part.tile)];
        position += part.steps;
      }
    }
    std::vector<bool> counter_is_taken(static_cast<std::size_t>(split.blocks), false);
    for (int tile = 0; tile < split.tiles; ++tile) {
      const TileBlocks blocks = split.blocks_of(tile);
      ASSERT_EQ(arrivals[static_cast<std::size_t>(tile)], blocks.count);
      if (blocks.count == 1) continue;
      // A tile's counter is that of its first block, and no other tile's.
      ASSERT_FALSE(counter_is_taken[static_cast<std::size_t>(blocks.first)]);
      counter_is_taken[static_cast<std::size_t>(blocks.first)] = true;
      for (int i = 0; i < blocks.count; ++i) {
        const int slot = WorkSplit::partial_slot(blocks.first + i, i == 0);
        ASSERT_EQ(tile_of_slot[static_cast<std::size_t>(slot)], tile);
      }
    }
  });
}

TEST(WorkSplit, LeavesAFewBlocksOutWhereTilesThenHaveEqualParts) {
  EXPECT_EQ(split_work(32, 64, 132, 4).blocks, 128);
  EXPECT_EQ(split_work(32, 64, 132, 4).blocks_of(7).count, 4);
  EXPECT_EQ(split_work(48, 64, 132, 4).blocks, 132);  // 96 would be too few
  EXPECT_EQ(split_work(224, 64, 132, 4).blocks, 132);
  EXPECT_EQ(split_work(1, 3, 132, 4).blocks, 1);
}

TEST(WorkSplit, WholeTilesAreNotCut) {
  for (int multiprocessors : {1, 3, 132, 5000}) {
    for (int tiles : {1, 2, 131, 132, 133, 896}) {
      for (int steps_per_tile : {1, 5, 32}) {
        const WorkSplit split = split_tiles(tiles, steps_per_tile, multiprocessors);
        SCOPED_TRACE(testing::Message() << tiles << " tiles over " << split.blocks);
        ASSERT_EQ(split.blocks, std::min({tiles, multiprocessors, WorkSplit::kMostBlocks}));
        EXPECT_EQ(split.begin(0), 0);
        EXPECT_EQ(split.begin(split.blocks), split.steps());
        for (int block = 0; block < split.blocks; ++block) {
          const int steps = split.begin(block + 1) - split.begin(block);
          EXPECT_EQ(steps % steps_per_tile, 0);
          EXPECT_GE(steps, tiles / split.blocks * steps_per_tile);
          EXPECT_LE(steps, (tiles + split.blocks - 1) / split.blocks * steps_per_tile);
        }
        for (int tile = 0; tile < tiles; ++tile) {
          const TileBlocks blocks = split.blocks_of(tile);
          ASSERT_EQ(blocks.count, 1);
          EXPECT_LE(split.begin(blocks.first), tile * steps_per_tile);
          EXPECT_GT(split.begin(blocks.first + 1), tile * steps_per_tile);
        }
      }
    }
  }
}

TEST(WorkSplit, HoldsItsLargest) {
  const WorkSplit split = split_work(WorkSplit::kMostSteps / 8, 8, 5000, 2);
  ASSERT_EQ(split.steps(), WorkSplit::kMostSteps);
  ASSERT_EQ(split.blocks, WorkSplit::kMostBlocks);
  EXPECT_EQ(split.begin(split.blocks), split.steps());
  EXPECT_EQ(split.block_of(split.steps() - 1), split.blocks - 1);
  EXPECT_EQ(split.block_of(split.begin(1000)), 1000);
  EXPECT_EQ(split.block_of(split.begin(1000) - 1), 999);
}

}  // namespace
}  // namespace gpugauge
