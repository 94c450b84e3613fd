#include "harness/analyze/money/leaders.hpp"

#include <gtest/gtest.h>

namespace gpugauge {
namespace {

const FitFinding kTooLarge{.weight_bytes = 2, .usable_bytes = 1, .cards_needed = {}};

/// A point whose card costs so much for a million tokens, ±2%: by a measurement of its own.
PricedDecode point(const std::string& file, std::int64_t batch, double dollars,
                   RateKind kind = RateKind::kOnDemand) {
  PricedDecode p;
  p.decode.file = file;
  p.seed = std::hash<std::string>()(file);
  p.decode.point.batch = batch;
  Cost cost;
  cost.rate.kind = kind;
  cost.library = Estimate{.value = dollars, .low = 0.98 * dollars, .high = 1.02 * dollars};
  p.costs.push_back(cost);
  OpLine line{.step = {},
              .time = {.time_ns = *cost.library, .origin = Origin::kMeasured, .source = {}}};
  line.step.count = 1;
  p.decode.library = step_of({line}, batch);
  return p;
}

std::vector<const PricedDecode*> pointers(const std::vector<PricedDecode>& points) {
  std::vector<const PricedDecode*> all;
  for (const PricedDecode& p : points) all.push_back(&p);
  return all;
}

TEST(Leaders, ArePiecesOfTheBatches) {
  const std::vector<PricedDecode> points{point("a", 1, 5),  point("a", 8, 1),  point("a", 64, 0.5),
                                         point("b", 1, 9),  point("b", 8, 2),  point("b", 64, 0.3),
                                         point("c", 1, 10), point("c", 8, 10), point("c", 64, 10)};
  const std::vector<Lead> leads = leaders(pointers(points));
  ASSERT_EQ(leads.size(), 2);
  EXPECT_EQ(leads[0].first->decode.file, "a");
  EXPECT_EQ(leads[0].first->decode.point.batch, 1);
  EXPECT_EQ(leads[0].last->decode.point.batch, 8);
  EXPECT_TRUE(leads[0].is_sure);
  EXPECT_EQ(leads[1].first, leads[1].last);
  EXPECT_EQ(leads[1].first->decode.file, "b");
}

TEST(Leaders, AreNotSureWhereTheIntervalOfTheRatioHoldsOne) {
  const std::vector<PricedDecode> points{point("a", 1, 1), point("b", 1, 1.02)};
  EXPECT_FALSE(leaders(pointers(points)).at(0).is_sure);
}

TEST(Leaders, AreAsSureInWhicheverOrderTheFilesAre) {
  std::vector<PricedDecode> points{point("a", 1, 1), point("b", 1, 1.02)};
  points[1].seed = points[0].seed;
  EXPECT_TRUE(leaders(pointers(points)).at(0).is_sure) << "runs of one card err together";
  for (std::uint64_t seed = 1; seed < 20; ++seed) {
    std::vector<PricedDecode> near{point("a", 1, 1), point("b", 1, 1.029)};
    near[0].seed = seed;
    near[1].seed = 2 * seed + 40;
    std::vector<PricedDecode> swapped{near[1], near[0]};
    EXPECT_EQ(leaders(pointers(near)).at(0).is_sure, leaders(pointers(swapped)).at(0).is_sure);
  }
}

TEST(Leaders, NeedARivalAPriceAndAPlaceInMemory) {
  const std::vector<PricedDecode> apart{point("a", 1, 5), point("b", 2, 5)};
  EXPECT_TRUE(leaders(pointers(apart)).empty()) << "no rival at either batch";
  const std::vector<PricedDecode> unpriced{point("a", 1, 5), point("b", 1, 4, RateKind::kUnit)};
  EXPECT_TRUE(leaders(pointers(unpriced)).empty());
  std::vector<PricedDecode> points{point("a", 1, 5), point("b", 1, 4), point("c", 1, 3)};
  points[2].decode.fit = kTooLarge;
  EXPECT_EQ(leaders(pointers(points)).at(0).first->decode.file, "b");
  EXPECT_FALSE(leaders(pointers(points)).at(0).is_only);
}

TEST(Leaders, AreTheOnlyOnesWhereNoOtherFits) {
  std::vector<PricedDecode> points{point("a", 1, 5), point("b", 1, 9), point("a", 64, 2),
                                   point("b", 64, 1)};
  points[3].decode.fit = kTooLarge;
  const std::vector<Lead> leads = leaders(pointers(points));
  ASSERT_EQ(leads.size(), 2);
  EXPECT_FALSE(leads[0].is_only);
  EXPECT_TRUE(leads[1].is_only);
  EXPECT_EQ(leads[1].first->decode.file, "a");
  points[2].decode.fit = kTooLarge;
  EXPECT_EQ(leaders(pointers(points)).size(), 1) << "nobody at 64";
}

TEST(Cheapest, IsThatOfLeastCostThatFits) {
  std::vector<PricedDecode> points{point("a", 1, 5), point("a", 8, 2), point("a", 64, 1)};
  EXPECT_EQ(cheapest(pointers(points))->decode.point.batch, 64);
  points[2].decode.fit = kTooLarge;
  EXPECT_EQ(cheapest(pointers(points))->decode.point.batch, 8);
  EXPECT_EQ(cheapest({}), nullptr);
}

}  // namespace
}  // namespace gpugauge
