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

}  // namespace
}  // namespace gpugauge
