#include "kernels/cuda/attention/attention_split.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace gpugauge {
namespace {

/// Walks every block's tiles as the kernel does, and checks what the kernel relies on.
void check(const AttentionSplit& split) {
  SCOPED_TRACE(testing::Message() << split.units << " units of " << split.tiles_per_unit
                                  << " tiles, " << split.blocks << " blocks");
  std::vector<std::vector<int>> contributors(static_cast<std::size_t>(split.units));
  std::set<int> partials;
  int next = 0;
  for (int block = 0; block < split.blocks; ++block) {
    const int begin = split.first_tile(block), end = split.first_tile(block + 1);
    ASSERT_EQ(begin, next) << "tiles between blocks";
    ASSERT_GT(end, begin) << "a block without work";
    ASSERT_LE(end - begin, split.tiles() / split.blocks + 1) << "a block with more than its share";
    next = end;
    for (int tile = begin; tile < end; ++tile) ASSERT_EQ(split.block_of(tile), block);
    for (int tile = begin; tile < end;) {
      const int unit = tile / split.tiles_per_unit;
      contributors[static_cast<std::size_t>(unit)].push_back(block);
      const int first = split.first_block(unit);
      if (first != split.last_block(unit)) {
        const int partial = AttentionSplit::partial_of(block, first);
        ASSERT_LT(partial, split.partials());
        ASSERT_TRUE(partials.insert(partial).second) << "two parts in one place";
      }
      tile = std::min(end, split.unit_begin(unit + 1));
    }
  }
  ASSERT_EQ(next, split.tiles());
  for (int unit = 0; unit < split.units; ++unit) {
    const auto& blocks = contributors[static_cast<std::size_t>(unit)];
    ASSERT_EQ(blocks.front(), split.first_block(unit));
    ASSERT_EQ(blocks.back(), split.last_block(unit));
    ASSERT_EQ(static_cast<int>(blocks.size()), blocks.back() - blocks.front() + 1);
  }
}

TEST(AttentionSplit, SharesEveryTileOnceAndEvenly) {
  for (int units : {1, 2, 7, 8, 33}) {
    for (int tiles : {1, 2, 5, 64}) {
      for (int resident = 1; resident <= 50; ++resident) {
        check(split_attention(units, tiles, resident, 1));
      }
    }
  }
}

TEST(AttentionSplit, SharesWorkOfModelsEvenly) {
  for (int batch : {1, 8, 63, 256}) {
    for (int context : {128, 1000, 131072}) {
      for (int slots : {132 * 3, 142 * 2, 108 * 3}) {
        check(split_attention(batch * 8, (context + 15) / 16, slots, 4));
      }
    }
  }
}

TEST(AttentionSplit, GivesEveryWarpATileBeforeAnotherBlock) {
  EXPECT_EQ(split_attention(8, 8, 396, 4).blocks, 16);
  EXPECT_EQ(split_attention(1, 1, 396, 4).blocks, 1);
  EXPECT_EQ(split_attention(8, 8192, 396, 4).blocks, 396);
  EXPECT_EQ(split_attention(3, 3, 396, 4).blocks, 3);
}

TEST(AttentionSplit, DoesNotOverflow) {
  const AttentionSplit split = split_attention(256 * 64, 8192, 4096, 4);
  EXPECT_EQ(split.first_tile(split.blocks), 256 * 64 * 8192);
  EXPECT_EQ(split.block_of(split.tiles() - 1), split.blocks - 1);
}

}  // namespace
}  // namespace gpugauge
