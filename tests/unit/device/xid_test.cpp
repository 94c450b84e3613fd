#include "harness/device/xid.hpp"

#include <gtest/gtest.h>

namespace gpugauge {
namespace {

TEST(CommonXids, AreInOrderWithAMeaningAndAnAdvice) {
  int last = 0;
  for (const Xid& xid : common_xids()) {
    EXPECT_GT(xid.number, last);
    EXPECT_FALSE(xid.meaning.empty() || xid.advice.empty()) << xid.number;
    last = xid.number;
  }
}

TEST(FindXid, KnowsWhatIsSaidOfASickCard) {
  for (const int number : {48, 63, 64, 74, 79, 94, 95}) {
    ASSERT_NE(find_xid(number), nullptr) << number;
    EXPECT_EQ(find_xid(number)->number, number);
  }
  EXPECT_EQ(find_xid(79)->advice, "return the card");
}

TEST(FindXid, IsNullForARareOne) {
  EXPECT_EQ(find_xid(0), nullptr);
  EXPECT_EQ(find_xid(150), nullptr);
}

}  // namespace
}  // namespace gpugauge
