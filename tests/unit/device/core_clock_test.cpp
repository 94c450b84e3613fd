#include "harness/device/core_clock.hpp"

#include <gtest/gtest.h>

namespace gpugauge {
namespace {

TEST(CoreClock, IsThatOfAProcessor) {
  const auto mhz = measure_core_clock_mhz();
  if (!mhz) GTEST_SKIP() << "unknown instruction set";
  EXPECT_GT(*mhz, 50.0);
  EXPECT_LT(*mhz, 10000.0);
}

}  // namespace
}  // namespace gpugauge
