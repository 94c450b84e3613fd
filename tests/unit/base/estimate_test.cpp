#include "harness/base/estimate.hpp"

#include <gtest/gtest.h>

namespace gpugauge {
namespace {

TEST(EstimateArithmetic, ReciprocalTurnsTheSlowestTimeIntoTheLowestRate) {
  const Estimate rate = reciprocal(1000, {.value = 10, .low = 8, .high = 20});
  EXPECT_DOUBLE_EQ(rate.value, 100);
  EXPECT_DOUBLE_EQ(rate.low, 50);
  EXPECT_DOUBLE_EQ(rate.high, 125);
}

TEST(EstimateArithmetic, SumAddsIntervalsLinearly) {
  const Estimate total =
      sum({.value = 10, .low = 9, .high = 12}, scaled({.value = 5, .low = 4, .high = 6}, 2));
  EXPECT_DOUBLE_EQ(total.value, 20);
  EXPECT_DOUBLE_EQ(total.low, 17);
  EXPECT_DOUBLE_EQ(total.high, 24);
}

}  // namespace
}  // namespace gpugauge
