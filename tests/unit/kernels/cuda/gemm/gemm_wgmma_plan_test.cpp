#include "kernels/cuda/gemm/gemm_wgmma_plan.hpp"

#include <gtest/gtest.h>

namespace gpugauge::gemm_wgmma {
namespace {

constexpr int kH100 = 132;

TEST(GemmWgmmaPlan, CoversEveryShapeWithNoMoreBlocksThanTheDeviceRuns) {
  for (int multiprocessors : {1, 2, 7, 114, 132}) {
    for (std::int64_t m : {1, 63, 64, 65, 128, 129, 500, 4096, 16384}) {
      for (std::int64_t n : {8, 64, 136, 1024, 28672}) {
        for (std::int64_t row_bytes : {16, 128, 144, 8192}) {
          const Plan plan = choose(m, n, row_bytes, multiprocessors);
          const int rows = plan.schedule.rows * plan.cluster, columns = plan.schedule.columns;
          SCOPED_TRACE(testing::Message() << m << "x" << n << " on " << multiprocessors);
          EXPECT_GE(std::int64_t{rows} * plan.tile.m, m);
          EXPECT_LT(std::int64_t{rows - plan.cluster} * plan.tile.m, m);
          EXPECT_GE(std::int64_t{columns} * plan.tile.n, n);
          EXPECT_LT(std::int64_t{columns - 1} * plan.tile.n, n);
          EXPECT_GE(plan.k_stages * kStageRowBytes, row_bytes);
          EXPECT_LT((plan.k_stages - 1) * kStageRowBytes, row_bytes);
          EXPECT_LE(plan.blocks, multiprocessors);
          EXPECT_LE(plan.blocks, rows * columns);
          EXPECT_EQ(plan.blocks % plan.cluster, 0);
          EXPECT_TRUE(plan.schedule.band >= 1 && plan.schedule.band <= plan.schedule.rows);
        }
      }
    }
  }
}

TEST(GemmWgmmaPlan, LargeShapesTakeTheLargestTileInPairs) {
  for (std::int64_t size : {4096, 8192, 16384}) {
    const Plan plan = choose(size, size, 2 * size, kH100);
    EXPECT_EQ(plan.tile, kTiles[0]) << size;
    EXPECT_EQ(plan.cluster, 2) << size;
    EXPECT_EQ(plan.blocks, kH100) << size;
  }
}

TEST(GemmWgmmaPlan, WhatRunsAtOnceIsAboutAsHighAsWide) {
  const Plan plan = plan_with(kTiles[0], 2, 8192, 8192, 16384, kH100);
  EXPECT_EQ(plan.schedule.band, 8);  // 2048 rows by 8 columns of 256
}

TEST(GemmWgmmaPlan, FewTokensTakeTheLowTile) {
  for (std::int64_t m : {1, 16, 64}) {
    const Plan plan = choose(m, 8192, 8192, kH100);
    EXPECT_EQ(plan.tile.m, 64) << m;
    EXPECT_EQ(plan.cluster, 1) << m;
  }
}

TEST(GemmWgmmaPlan, SmallShapesTakeTilesThatFillTheDevice) {
  // 128 tiles of 64×128 take one round; 32 of 128×256 take one as well, four times as long.
  EXPECT_EQ(choose(1024, 1024, 16384, kH100).tile, kTiles[3]);
  // Between them, 128 tiles of 128×128.
  EXPECT_EQ(choose(1024, 2048, 16384, kH100).tile, kTiles[1]);
}

TEST(GemmWgmmaPlan, TheModelPrefersFewerRoundsAndLessTraffic) {
  const auto clocks = [](int tile, int cluster, std::int64_t m, std::int64_t n) {
    return modelled_clocks(
        plan_with(kTiles[static_cast<std::size_t>(tile)], cluster, m, n, 16384, kH100));
  };
  EXPECT_LT(clocks(0, 2, 8192, 8192), clocks(0, 1, 8192, 8192));  // half of w's traffic
  EXPECT_LT(clocks(0, 2, 8192, 8192), clocks(0, 2, 8192, 8704));  // 16 rounds against 17
  EXPECT_LT(clocks(0, 2, 8192, 8192), clocks(1, 2, 8192, 8192));  // and of x's
}

}  // namespace
}  // namespace gpugauge::gemm_wgmma
