#include "harness/config/printed_value.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "harness/base/error.hpp"

namespace gpugauge {
namespace {

struct Case {
  std::string_view text;
  double value, low, high;
  std::string_view prefix, unit;
};

class ParsePrinted : public testing::TestWithParam<Case> {};

TEST_P(ParsePrinted, IsRightToItsLastDigit) {
  const Case& c = GetParam();
  const PrintedValue printed = parse_printed_value(c.text);
  EXPECT_DOUBLE_EQ(printed.number.value().value, c.value);
  EXPECT_DOUBLE_EQ(printed.number.value().low, c.low);
  EXPECT_DOUBLE_EQ(printed.number.value().high, c.high);
  EXPECT_EQ(printed.prefix, c.prefix);
  EXPECT_EQ(printed.unit, c.unit);
  EXPECT_EQ(printed.text, c.text);
}

INSTANTIATE_TEST_SUITE_P(Single, ParsePrinted,
                         testing::Values(Case{"~$2.22", 2.22, 2.215, 2.225, "$", ""},
                                         Case{"3.9x", 3.9, 3.85, 3.95, "", "x"},
                                         Case{"$2,246.40", 2246.40, 2246.395, 2246.405, "$", ""},
                                         Case{"3,350 GB/s", 3350, 3345, 3355, "", " GB/s"},
                                         Case{"2,000 GB/s", 2000, 1950, 2050, "", " GB/s"},
                                         Case{"70GB", 70, 69.5, 70.5, "", "GB"},
                                         Case{"8", 8, 7.5, 8.5, "", ""},
                                         Case{"81%", 81, 80.5, 81.5, "", "%"}));

// Their ends are bounds, not rounded numbers: 3.11 is not 2 to 3.
INSTANTIATE_TEST_SUITE_P(Range, ParsePrinted,
                         testing::Values(Case{"2-3x", 2.5, 1.98, 3.03, "", "x"},
                                         Case{"2.7x-5x", 3.85, 2.7 * 0.99, 5.05, "", "x"},
                                         Case{"32+", 32, 31.68, HUGE_VAL, "", ""}));

TEST(ParsePrintedWord, HasNoNumber) {
  for (const char* word : {"L40S", "yes", "HBM2e", "none"}) {
    EXPECT_FALSE(parse_printed_value(word).number) << word;
    EXPECT_EQ(parse_printed_value(word).text, word);
  }
}

TEST(ParsePrintedWord, RefusesWhatIsNeither) {
  for (const char* text : {"$", "1.2.3", "3-2x", "2-2", "2-3-4", "~", "~L40S", "-1", ".", "4-th"})
    EXPECT_THROW(parse_printed_value(text), UsageError) << text;
}

TEST(PrintedExact, IsWhatStandsThere) {
  EXPECT_DOUBLE_EQ(parse_printed_value("2.22").exact().low, 2.22);
  EXPECT_DOUBLE_EQ(parse_printed_value("2-3x").exact().low, 2);
  EXPECT_DOUBLE_EQ(parse_printed_value("2-3x").exact().high, 3);
}

}  // namespace
}  // namespace gpugauge
