#include "kernels/reference/comparison.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace gpugauge {
namespace {

using testing::HasSubstr;

TEST(Comparison, PassesWithinTheBound) {
  Comparison comparison;
  comparison.add(1.05, 1.0, 0.1, 0);
  comparison.add(2.0, 2.0, 0.0, 1);
  const Verification v = comparison.result();
  EXPECT_TRUE(v.passed);
  EXPECT_NEAR(v.max_error, 0.5, 1e-12);
  EXPECT_NEAR(v.relative_error, 0.05 / std::sqrt(5.0), 1e-12);
  EXPECT_EQ(v.checked, 2);
  EXPECT_EQ(v.reason, "");
}

TEST(Comparison, FailsBeyondTheBoundAndNamesTheWorstElement) {
  Comparison comparison("slot 2", 10);
  comparison.add(1.2, 1.0, 0.1, 3);
  comparison.add(4.0, 1.0, 0.1, 27);
  comparison.add(1.0, 1.0, 0.1, 28);
  const Verification v = comparison.result();
  EXPECT_FALSE(v.passed);
  EXPECT_NEAR(v.max_error, 30.0, 1e-9);
  EXPECT_EQ(v.reason, "slot 2, element [2, 7]: found 4, expected 1 within 0.1");
}

TEST(Comparison, ElementsOfAnArrayAreNamedByTheirIndex) {
  Comparison comparison;
  comparison.add(1.0, 2.0, 0.0, 41);
  EXPECT_THAT(comparison.result().reason, HasSubstr("element 41: found 1, expected 2"));
}

TEST(Comparison, NanAndInfinityNeverPassAndNeverReachTheNumbers) {
  for (double bad :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    Comparison comparison;
    comparison.add(bad, 1.0, 1e300, 0);
    const Verification v = comparison.result();
    EXPECT_FALSE(v.passed);
    EXPECT_EQ(v.max_error, Comparison::kBeyondAnyBound);
    EXPECT_EQ(v.relative_error, 1.0);
  }
}

TEST(Comparison, ABoundOfZeroAsksForEquality) {
  Comparison comparison;
  comparison.add(7.0, 7.0, 0.0, 0);
  EXPECT_TRUE(comparison.result().passed);
  comparison.add(7.0000001, 7.0, 0.0, 1);
  EXPECT_FALSE(comparison.result().passed);
}

TEST(Comparison, NothingComparedIsAFailure) {
  const Verification v = Comparison().result();
  EXPECT_FALSE(v.passed);
  EXPECT_EQ(v.reason, "nothing was compared");
}

TEST(Comparison, ADifferenceFromZeroHasAFiniteRelativeError) {
  Comparison comparison;
  comparison.add(1.0, 0.0, 0.5, 0);
  EXPECT_EQ(comparison.result().relative_error, Comparison::kBeyondAnyBound);
}

TEST(Comparison, MergesCountsNormsAndTheWorst) {
  Comparison all, good("slot 0"), bad("slot 1");
  good.add(3.0, 3.0, 0.0, 0);
  good.add_equal(10, 7.0);
  bad.add(4.0, 2.0, 1.0, 5);
  all.merge(good);
  all.merge(bad);
  const Verification v = all.result();
  EXPECT_EQ(v.checked, 12);
  EXPECT_NEAR(v.max_error, 2.0, 1e-12);
  EXPECT_NEAR(v.relative_error, std::sqrt(4.0 / (9.0 + 7.0 + 4.0)), 1e-12);
  EXPECT_THAT(v.reason, HasSubstr("slot 1, element 5"));
}

}  // namespace
}  // namespace gpugauge
