#include "harness/analyze/money/break_even.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "harness/base/error.hpp"
#include "tests/unit/analyze/fake_contender.hpp"

namespace gpugauge {
namespace {

using fake::contender;

// A: $1 and 100 tokens a second; B: $4 and 200. A token of A costs half of B's.
const Contender kA = contender("A", 1, 100, 0.1);
const Contender kB = contender("B", 4, 200, 0.1);

TEST(Compare, TheBreakEvenPriceRatioIsThatOfTheTokens) {
  const CardComparison c = compare(kA, kB, {.batch = 8});
  EXPECT_DOUBLE_EQ(c.evens->price_ratio.value, 0.5);
  // Of two uniform errors of 10% the ratio errs by 13.7% at the ends of its 90%.
  EXPECT_NEAR(c.evens->price_ratio.low, 0.5 * std::exp(-0.137), 0.005);
  EXPECT_NEAR(c.evens->price_ratio.high, 0.5 * std::exp(0.137), 0.005);
  EXPECT_DOUBLE_EQ(c.evens->price_ratio_today, 0.25);
  EXPECT_DOUBLE_EQ(c.evens->margin().value, 1.0);  // A's price could double
  EXPECT_DOUBLE_EQ(c.evens->margin().low, c.evens->price_ratio.low / 0.25 - 1);
  EXPECT_DOUBLE_EQ(c.a->dollars_per_million.value, 1 / 100.0 * 1e6 / 3600);
  EXPECT_EQ(c.evens->dollars.cheaper(), Cheaper::kA);
  EXPECT_EQ(c.evens->dollars.probability_a_is_cheaper, 1);
}

TEST(Compare, AtTheBreakEvenPriceBothCostTheSame) {
  Contender a = kA;
  a.rate.dollars_per_gpu_hour = 0.5 * kB.rate.dollars_per_gpu_hour;
  const CardComparison c = compare(a, kB, {.batch = 8});
  EXPECT_DOUBLE_EQ(c.a->dollars_per_million.value, c.b->dollars_per_million.value);
  EXPECT_NEAR(c.evens->margin().value, 0, 1e-12);
  EXPECT_EQ(c.evens->dollars.cheaper(), Cheaper::kUndecided);
  EXPECT_NEAR(c.evens->dollars.probability_a_is_cheaper, 0.5, 0.05);
}

TEST(Compare, AnErrorThatBothShareLeavesTheRatioAlone) {
  Contender b = kA;
  b.rate.dollars_per_gpu_hour = 1.01;
  const CardComparison c = compare(kA, b, {.batch = 8});
  EXPECT_GT(c.a->dollars_per_million.high, c.b->dollars_per_million.low);
  EXPECT_NEAR(c.evens->dollars.a_over_b.low, c.evens->dollars.a_over_b.high, 1e-12);
  EXPECT_EQ(c.evens->dollars.cheaper(), Cheaper::kA);
}

TEST(Compare, AtTheBreakEvenUtilisationBothCostTheSame) {
  Contender b = kB;
  b.billing.utilisation = 0.8;
  const Evens evens = compare(kA, b, {.batch = 8}).evens.value();
  EXPECT_DOUBLE_EQ(evens.utilisation_a.value, 0.5 * 0.8);
  EXPECT_DOUBLE_EQ(evens.utilisation_b.value, 2);  // it cannot
  Contender a = kA;
  a.billing.utilisation = evens.utilisation_a.value;
  const CardComparison even = compare(a, b, {.batch = 8});
  EXPECT_DOUBLE_EQ(even.a->dollars_per_million.value, even.b->dollars_per_million.value);
}

TEST(Compare, CardsThatServeTogetherArePaidForTogether) {
  Contender b = kB;
  b.num_gpus = 2;
  const CardComparison c = compare(kA, b, {.batch = 8});
  EXPECT_DOUBLE_EQ(c.b->dollars_per_million.value, 2 * 4 / 200.0 * 1e6 / 3600);
  EXPECT_DOUBLE_EQ(c.evens->price_ratio.value, 1.0);
}

TEST(Compare, EachAtItsOwnLargestBatch) {
  Contender a = kA;
  a.tokens_per_second = [](std::int64_t batch, std::int64_t) {
    return std::optional(fake::within(double(batch), 0));
  };
  a.largest_batch = [](std::int64_t input) { return input / 128; };
  const CardComparison c = compare(a, kB, {.batch = {}, .input_tokens = 1024});
  EXPECT_EQ(c.a->batch, 8);
  EXPECT_EQ(c.b->batch, 64);
  EXPECT_DOUBLE_EQ(c.a->tokens_per_second.value, 8);
}

TEST(Compare, WhatIsNotKnownIsNotCompared) {
  Contender nothing = kA;
  nothing.tokens_per_second = [](std::int64_t, std::int64_t) { return std::optional<Resampled>(); };
  Contender none_fits = kA;
  none_fits.largest_batch = [](std::int64_t) { return 0; };
  EXPECT_FALSE(compare(nothing, kB, {.batch = 8}).evens);
  EXPECT_TRUE(compare(nothing, kB, {.batch = 8}).b);
  EXPECT_FALSE(compare(none_fits, kB, {}).a);
}

TEST(Fleet, IsOfWholeCardsInWholeBundles) {
  const Resampled tokens{{.value = 100, .low = 50, .high = 200}, {50, 100, 200}};
  const double day = 86400;
  EXPECT_EQ(fleets_for(kA, tokens, 300 * day).billed_gpus.value, 3);
  EXPECT_EQ(fleets_for(kA, tokens, 301 * day).billed_gpus.value, 4);
  EXPECT_EQ(fleets_for(kA, tokens, 1).billed_gpus.value, 1);
  const FleetRange fleet = fleets_for(kA, tokens, 300 * day);
  EXPECT_EQ(fleet.billed_gpus.low, 2);
  EXPECT_EQ(fleet.billed_gpus.high, 6);
  EXPECT_EQ(fleet.dollars_per_month.replicates, (Replicates{6 * 730.0, 3 * 730.0, 2 * 730.0}));
  EXPECT_DOUBLE_EQ(fleet.dollars_per_month.value, 3 * 1.0 * 730);
  Contender bundles = kA;
  bundles.rate.min_gpus = 8;
  bundles.num_gpus = 2;
  bundles.billing = {.utilisation = 0.5, .hours_per_month = 720, .dollars_per_kwh = {}};
  EXPECT_EQ(fleets_for(bundles, tokens, 300 * day).billed_gpus.value, 16);  // 6 groups of 2
  EXPECT_DOUBLE_EQ(fleets_for(bundles, tokens, 300 * day).dollars_per_month.value, 16.0 * 720);
}

TEST(Fleet, RefusesDemandsThatAreNone) {
  const Resampled tokens = fake::within(100, 0);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double bad : {0.0, -1.0, nan, std::numeric_limits<double>::infinity(), 1e18})
    EXPECT_THROW(fleets_for(kA, tokens, bad), UsageError) << bad;
}

}  // namespace
}  // namespace gpugauge
