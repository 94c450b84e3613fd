#include "kernels/cuda/gemm/gemm_mma_tiles.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>

namespace gpugauge::gemm_mma {
namespace {

constexpr int kL40s = 142, kA100 = 108, kH100 = 132;

TEST(GemmMmaTiles, FitTheSmallestSharedMemoryAndTheRegisters) {
  for (const Tile& tile : kTiles) {
    SCOPED_TRACE(testing::Message() << tile.rows() << "x" << tile.columns());
    // Compute capability 8.9: 99 KiB a block, 100 a multiprocessor, of which each block takes one.
    EXPECT_LE(tile.shared_bytes(), 99 * 1024);
    EXPECT_LE(tile.resident * (tile.shared_bytes() + 1024), 100 * 1024);
    EXPECT_LE(tile.resident * tile.threads() * 255, 64 * 1024);
    // Copies go row by row through the tile with all threads.
    EXPECT_EQ(tile.rows() % (tile.threads() / xor_swizzle::kRowChunks), 0);
    EXPECT_EQ(tile.columns() % (tile.threads() / xor_swizzle::kRowChunks), 0);
  }
}

TEST(GemmMmaPlan, CoversEveryShapeWithNoMoreBlocksThanTheDeviceRuns) {
  for (int multiprocessors : {1, 58, kA100, kL40s}) {
    for (std::int64_t m : {1, 64, 65, 128, 129, 4096, 16384}) {
      for (std::int64_t n : {8, 128, 136, 1024, 28672}) {
        const Plan plan = choose(m, n, multiprocessors);
        const Tile& tile = kTiles[static_cast<std::size_t>(plan.tile)];
        SCOPED_TRACE(testing::Message() << m << "x" << n << " on " << multiprocessors);
        EXPECT_GE(std::int64_t{plan.schedule.rows} * tile.rows(), m);
        EXPECT_LT(std::int64_t{plan.schedule.rows - 1} * tile.rows(), m);
        EXPECT_GE(std::int64_t{plan.schedule.columns} * tile.columns(), n);
        EXPECT_LT(std::int64_t{plan.schedule.columns - 1} * tile.columns(), n);
        EXPECT_GE(plan.blocks, 1);
        EXPECT_LE(plan.blocks, multiprocessors * tile.resident);
        EXPECT_LE(plan.blocks, plan.schedule.tiles());
        EXPECT_TRUE(plan.schedule.band >= 1 && plan.schedule.band <= plan.schedule.rows);
      }
    }
  }
}

TEST(GemmMmaPlan, LargeShapesTakeTheLargestTile) {
  for (std::int64_t size : {8192, 16384}) {
    for (int multiprocessors : {kA100, kL40s, kH100}) {
      EXPECT_EQ(choose(size, size, multiprocessors).tile, 0) << size << " on " << multiprocessors;
    }
  }
}

TEST(GemmMmaPlan, FewTokensTakeTheLowTile) {
  for (std::int64_t m : {1, 16, 64}) EXPECT_EQ(choose(m, 28672, kL40s).tile, kSmallestTile) << m;
}

TEST(GemmMmaPlan, SmallShapesTakeTilesThatFillTheDevice) {
  // 32 tiles of 128×256, 64 of 128×128 and 128 of 64×128: one a multiprocessor whichever it is.
  EXPECT_EQ(choose(1024, 1024, kL40s).tile, kSmallestTile);
  EXPECT_EQ(choose(1024, 2048, kL40s).tile, 1);
}

TEST(GemmMmaPlan, BeginsAtTheTileThatIsAskedFor) {
  EXPECT_EQ(choose(8192, 8192, kH100, kSmallestTile).tile, kSmallestTile);
}

TEST(GemmMmaPlan, WhatRunsAtOnceIsAboutAsHighAsWide) {
  EXPECT_EQ(plan_with(0, 16384, 16384, kL40s).schedule.band, 17);  // 2176 rows by 8.4 · 256
}

TEST(GemmMmaPlan, FloatingPointInEightBitsIsNativeOnAdaAndOnWorkstationsAfterIt) {
  EXPECT_FALSE(fp8_is_emulated(89));
  EXPECT_TRUE(fp8_is_emulated(90));
  EXPECT_TRUE(fp8_is_emulated(100));
  EXPECT_FALSE(fp8_is_emulated(120));
}

TEST(GemmMmaLanes, OffsetsOfLaterMatricesAreThoseOfTheSwizzle) {
  for (int warp_row : {0, 32, 64, 192}) {
    for (int lane = 0; lane < 32; ++lane) {
      const Chunk x = x_chunk(lane), w = w_chunk(lane);
      const int x_first = xor_swizzle::offset_bytes(warp_row + x.row, x.chunk);
      const int w_first = xor_swizzle::offset_bytes(warp_row + w.row, w.chunk);
      for (int i = 0; i < 4; ++i) {
        for (int step = 0; step < 2; ++step) {
          EXPECT_EQ(x_offset(x_first, i, step),
                    xor_swizzle::offset_bytes(warp_row + 16 * i + x.row, x.chunk + 2 * step));
          const int w_row_of_i = i / 2 * 32 + w_row(i % 2 * 2 + lane / 16, lane % 8);
          EXPECT_EQ(w_offset(w_first, i, step),
                    xor_swizzle::offset_bytes(warp_row + w_row_of_i, w.chunk + 2 * step));
        }
      }
    }
  }
}

TEST(GemmMmaLanes, FourProductsGiveEachLaneEightNeighbours) {
  std::set<int> rows;
  for (int t = 0; t < 4; ++t) {
    for (int i = 0; i < 8; ++i) {
      // A lane holds columns 2t and 2t+1 of every product.
      const int row = w_row(i / 2, 2 * t + i % 2);
      EXPECT_EQ(row, 8 * t + i);
      rows.insert(row);
    }
  }
  EXPECT_EQ(rows.size(), 32U);
}

}  // namespace
}  // namespace gpugauge::gemm_mma
