#include "harness/analyze/money/crossings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/analyze/fake_contender.hpp"

namespace gpugauge {
namespace {

using fake::contender;
using fake::within;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// At the price of B a card of 100 tokens a second at any batch.
Contender flat(double share = 0) { return contender("A", 1, 100, share); }

/// A card of so many tokens a second, of the batch.
template <typename Tokens>
Contender varying(Tokens tokens, double share = 0) {
  Contender c = contender("B", 1, 0);
  c.tokens_per_second = [=](std::int64_t batch, std::int64_t) {
    return std::optional(within(tokens(static_cast<double>(batch)), share, 'B'));
  };
  return c;
}

double ten_times(double batch) { return 10 * batch; }

const std::vector<std::int64_t> kPowers{1, 2, 4, 8, 16, 32, 64};

TEST(Crossing, IsFoundBetweenThePointsOfTheGrid) {
  const Curve curve = trace(flat(), varying(ten_times), Axis::kBatch, {}, kPowers);
  ASSERT_THAT(curve.points, SizeIs(7));
  ASSERT_THAT(curve.crossings, SizeIs(1));
  const Crossing& c = curve.crossings[0];
  EXPECT_EQ(c.before, Cheaper::kA);
  EXPECT_EQ(c.last, 9);
  EXPECT_EQ(c.first, 10);
  // Without intervals only the tie itself is in doubt.
  EXPECT_EQ(c.sure_until, 9);
  EXPECT_EQ(c.sure_from, 11);
}

TEST(Crossing, IsUndecidedWhileTheIntervalOfTheRatioHoldsOne) {
  // A sells 80 to 120 tokens, B 8 to 12 for each of the batch. Of two such errors the ratio's 95%
  // reach to a factor of 1.37: apart up to 100 > 10 · 7 · 1.37, and from 10 · 14 > 100 · 1.37 on.
  const Curve curve = trace(flat(0.2), varying(ten_times, 0.2), Axis::kBatch, {}, kPowers);
  ASSERT_THAT(curve.crossings, SizeIs(1));
  EXPECT_EQ(curve.crossings[0].last, 9);
  EXPECT_EQ(curve.crossings[0].first, 10);
  EXPECT_EQ(curve.crossings[0].sure_until, 7);
  EXPECT_EQ(curve.crossings[0].sure_from, 14);
}

TEST(Crossing, MayBeUndecidedToTheEndOfWhatIsKnown) {
  const std::vector<std::int64_t> grid{5, 20};
  const Curve curve = trace(flat(0.99), varying(ten_times, 0.99), Axis::kBatch, {}, grid);
  ASSERT_THAT(curve.crossings, SizeIs(1));
  EXPECT_FALSE(curve.crossings[0].sure_until);
  EXPECT_FALSE(curve.crossings[0].sure_from);
}

TEST(Crossing, ThereMayBeSeveral) {
  // B is slow around batch 40.
  const auto valley = [](double batch) { return 5 * std::abs(batch - 40) + 1e-6; };
  const std::vector<std::int64_t> grid{1, 32, 128};
  const Curve curve = trace(flat(), varying(valley), Axis::kBatch, {}, grid);
  ASSERT_THAT(curve.crossings, SizeIs(2));
  EXPECT_EQ(curve.crossings[0].before, Cheaper::kB);
  EXPECT_EQ(curve.crossings[0].last, 20);
  EXPECT_EQ(curve.crossings[0].first, 21);
  EXPECT_EQ(curve.crossings[1].before, Cheaper::kA);
  EXPECT_EQ(curve.crossings[1].last, 59);
  EXPECT_EQ(curve.crossings[1].first, 60);
}

TEST(Crossing, ThereMayBeNone) {
  EXPECT_THAT(trace(flat(), contender("B", 1, 50), Axis::kBatch, {}, kPowers).crossings, IsEmpty());
  EXPECT_THAT(trace(flat(), flat(), Axis::kBatch, {}, kPowers).crossings, IsEmpty());
  EXPECT_THAT(trace(flat(), flat(), Axis::kBatch, {}, {}).crossings, IsEmpty());
}

TEST(Crossing, IsOnlyWhereBothAreKnown) {
  Contender b = varying(ten_times);
  b.tokens_per_second = [](std::int64_t batch, std::int64_t) {
    return batch < 5 || batch > 20 ? std::optional(within(10.0 * double(batch), 0)) : std::nullopt;
  };
  // 8 and 16 are unknown: between 4 and 32 nothing is claimed.
  EXPECT_THAT(trace(flat(), b, Axis::kBatch, {}, kPowers).crossings, IsEmpty());
  // Of a grid that steps over the gap, the search ends at it.
  const std::vector<std::int64_t> over{4, 32};
  const Curve curve = trace(flat(), b, Axis::kBatch, {}, over);
  ASSERT_THAT(curve.crossings, SizeIs(1));
  EXPECT_EQ(curve.crossings[0].last, 4);
  EXPECT_EQ(curve.crossings[0].first, 32);
}

TEST(Crossing, AlongTheInputAtTheBatchOfTheLoad) {
  Contender b = contender("B", 1, 0);
  b.tokens_per_second = [](std::int64_t batch, std::int64_t input) {
    return std::optional(within(100.0 * double(batch * input) / 4000, 0));
  };
  const std::vector<std::int64_t> grid{128, 2048};
  const Curve curve = trace(flat(), b, Axis::kInput, {.batch = 4}, grid);
  ASSERT_THAT(curve.crossings, SizeIs(1));
  EXPECT_EQ(curve.crossings[0].first, 1000);
  // Each at its own largest batch, which is 64.
  EXPECT_THAT(trace(flat(), b, Axis::kInput, {}, grid).crossings, IsEmpty());
}

TEST(Grid, ReachesTheLargestBatchOfBoth) {
  Contender large = flat();
  large.largest_batch = [](std::int64_t) { return 100; };
  EXPECT_THAT(batch_grid(flat(), large, 1024), ElementsAre(1, 2, 4, 8, 16, 32, 64, 100));
  large.largest_batch = [](std::int64_t) { return 0; };
  EXPECT_THAT(batch_grid(large, large, 1024), IsEmpty());
  EXPECT_THAT(input_grid(1000), ElementsAre(128, 256, 512, 1000));
  EXPECT_THAT(input_grid(64), ElementsAre(64));
}

}  // namespace
}  // namespace gpugauge
