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

}  // namespace
}  // namespace gpugauge
