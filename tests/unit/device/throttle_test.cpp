#include "harness/device/throttle.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gpugauge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Throttle, NamesEveryBitOfAMaskLowestFirst) {
  EXPECT_THAT(
      throttle_reason_names(throttle::kHwThermal | throttle::kSwPowerCap | throttle::kHwSlowdown),
      ElementsAre("sw_power_cap", "hw_slowdown", "hw_thermal_slowdown"));
}

TEST(Throttle, NamesAllReasonsThatAreKnown) {
  EXPECT_THAT(throttle_reason_names(0x1FF),
              ElementsAre("idle", "applications_clocks", "sw_power_cap", "hw_slowdown",
                          "sync_boost", "sw_thermal_slowdown", "hw_thermal_slowdown",
                          "hw_power_brake", "display_clocks"));
}

TEST(Throttle, ShowsABitThatIsNotKnown) {
  EXPECT_THAT(throttle_reason_names(0x200 | throttle::kIdle), ElementsAre("idle", "unknown_0x200"));
  EXPECT_THAT(throttle_reason_names(1ULL << 63), ElementsAre("unknown_0x8000000000000000"));
}

TEST(Throttle, HasNoNamesForNoReason) { EXPECT_THAT(throttle_reason_names(0), IsEmpty()); }

TEST(Throttle, PowerCapIsSeenAmongOtherReasons) {
  EXPECT_TRUE(is_power_capped(throttle::kSwPowerCap));
  EXPECT_TRUE(is_power_capped(throttle::kSwPowerCap | throttle::kSwThermal));
  EXPECT_FALSE(is_power_capped(throttle::kHwPowerBrake | throttle::kIdle));
}

TEST(Throttle, HeatIsHeatWhoeverActsOnIt) {
  EXPECT_TRUE(is_thermally_throttled(throttle::kSwThermal));
  EXPECT_TRUE(is_thermally_throttled(throttle::kHwThermal | throttle::kHwSlowdown));
  EXPECT_FALSE(is_thermally_throttled(throttle::kHwSlowdown | throttle::kSwPowerCap));
}

TEST(Throttle, HardwareSlowdownHasThreeKinds) {
  EXPECT_TRUE(is_hardware_slowed(throttle::kHwSlowdown));
  EXPECT_TRUE(is_hardware_slowed(throttle::kHwThermal));
  EXPECT_TRUE(is_hardware_slowed(throttle::kHwPowerBrake));
  EXPECT_FALSE(is_hardware_slowed(throttle::kSwThermal | throttle::kSwPowerCap | throttle::kIdle));
}

}  // namespace
}  // namespace gpugauge
