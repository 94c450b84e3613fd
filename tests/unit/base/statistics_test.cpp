#include "harness/base/statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

namespace gpugauge {
namespace {

std::vector<double> one_to(int n) {
  std::vector<double> values(static_cast<std::size_t>(n));
  std::iota(values.begin(), values.end(), 1.0);
  return values;
}

TEST(MedianOfSorted, IsTheMiddleOfAnOddCountAndTheMeanOfTheTwoMiddleOnesOfAnEvenCount) {
  EXPECT_EQ(median_of_sorted(one_to(1)), 1.0);
  EXPECT_EQ(median_of_sorted(one_to(5)), 3.0);
  EXPECT_EQ(median_of_sorted(one_to(4)), 2.5);
  EXPECT_TRUE(std::isnan(median_of_sorted({})));
}

// Ranks from the table of Conover, Practical Nonparametric Statistics, for 95%.
TEST(MedianInterval, TakesThePublishedRanks) {
  struct Row {
    int n, low, high;
  };
  for (const Row& row :
       {Row{6, 1, 6}, Row{8, 1, 8}, Row{9, 2, 8}, Row{10, 2, 9}, Row{20, 6, 15}, Row{50, 18, 33}}) {
    const Estimate estimate = median_interval(one_to(row.n));
    EXPECT_EQ(estimate.low, row.low) << row.n;
    EXPECT_EQ(estimate.high, row.high) << row.n;
  }
}

TEST(MedianInterval, IsTheWholeRangeBelowSixSamples) {
  for (int n = 1; n < 6; ++n) {
    const Estimate estimate = median_interval(one_to(n));
    EXPECT_EQ(estimate.low, 1.0);
    EXPECT_EQ(estimate.high, n);
  }
}

TEST(MedianInterval, CoversTheTrueMedianAsOftenAsItSays) {
  std::mt19937 generator(7);
  std::lognormal_distribution<double> skewed(0.0, 1.0);  // median 1
  constexpr int kTrials = 4000;
  int covered = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::vector<double> samples(25);
    for (double& sample : samples) sample = skewed(generator);
    std::sort(samples.begin(), samples.end());
    const Estimate estimate = median_interval(samples);
    covered += estimate.low <= 1.0 && 1.0 <= estimate.high ? 1 : 0;
  }
  const double share = static_cast<double>(covered) / kTrials;
  EXPECT_GT(share, 0.94);  // at least 95%, less three standard errors
  EXPECT_LT(share, 0.98);  // and not the whole range
}

TEST(MedianInterval, NarrowsWithAWeakerConfidence) {
  const Estimate strict = median_interval(one_to(100), 0.99);
  const Estimate loose = median_interval(one_to(100), 0.80);
  EXPECT_LT(strict.low, loose.low);
  EXPECT_GT(strict.high, loose.high);
}

TEST(Estimate, HalfWidthIsRelativeToTheValue) {
  EXPECT_DOUBLE_EQ((Estimate{10, 9, 12}).relative_half_width(), 0.15);
  EXPECT_EQ((Estimate{0, 0, 0}).relative_half_width(), 0.0);
}

TEST(Median, TakesValuesInAnyOrder) { EXPECT_EQ(median({9, 1, 4}), 4.0); }

TEST(WilsonInterval, AgreesWithTheLiterature) {
  // Newcombe 1998, Statistics in Medicine 17, table I: 81 of 263, 0 of 20.
  const Estimate some = wilson_interval(81, 263);
  EXPECT_NEAR(some.low, 0.2553, 1e-4);
  EXPECT_NEAR(some.high, 0.3662, 1e-4);
  EXPECT_EQ(wilson_interval(0, 20).low, 0);
  EXPECT_NEAR(wilson_interval(0, 20).high, 0.1611, 1e-4);
  EXPECT_EQ(wilson_interval(20, 20).high, 1);
}

}  // namespace
}  // namespace gpugauge
