#include "harness/device/cuda/cuda_replay.hpp"

#include <gtest/gtest.h>

namespace gpugauge {
namespace {

TEST(WholeRotations, RoundsUp) {
  EXPECT_EQ(whole_rotations(1, 3), 3);
  EXPECT_EQ(whole_rotations(3, 3), 3);
  EXPECT_EQ(whole_rotations(4, 3), 6);
  EXPECT_EQ(whole_rotations(100, 1), 100);
}

TEST(WholeRotations, IsAtLeastOneRotation) {
  EXPECT_EQ(whole_rotations(0, 4), 4);
  EXPECT_EQ(whole_rotations(-5, 4), 4);
}

constexpr std::int64_t kRoom = kMostGraphNodes - kTimingEventNodes;

TEST(SplitLaunches, IsOneGraphOfWholeRotationsWhereThereIsRoom) {
  EXPECT_EQ(split_launches(2, 3, 1).launches, 3);
  EXPECT_EQ(split_launches(100, 1, 7).launches, 100);
  EXPECT_EQ(split_launches(100, 1, 7).graphs, 1);
  EXPECT_EQ(split_launches(kRoom, 1, 1).launches, kRoom);
}

TEST(SplitLaunches, KeepsToTheMostNodes) {
  EXPECT_EQ(split_launches(1'000'000, 1, 1).launches, kRoom);
  EXPECT_EQ(split_launches(1'000'000, 1, 2).launches, kRoom / 2);
  const GraphSplit rotations = split_launches(1'000'000, 3'000, 1);
  EXPECT_EQ(rotations.launches, 18'000);  // whole ones
  EXPECT_EQ(rotations.graphs, 1);
}

TEST(SplitLaunches, CutsARotationIntoEqualGraphs) {
  for (const int slots : {20'000, 21'334, 52'501}) {
    const GraphSplit split = split_launches(1, slots, 1);
    EXPECT_LE(split.launches, kRoom);
    EXPECT_GT(split.launches, kRoom / 2);
    EXPECT_LE(split.graphs * split.launches, slots);
    EXPECT_GT(split.graphs * split.launches, slots - split.graphs);
  }
  const GraphSplit of_two = split_launches(1, 15'000, 2);
  EXPECT_EQ(of_two.graphs, 2);
  EXPECT_EQ(of_two.launches, 7'500);
}

TEST(SplitLaunches, CutsARotationWhereFewerLaunchesAreWanted) {
  const auto cut = [](std::int64_t launches, int slots) {
    const GraphSplit split = split_launches(launches, slots, 1);
    return std::pair(split.graphs, split.launches);
  };
  EXPECT_EQ(cut(1, 3), std::pair(3L, 1L));
  EXPECT_EQ(cut(1, 21), std::pair(7L, 3L));  // not 8, which would leave 5 out
  EXPECT_EQ(cut(167, 340), std::pair(2L, 170L));
  EXPECT_EQ(cut(171, 340), std::pair(1L, 340L));
  for (const int slots : {5, 9, 97, 340, 1021}) {
    for (const int launches : {1, 2, 30, 200}) {
      const GraphSplit split = split_launches(launches, slots, 1);
      EXPECT_LE(split.graphs, kMostGraphs);
      EXPECT_GE(split.launches, std::min(launches, slots));
      EXPECT_GT(split.graphs * split.launches, slots - split.graphs);
    }
  }
}

TEST(SplitLaunches, ALaunchIsNotCut) {
  EXPECT_EQ(split_launches(5, 1, 50'000).launches, 1);
  EXPECT_EQ(split_launches(5, 3, 50'000).graphs, 3);
}

}  // namespace
}  // namespace gpugauge
