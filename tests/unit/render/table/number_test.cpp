#include "harness/render/table/number.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace gpugauge {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(FormatDuration, UsesTheUnitThatFits) {
  EXPECT_EQ(format_duration_ns(412), "412.0 ns");
  EXPECT_EQ(format_duration_ns(13'420), "13.42 µs");
  EXPECT_EQ(format_duration_ns(1.2e6), "1.200 ms");
  EXPECT_EQ(format_duration_ns(2.5e9), "2.500 s");
  EXPECT_EQ(format_duration_ns(119e9), "119.0 s");
  EXPECT_EQ(format_duration_ns(200e9), "3 min 20 s");
  EXPECT_EQ(format_duration_ns(179.7e9), "3 min 0 s");
  EXPECT_EQ(format_duration_ns(kNan), "n/a");
}

TEST(FormatPlusMinus, SaysSoWhereAnIntervalSaysNothing) {
  EXPECT_EQ(format_plus_minus({.value = 100, .low = 98, .high = 102}), "±2.0%");
  EXPECT_EQ(format_plus_minus({.value = 100, .low = 90, .high = 300}), "+200/-10%");
  EXPECT_EQ(format_plus_minus({.value = 100, .low = 50, .high = 500}), "+400/-50%");
  EXPECT_EQ(format_plus_minus({.value = 100, .low = 50, .high = 501}), "±>10x");
  EXPECT_EQ(format_plus_minus({.value = 100, .low = 60, .high = 19990}), "±>10x");
  EXPECT_EQ(format_plus_minus({.value = 1, .low = -1, .high = 3}), "±>10x");
}

}  // namespace
}  // namespace gpugauge
