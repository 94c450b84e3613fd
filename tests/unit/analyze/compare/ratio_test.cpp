#include "harness/analyze/compare/ratio.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace gpugauge {
namespace {

Estimate around(double value, double share) {
  return {.value = value, .low = value * (1 - share), .high = value * (1 + share)};
}

TEST(RatioOf, JoinsTheIntervalsInLogSpace) {
  const Estimate base{.value = 100, .low = 100 * std::exp(-0.03), .high = 100 * std::exp(0.04)};
  const Estimate other{.value = 200, .low = 200 * std::exp(-0.03), .high = 200 * std::exp(0.04)};
  const Estimate ratio = ratio_of(other, base);
  EXPECT_DOUBLE_EQ(ratio.value, 2);
  // The lower end takes the lower side of the other and the upper side of the base: a 3-4-5.
  EXPECT_NEAR(ratio.low, 2 * std::exp(-0.05), 1e-12);
  EXPECT_NEAR(ratio.high, 2 * std::exp(0.05), 1e-12);
  EXPECT_NEAR(ratio_of(other, base, 2).low, 2 * std::exp(-0.10), 1e-12);
}

TEST(JointWidening, IsBonferronisQuantile) {
  EXPECT_DOUBLE_EQ(joint_widening(0), 1);
  EXPECT_DOUBLE_EQ(joint_widening(1), 1);
  EXPECT_NEAR(joint_widening(2000), 4.2148 / 1.95996, 1e-3);  // z of 1 - 0.025/2000
}

TEST(Judge, WantsTheWholeIntervalOnOneSideOfTheThreshold) {
  const auto judged = [](double value, double share, double joint_share) {
    return judge(around(value, share), around(value, joint_share), 0.01);
  };
  EXPECT_EQ(judged(1.05, 0.01, 0.02).change, Change::kSlower);
  EXPECT_EQ(judged(0.95, 0.01, 0.02).change, Change::kFaster);
  EXPECT_EQ(judged(1.002, 0.001, 0.02).change, Change::kSame);
  EXPECT_EQ(judged(1.01, 0.005, 0.005).reason, ChangeReason::kStraddles);
  EXPECT_EQ(judged(1.05, 0.01, 0.06).change, Change::kAmbiguous);
  EXPECT_EQ(judged(1.05, 0.01, 0.06).reason, ChangeReason::kOneOfMany);
}

TEST(CliffsDelta, CountsPairsWithTiesAsNeither) {
  const std::vector<double> low{1, 2, 3}, high{4, 5}, tied{2, 2};
  EXPECT_DOUBLE_EQ(cliffs_delta(low, high), 1);
  EXPECT_DOUBLE_EQ(cliffs_delta(high, low), -1);
  EXPECT_DOUBLE_EQ(cliffs_delta(low, low), 0);
  EXPECT_DOUBLE_EQ(cliffs_delta(low, tied), 0);
  EXPECT_DOUBLE_EQ(cliffs_delta(std::vector<double>{1, 2}, tied), 0.5);
}

TEST(EffectWords, AreRomanos) {
  EXPECT_EQ(effect_words(0.1), "negligible");
  EXPECT_EQ(effect_words(-0.2), "small");
  EXPECT_EQ(effect_words(0.4), "medium");
  EXPECT_EQ(effect_words(-1), "large");
}

TEST(GeometricMean, HasStudentsIntervalOfTheLogarithms) {
  const std::vector<double> ratios{std::exp(-0.1), std::exp(0.1), std::exp(0.3)};
  const Estimate mean = geometric_mean(ratios);
  EXPECT_NEAR(mean.value, std::exp(0.1), 1e-12);
  // sd 0.2, n 3, t(0.975, 2) = 4.3027
  EXPECT_NEAR(mean.high, std::exp(0.1 + 4.3027 * 0.2 / std::sqrt(3)), 1e-4);
  const Estimate single = geometric_mean(std::vector<double>{2.0});
  EXPECT_EQ(single.low, single.high);
}

}  // namespace
}  // namespace gpugauge
