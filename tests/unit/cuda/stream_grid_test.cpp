#include "kernels/cuda/stream_grid.hpp"

#include <gtest/gtest.h>

namespace gpugauge::stream_grid {
namespace {

TEST(StreamGrid, APageIsWhatTheArraysAreMultiplesOf) { EXPECT_EQ(kPageBytes, 4096); }

TEST(StreamGrid, FillsTheDeviceWhereThereAreTilesEnough) {
  EXPECT_EQ(blocks(1 << 18, 132, 8), 1056);
  EXPECT_EQ(blocks(1056 * kPagesPerTile, 132, 8), 1056);
}

TEST(StreamGrid, GivesNoBlockNothingToDo) {
  EXPECT_EQ(blocks(9, 132, 8), 3);  // two whole tiles and a page
  EXPECT_EQ(blocks(kPagesPerTile, 132, 8), 1);
}

TEST(StreamGrid, HasAtLeastOneBlock) {
  EXPECT_EQ(blocks(0, 132, 8), 1);
  EXPECT_EQ(blocks(1, 132, 8), 1);
}

TEST(StreamGrid, CountsPagesBeyondThirtyTwoBits) { EXPECT_EQ(blocks(1LL << 40, 160, 8), 1280); }

}  // namespace
}  // namespace gpugauge::stream_grid
