#include "harness/measure/stopping.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace gpugauge {
namespace {

TEST(MedianIntervalRule, WaitsForTheLeastNumberOfSamplesEvenIfAllAreEqual) {
  const MedianIntervalRule rule(0.01, 10);
  EXPECT_FALSE(rule.done({}));
  EXPECT_FALSE(rule.done(std::vector<double>(9, 5.0)));
  EXPECT_TRUE(rule.done(std::vector<double>(10, 5.0)));
}

TEST(MedianIntervalRule, NeverStopsOnAStaircase) {
  const MedianIntervalRule rule(0.01, 6);
  std::vector<double> sorted;
  for (int step = 1; step <= 300; ++step) {
    sorted.push_back(step);
    ASSERT_FALSE(rule.done(sorted)) << step;
  }
}

TEST(MedianIntervalRule, IsNotHeldUpByAFewOutliers) {
  const MedianIntervalRule rule(0.01, 10);
  std::vector<double> sorted(30, 1.0);
  std::fill(sorted.end() - 5, sorted.end(), 100.0);
  EXPECT_TRUE(rule.done(sorted));
}

TEST(MedianIntervalRule, StopsOnNoiseAfterAboutAsManySamplesAsTheNoiseAsksFor) {
  const MedianIntervalRule rule(0.01, 6);
  std::mt19937 generator(3);
  std::normal_distribution<double> noise(1.0, 0.03);
  std::vector<double> sorted;
  while (!rule.done(sorted)) {
    const double value = noise(generator);
    sorted.insert(std::upper_bound(sorted.begin(), sorted.end(), value), value);
    ASSERT_LT(sorted.size(), 500u);
  }
  EXPECT_GT(sorted.size(), 10u);
}

TEST(MedianIntervalRule, KeepsGoingWhileTwoClocksAlternate) {
  const MedianIntervalRule rule(0.01, 6);
  std::vector<double> sorted(20, 1.0);
  sorted.resize(40, 1.2);
  EXPECT_FALSE(rule.done(sorted));
}

ClockSettleRule fed(const std::vector<double>& clocks_mhz, double step_seconds) {
  ClockSettleRule rule(0.5, 0.01);
  double now = 0;
  for (double clock : clocks_mhz) rule.add(now += step_seconds, clock);
  return rule;
}

TEST(ClockSettleRule, WaitsUntilTheWindowIsFull) {
  EXPECT_FALSE(fed(std::vector<double>(4, 1980.0), 0.1).settled());
  EXPECT_TRUE(fed(std::vector<double>(8, 1980.0), 0.1).settled());
}

TEST(ClockSettleRule, DoesNotSettleOnARampAndDoesAfterIt) {
  std::vector<double> clocks;
  for (int i = 0; i < 20; ++i) clocks.push_back(345 + 80 * i);
  EXPECT_FALSE(fed(clocks, 0.1).settled());
  clocks.insert(clocks.end(), 8, clocks.back());
  EXPECT_TRUE(fed(clocks, 0.1).settled());
}

TEST(ClockSettleRule, ForgetsWhatIsOlderThanTheWindow) {
  std::vector<double> clocks(10, 600.0);
  clocks.insert(clocks.end(), 8, 1800.0);
  EXPECT_TRUE(fed(clocks, 0.1).settled());
}

TEST(ClockSettleRule, NeverSettlesWithoutReadings) { EXPECT_FALSE(ClockSettleRule().settled()); }

}  // namespace
}  // namespace gpugauge
