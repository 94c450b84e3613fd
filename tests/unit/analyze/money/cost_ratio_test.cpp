#include "harness/analyze/money/cost_ratio.hpp"

#include <gtest/gtest.h>

#include "harness/analyze/money/bootstrap.hpp"
#include "tests/unit/analyze/money/samples.hpp"

namespace gpugauge {
namespace {

using namespace fake;  // NOLINT(google-build-using-namespace)

TEST(CostRatio, OfEqualCardsIsUndecidedAndOfFarOnesCertain) {
  Random random(10);
  const auto around = [](double ns) { return [=](Random& r) { return ns + r.normal(); }; };
  Card card;
  const Measurement& m = card.add(draws(random, 30, around(100)));
  const Measurement& slower = card.add(draws(random, 30, around(110)));
  const auto cost = [&](std::uint64_t seed, const Measurement& of) {
    return resampled(of.time_ns.value, Bootstrap(seed).step_ns(step_with({line(of)})));
  };
  const CostRatio even = cost_ratio(cost(1, m), cost(2, m));
  EXPECT_NEAR(even.probability_a_is_cheaper, 0.5, 0.06);
  EXPECT_EQ(even.cheaper(), Cheaper::kUndecided);
  EXPECT_EQ(cost_ratio(cost(1, m), cost(3, slower)).cheaper(), Cheaper::kA);
  EXPECT_EQ(cost_ratio(cost(1, m), cost(3, slower)).probability_a_is_cheaper, 1);
  EXPECT_EQ(cost_ratio(cost(3, slower), cost(2, m)).cheaper(), Cheaper::kB);
}

TEST(CostRatio, TiesAreHalfAProbability) {
  const Resampled flat = resampled(1, {1, 1, 1, 1}), other = resampled(1, {1, 2, 0.5, 2});
  EXPECT_EQ(cost_ratio(flat, other).probability_a_is_cheaper, 2.5 / 4);
  EXPECT_EQ(cost_ratio(flat, flat).cheaper(), Cheaper::kUndecided);
}

TEST(CostRatio, ErrorsOfTheMethodAreSharedAndThoseOfOneCardAreNot) {
  const Estimate wide{.value = 100, .low = 80, .high = 120};
  const auto cost = [&](std::uint64_t seed, Origin origin) {
    return resampled(100, Bootstrap(seed).step_ns(step_with({line(wide, origin)})));
  };
  const Estimate modelled =
      cost_ratio(cost(1, Origin::kModelled), cost(2, Origin::kModelled)).a_over_b;
  EXPECT_EQ(modelled.low, modelled.high);
  for (const Origin origin : {Origin::kImported, Origin::kInterpolated}) {
    const Estimate ratio = cost_ratio(cost(1, origin), cost(2, origin)).a_over_b;
    EXPECT_LT(ratio.low, 0.8) << name_of(origin);
    EXPECT_GT(ratio.high, 1.25) << name_of(origin);
  }
}

TEST(RatioOf, ANumberWithoutReplicatesCountsAtBothOfItsEnds) {
  const Resampled known = resampled(10, {10, 10, 10});
  const Resampled printed{{.value = 2, .low = 1, .high = 4}, {}};
  const Resampled ratio = ratio_of(known, printed);
  EXPECT_EQ(ratio.value, 5);
  EXPECT_EQ(ratio.low, 2.5);
  EXPECT_EQ(ratio.high, 10);
  EXPECT_EQ(ratio.replicates, Replicates({5, 5, 5}));
  const Resampled of_printed = ratio_of(printed, printed);
  EXPECT_EQ(of_printed.low, 0.25);
  EXPECT_EQ(of_printed.high, 4);
  EXPECT_TRUE(of_printed.replicates.empty());
}

}  // namespace
}  // namespace gpugauge
