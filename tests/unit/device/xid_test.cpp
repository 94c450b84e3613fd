#include "harness/device/xid.hpp"

#include <gtest/gtest.h>

namespace gpugauge {
namespace {

TEST(FindXid, KnowsWhatIsSaidOfASickCard) {
  for (const int number : {48, 63, 64, 74, 79, 94, 95}) {
    ASSERT_NE(find_xid(number), nullptr) << number;
    EXPECT_EQ(find_xid(number)->number, number);
    EXPECT_FALSE(find_xid(number)->meaning.empty() || find_xid(number)->advice.empty()) << number;
  }
  EXPECT_EQ(find_xid(79)->advice, "return the card");
}

TEST(FindXid, IsNullForARareOne) {
  EXPECT_EQ(find_xid(0), nullptr);
  EXPECT_EQ(find_xid(150), nullptr);
}

}  // namespace
}  // namespace gpugauge
