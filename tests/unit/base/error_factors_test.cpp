#include "harness/base/error_factors.hpp"

#include <gtest/gtest.h>

namespace gpugauge {
namespace {

TEST(ErrorFactors, JoinAnIntervalInQuadratureOfLogarithms) {
  // ln 2 and ln 4 by ln 2 and ln 2: factors of 2^√2 and 2^√5.
  const Estimate joined = widened({.value = 8, .low = 4, .high = 32}, {.low = 0.5, .high = 2});
  EXPECT_EQ(joined.value, 8);
  EXPECT_NEAR(joined.low, 8 / 2.66514, 1e-4);
  EXPECT_NEAR(joined.high, 8 * 4.71111, 1e-3);
}

TEST(ErrorFactors, OfOneLeaveAnIntervalAlone) {
  const Estimate same = widened({.value = 8, .low = 4, .high = 32}, {});
  EXPECT_NEAR(same.low, 4, 1e-12);
  EXPECT_NEAR(same.high, 32, 1e-12);
  EXPECT_EQ(widened({}, {.low = 0.5, .high = 2}).high, 0);
}

TEST(ErrorFactors, SeveralInARowMultiply) {
  EXPECT_NEAR(power({.low = 0.9, .high = 1.2}, 2).low, 0.81, 1e-12);
  EXPECT_NEAR(power({.low = 0.9, .high = 1.2}, 2).high, 1.44, 1e-12);
}

TEST(ErrorFactors, WhatTwoFiguresShareLeavesTheirRatioAlone) {
  const ErrorFactors total{.low = 0.5, .high = 2}, none;
  const Estimate a = widened({.value = 8, .low = 8, .high = 8}, total);
  const Estimate b = widened({.value = 4, .low = 4, .high = 4}, total);
  const Estimate exact = ratio_of_derived(a, b, total, none);
  EXPECT_NEAR(exact.low, 2, 1e-9);
  EXPECT_NEAR(exact.high, 2, 1e-9);
  const Estimate between = ratio_of_derived(a, b, total, {.low = 0.9, .high = 1.2});
  EXPECT_NEAR(between.low, 1.8, 1e-9);
  EXPECT_NEAR(between.high, 2.4, 1e-9);
  // Of its own a has a factor of 2 downwards, b of 4 upwards: 2^√5 in the ratio.
  const Estimate own = ratio_of_derived({.value = 8, .low = 4, .high = 8},
                                        {.value = 4, .low = 4, .high = 16}, none, none);
  EXPECT_NEAR(own.low, 2 / 4.71111, 1e-4);
  EXPECT_NEAR(own.high, 2, 1e-9);
}

}  // namespace
}  // namespace gpugauge
