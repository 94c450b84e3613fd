#include "harness/base/counted.hpp"

#include <gtest/gtest.h>

namespace gpugauge {
namespace {

TEST(Counted, OneIsSingular) {
  EXPECT_EQ(counted(0, "case"), "0 cases");
  EXPECT_EQ(counted(1, "case"), "1 case");
  EXPECT_EQ(counted(2UL, "case"), "2 cases");
}

}  // namespace
}  // namespace gpugauge
