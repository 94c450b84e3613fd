#include "harness/analyze/rates/histogram.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace gpugauge {
namespace {

using Counts = std::vector<std::size_t>;

TEST(Histogram, CountsWhatLiesInEachPart) {
  const Histogram h = histogram_of(std::vector<double>{0, 1, 2, 3, 3.5, 7, 7.9, 8}, 4);
  EXPECT_DOUBLE_EQ(h.low, 0);
  EXPECT_DOUBLE_EQ(h.width, 2);
  EXPECT_EQ(h.counts, (Counts{2, 3, 0, 3})) << "2 begins the second part, 8 is in the last";
}

TEST(Histogram, HasAsManyPartsAsRicesRuleUpToTheMost) {
  std::vector<double> values(1000);
  std::iota(values.begin(), values.end(), 0);
  EXPECT_EQ(histogram_of(values, 100).counts.size(), 20);
  EXPECT_EQ(histogram_of(values, 7).counts.size(), 7);
  const Counts counts = histogram_of(values, 100).counts;
  EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), std::size_t{0}), 1000);
}

TEST(Histogram, OfEqualValuesIsOnePartAndOfNoneNone) {
  const Histogram same = histogram_of(std::vector<double>{5, 5, 5}, 10);
  EXPECT_EQ(same.counts, Counts{3});
  EXPECT_DOUBLE_EQ(same.low, 5);
  EXPECT_DOUBLE_EQ(same.width, 0);
  EXPECT_TRUE(histogram_of({}, 10).counts.empty());
}

}  // namespace
}  // namespace gpugauge
