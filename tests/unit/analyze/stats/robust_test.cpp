#include "harness/analyze/stats/robust.hpp"

#include <gtest/gtest.h>

#include "tests/unit/analyze/track/synthetic_nights.hpp"

namespace gpugauge {
namespace {

TEST(QuantileOfSorted, InterpolatesBetweenNeighbours) {
  const std::vector<double> values{1, 2, 3, 5};
  EXPECT_DOUBLE_EQ(quantile_of_sorted(values, 0), 1);
  EXPECT_DOUBLE_EQ(quantile_of_sorted(values, 0.5), 2.5);
  EXPECT_DOUBLE_EQ(quantile_of_sorted(values, 0.9), 4.4);  // 3 + 0.7 · 2
  EXPECT_DOUBLE_EQ(quantile_of_sorted(values, 1), 5);
  EXPECT_DOUBLE_EQ(quantile_of_sorted(std::vector<double>{7.0}, 0.3), 7);
}

TEST(RobustSummary, EstimatesTheStandardDeviationOfNormalValues) {
  const RobustSummary summary = robust_summary(synthetic::levels(4000, 3.0, 0.25, 1));
  EXPECT_NEAR(summary.median, 3.0, 0.02);
  EXPECT_NEAR(summary.mad_sigma, 0.25, 0.015);
  EXPECT_NEAR(summary.quantile_sigma, 0.25, 0.015);
}

TEST(RobustSummary, ASecondLevelWidensTheQuantilesMoreThanTheMad) {
  const RobustSummary summary = robust_summary(
      synthetic::joined(synthetic::levels(800, 0, 0.01, 2), synthetic::levels(200, 1, 0.01, 3)));
  EXPECT_GT(summary.quantile_sigma, 10 * summary.mad_sigma);
}

TEST(ScatterOfNeighbours, IsNotMovedByAShift) {
  const auto values =
      synthetic::joined(synthetic::levels(500, 0, 0.1, 4), synthetic::levels(500, 9, 0.1, 5));
  EXPECT_NEAR(scatter_of_neighbours(values), 0.1, 0.01);
  EXPECT_EQ(scatter_of_neighbours(std::vector<double>{1.0}), 0);
}

}  // namespace
}  // namespace gpugauge
