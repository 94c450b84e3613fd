#include "kernels/cuda/attention/attention_prefill_tiles.hpp"

#include <gtest/gtest.h>

#include <set>

namespace gpugauge::attention_prefill {
namespace {

template <int HeadDim>
void check_layout() {
  std::set<int> offsets;
  for (int row = 0; row < 128; ++row) {
    for (int chunk = 0; chunk < HeadDim / 8; ++chunk) {
      const int offset = offset_bytes<HeadDim>(row, chunk);
      EXPECT_EQ(offset / (HeadDim * 2), row);
      EXPECT_TRUE(offsets.insert(offset).second);
      // How the kernel finds a piece from the offset of its first: by bits, and whole rows of 8.
      const int in_piece = chunk % 2, piece = chunk - in_piece;
      EXPECT_EQ(offset, row / 8 * 8 * HeadDim * 2 +
                            (offset_bytes<HeadDim>(row % 8, in_piece) ^ (piece * kChunkBytes)));
    }
  }
  // The eight rows of a matrix, and what eight neighbouring lanes copy, are in different banks.
  for (int chunk = 0; chunk < HeadDim / 8; ++chunk) {
    std::set<int> rows, chunks;
    for (int i = 0; i < 8; ++i) {
      rows.insert(offset_bytes<HeadDim>(8 + i, chunk) % 128);
      chunks.insert(offset_bytes<HeadDim>(chunk, i) % 128);
    }
    EXPECT_EQ(rows.size(), 8U);
    EXPECT_EQ(chunks.size(), 8U);
  }
}

TEST(AttentionPrefillTiles, LayOutRowsWithoutConflicts) {
  check_layout<64>();
  check_layout<128>();
}

TEST(AttentionPrefillTiles, CoverEveryQueryAndNoKeyInVain) {
  for (int queries : {64, 128}) {
    for (int tokens : {1, 63, 64, 65, 128, 1000}) {
      const int blocks = query_blocks(tokens, queries);
      EXPECT_GE(blocks * queries, tokens);
      EXPECT_LT((blocks - 1) * queries, tokens);
      for (int block = 0; block < blocks; ++block) {
        const int end = key_end(block * queries, queries, tokens);
        EXPECT_LE(end, tokens);
        EXPECT_TRUE(end == (block + 1) * queries || (block == blocks - 1 && end == tokens));
      }
    }
  }
}

}  // namespace
}  // namespace gpugauge::attention_prefill
