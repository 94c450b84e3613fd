#include "harness/device/device_lost.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gpugauge {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(DeviceLost, AnErrorWithoutACauseInItsWordsGetsOne) {
  EXPECT_THAT(usual_loss(999), AllOf(HasSubstr("; usually: the card fell off the bus (XID 79)"),
                                     HasSubstr("grep -i xid")));
  EXPECT_THAT(usual_loss(46), HasSubstr("exclusive"));
  EXPECT_THAT(usual_loss(214), HasSubstr("gpugauge doctor"));
}

TEST(DeviceLost, AnIllegalAddressSaysEnough) { EXPECT_EQ(usual_loss(700), ""); }

}  // namespace
}  // namespace gpugauge
