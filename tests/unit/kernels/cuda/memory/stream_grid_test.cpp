#include "kernels/cuda/memory/stream_grid.hpp"

#include <gtest/gtest.h>

#include <array>

#include "kernels/cuda/memory/memory_bulk.hpp"
#include "tests/unit/kernels/gib.hpp"

namespace gpugauge {
namespace {

using stream_grid::cut;
using stream_grid::Cut;

TEST(StreamGrid, APageIsWhatTheArraysAreMultiplesOf) { EXPECT_EQ(stream_grid::kPageBytes, 4096); }

TEST(StreamGrid, ReadsKeepEightPagesInFlightAndTheOthersFourOfEachArray) {
  EXPECT_EQ(stream_grid::tile_pages(MemoryPattern::kRead), 8);
  EXPECT_EQ(stream_grid::tile_pages(MemoryPattern::kTriad), 4);
}

TEST(StreamGrid, IsCutInWholeWavesOfNarrowerAndNarrowerTiles) {
  // 3 blocks: a wave of 8 is 24 pages, of 4 12, of 2 6.
  const Cut all = cut(24 * 2 + 12 + 6 + 5, 8, 3);
  EXPECT_EQ(all.ends[3], 48);
  EXPECT_EQ(all.ends[2], 60);
  EXPECT_EQ(all.ends[1], 66);
  EXPECT_EQ(all.ends[0], 71);
}

TEST(StreamGrid, HasNoTilesWiderThanAskedFor) {
  const Cut narrow = cut(48, 4, 3);
  EXPECT_EQ(narrow.ends[3], 0);
  EXPECT_EQ(narrow.ends[2], 48);
}

TEST(StreamGrid, ManyPagesAreCutInOrderAndToTheLast) {
  for (std::int64_t pages : std::array{std::int64_t{0}, std::int64_t{1}, std::int64_t{1055},
                                       std::int64_t{1048653}, 64 * kGiB / 4096}) {
    for (int blocks : {1, 7, 132 * 6, 1 << 20}) {
      const Cut all = cut(pages, 8, blocks);
      EXPECT_LE(0, all.ends[3]);
      EXPECT_LE(all.ends[3], all.ends[2]);
      EXPECT_LE(all.ends[2], all.ends[1]);
      EXPECT_LE(all.ends[1], all.ends[0]);
      EXPECT_EQ(all.ends[0], pages);
      EXPECT_LT(all.ends[0] - all.ends[1], 2 * std::int64_t{blocks});  // less than a wave of 2
    }
  }
}

TEST(StreamGrid, TheResidentGridFillsTheDeviceAndGivesNoBlockNothingToDo) {
  EXPECT_EQ(stream_grid::resident_blocks(1 << 20, 132, 6), 792);
  EXPECT_EQ(stream_grid::resident_blocks(9, 132, 6), 9);
  EXPECT_EQ(stream_grid::resident_blocks(0, 132, 6), 1);
}

TEST(StreamGrid, ABlockATileCountsTensOfGiB) {
  EXPECT_EQ(stream_grid::tile_blocks(17, 8), 2);
  EXPECT_EQ(stream_grid::tile_blocks(3, 4), 1);
  EXPECT_EQ(stream_grid::tile_blocks(64 * kGiB / 4096, 4), 1 << 22);
}

TEST(BulkRing, PiecesFillAStageWhereThereAreEnough) {
  EXPECT_EQ(bulk_ring::piece_bytes(4 * kGiB, 1, 132), 16 << 10);
  EXPECT_EQ(bulk_ring::piece_bytes(4 * kGiB, 2, 132), 8 << 10);
  EXPECT_EQ(bulk_ring::piece_bytes(4 * kGiB, 0, 132), 16 << 10);
}

TEST(BulkRing, SmallArraysAreCutFiner) {
  EXPECT_EQ(bulk_ring::piece_bytes(132 * 4 * (16 << 10), 1, 132), 16 << 10);
  EXPECT_EQ(bulk_ring::piece_bytes(132 * 4 * (16 << 10) - 1, 1, 132), 8 << 10);
  EXPECT_EQ(bulk_ring::piece_bytes(4096, 2, 1), 4096);
}

TEST(BulkRing, HasABlockAMultiprocessorAtMost) {
  EXPECT_EQ(bulk_ring::blocks(4 * kGiB, 132), 132);
  EXPECT_EQ(bulk_ring::blocks(5 * 4096, 132), 5);
}

}  // namespace
}  // namespace gpugauge
