#include "harness/render/number.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace gpugauge {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(FormatSignificant, KeepsTheDigitsAndNeverRoundsIntegersAway) {
  EXPECT_EQ(format_significant(3241.7), "3242");
  EXPECT_EQ(format_significant(81.3), "81.30");
  EXPECT_EQ(format_significant(0.01234, 3), "0.0123");
  EXPECT_EQ(format_significant(1234567.8), "1234568");
  EXPECT_EQ(format_significant(-2.5, 2), "-2.5");
  EXPECT_EQ(format_significant(0), "0");
}

TEST(FormatSignificant, RoundingIntoAnotherDigitKeepsTheCount) {
  EXPECT_EQ(format_significant(9.9996), "10.00");
  EXPECT_EQ(format_significant(0.0999996), "0.1000");
}

TEST(FormatSignificant, TheVerySmallIsScientificAndTheAbsentIsNamed) {
  EXPECT_EQ(format_significant(1.5e-9, 2), "1.5e-09");
  EXPECT_EQ(format_significant(kNan), "n/a");
  EXPECT_EQ(format_significant(kInfinity), "n/a");
}

TEST(FormatPercent, HasOneDecimal) {
  EXPECT_EQ(format_percent(0.934), "93.4%");
  EXPECT_EQ(format_percent(1.0), "100.0%");
  EXPECT_EQ(format_percent(kNan), "n/a");
}

Estimate around(double down, double up) {
  return {.value = 200, .low = 200 - down, .high = 200 + up};
}

TEST(FormatPlusMinus, HasTwoDigits) {
  EXPECT_EQ(format_plus_minus(around(0.84, 0.84)), "±0.42%");
  EXPECT_EQ(format_plus_minus(around(24.6, 24.6)), "±12%");
  EXPECT_EQ(format_plus_minus(around(0, 0)), "±0%");
  EXPECT_EQ(format_plus_minus({.value = 0, .low = 0, .high = 0}), "n/a");
}

TEST(FormatPlusMinus, ShowsBothSidesOnlyWhereTheyDifferMuch) {
  EXPECT_EQ(format_plus_minus(around(46, 6.2)), "+3.1/-23%");
  EXPECT_EQ(format_plus_minus(around(2, 6)), "±2.0%");   // 1% below, 3% above
  EXPECT_EQ(format_plus_minus(around(60, 72)), "±33%");  // 30% below, 36% above
}

TEST(FormatDollars, IsToTheCentAndBelowTenCentsToTwoDigits) {
  EXPECT_EQ(format_dollars(0.3077), "$0.31");
  EXPECT_EQ(format_dollars(12.36), "$12.36");
  EXPECT_EQ(format_dollars(0.0042), "$0.0042");
  EXPECT_EQ(format_dollars(0.0999), "$0.10");
  EXPECT_EQ(format_dollars(0.1), "$0.10");
  EXPECT_EQ(format_dollars(1234.5), "$1234.50");
  EXPECT_EQ(format_dollars(0), "$0.00");
  EXPECT_EQ(format_dollars(kNan), "n/a");
}

TEST(FormatBytes, IsBinary) {
  EXPECT_EQ(format_bytes(512), "512 B");
  EXPECT_EQ(format_bytes(1536), "1.5 KiB");
  EXPECT_EQ(format_bytes(80.0 * (1ull << 30)), "80 GiB");
  EXPECT_EQ(format_bytes(1e30), "8.882e+14 PiB");
}

TEST(FormatSi, IsDecimal) {
  EXPECT_EQ(format_si(3.352e12, "B/s"), "3.352 TB/s");
  EXPECT_EQ(format_si(999, "FLOPS"), "999.0 FLOPS");
  EXPECT_EQ(format_si(-1500, "W"), "-1.500 kW");
}

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

}  // namespace
}  // namespace gpugauge
