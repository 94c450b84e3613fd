#include "harness/base/parse_number.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace gpugauge {
namespace {

TEST(ParseNumber, TakesAWholeTextAlone) {
  EXPECT_EQ(parse_number<int>("12"), 12);
  EXPECT_EQ(parse_number<int>("-3"), -3);
  EXPECT_EQ(parse_number<double>("2.5e3"), 2500.0);
  for (const char* text : {"", " 12", "12 ", "12x", "+12", "1,000", "x"}) {
    EXPECT_EQ(parse_number<int>(text), std::nullopt) << text;
    EXPECT_EQ(parse_number<double>(text), std::nullopt) << text;
  }
}

TEST(ParseNumber, ReadsNoOctal) { EXPECT_EQ(parse_number<std::int64_t>("010"), 10); }

TEST(ParseNumber, RefusesWhatTheTypeCannotHold) {
  EXPECT_EQ(parse_number<std::size_t>("-1"), std::nullopt);
  EXPECT_EQ(parse_number<int>("3000000000"), std::nullopt);
  EXPECT_EQ(parse_number<double>("1e999"), std::nullopt);
}

}  // namespace
}  // namespace gpugauge
