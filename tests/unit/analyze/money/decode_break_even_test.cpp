#include "harness/analyze/money/decode_break_even.hpp"

#include <gmock/gmock.h>

#include <deque>

#include "harness/analyze/step/tokens.hpp"
#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// What a card's linears reach, as a share of its read bandwidth, at the batches that were
/// measured.
using Shares = std::vector<std::pair<std::int64_t, double>>;

Rate given(double dollars) {
  return {.kind = RateKind::kGiven,
          .dollars_per_gpu_hour = dollars,
          .provider = {},
          .observed_at = {},
          .source = {}};
}

/// Files of cards with their priced points, in the form in which decode_break_evens takes them.
class Market {
 public:
  Market() { models_.emplace(model_.name, model_); }

  void add(const std::string& file, double read_gbps, const Shares& shares, std::vector<Rate> rates,
           std::vector<std::int64_t> batches, std::int64_t context = 1024,
           Origin origin = Origin::kMeasured) {
    std::vector<Measurement> all{fake::at_gbps(fake::memory(MemoryPattern::kRead), read_gbps)};
    for (const auto& [batch, share] : shares) {
      for (Measurement& m : fake::linears(model_, Precision::kBf16, batch, share * read_gbps))
        all.push_back(std::move(m));
    }
    Record record = fake::record(std::move(all));
    record.path = file;
    record.device.name = "card of " + file;
    for (Measurement& m : record.measurements) {
      m.origin = origin;
      m.verification.passed = origin == Origin::kMeasured;  // nobody of us verified an import
    }
    records_.push_back(std::move(record));
    times_.emplace(file, StepTimes(records_.back()));
    ask(file, std::move(rates), std::move(batches), context);
  }

  /// More points of a file.
  void ask(const std::string& file, std::vector<Rate> rates, std::vector<std::int64_t> batches,
           std::int64_t context) {
    for (const std::int64_t batch : batches) {
      DecodePoint point;
      point.precision = Precision::kBf16;
      point.batch = batch;
      point.context = context;
      DecodeFinding finding = decode_finding(times_.at(file), model_, point);
      finding.file = file;
      finding.device = "card of " + file;
      points_.push_back(price(std::move(finding), rates));
    }
  }

  std::vector<DecodeBreakEven> found() const {
    return decode_break_evens(points_, times_, models_);
  }

  /// Dollars per million at any batch, without the search.
  double dollars(const std::string& file, double hourly, std::int64_t batch) const {
    DecodePoint point;
    point.precision = Precision::kBf16;
    point.batch = batch;
    point.context = 1024;
    const DecodeFinding finding = decode_finding(times_.at(file), model_, point);
    return dollars_per_million(hourly, 1, finding.preferred()->tokens_per_second.value);
  }

 private:
  ModelConfig model_ = fake::llama_8b();
  std::deque<Record> records_;  // StepTimes point into them
  std::map<std::string, StepTimes> times_;
  std::map<std::string, ModelConfig> models_;
  std::vector<PricedDecode> points_;
};

const Shares kFlat{{1, 0.9}, {64, 0.9}};
/// At 64 sequences four times slower than its memory would allow.
const Shares kSaturated{{1, 0.9}, {64, 0.225}};

TEST(DecodeBreakEven, FindsTheBatchAtWhichTheDearCardBecomesTheCheaperOne) {
  Market market;
  market.add("a.json", 3000, kFlat, {given(4)}, {1, 64});
  market.add("b.json", 900, kSaturated, {given(1)}, {1, 64});
  const auto found = market.found();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].file_a, "a.json");
  EXPECT_EQ(found[0].device_b, "card of b.json");
  EXPECT_EQ(found[0].model, "llama-3.1-8b");
  EXPECT_EQ(found[0].rate_a.dollars_per_gpu_hour, 4);
  ASSERT_EQ(found[0].curve.crossings.size(), 1U);
  const Crossing& swap = found[0].curve.crossings[0];
  EXPECT_EQ(swap.before, Cheaper::kB);
  EXPECT_EQ(swap.first, swap.last + 1);
  EXPECT_LT(market.dollars("b.json", 1, swap.last), market.dollars("a.json", 4, swap.last));
  EXPECT_GT(market.dollars("b.json", 1, swap.first), market.dollars("a.json", 4, swap.first));
  ASSERT_TRUE(swap.sure_until && swap.sure_from);
  EXPECT_LE(*swap.sure_until, swap.last);
  EXPECT_GE(*swap.sure_from, swap.first);
}

TEST(DecodeBreakEven, ACardThatIsCheaperEverywhereCrossesNothing) {
  Market market;
  market.add("a.json", 3000, kFlat, {given(4)}, {1, 64});
  market.add("b.json", 900, kSaturated, {given(40)}, {1, 64});
  const auto found = market.found();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0].curve.crossings, IsEmpty());
  for (const CurvePoint& point : found[0].curve.points) EXPECT_LT(point.a->value, point.b->value);
}

TEST(DecodeBreakEven, EqualCardsCostTheSameAndDoNotCross) {
  Market market;
  market.add("a.json", 3000, kFlat, {given(2)}, {1, 64});
  market.add("b.json", 3000, kFlat, {given(2)}, {1, 64});
  const auto found = market.found();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0].curve.crossings, IsEmpty());
  for (const CurvePoint& point : found[0].curve.points)
    EXPECT_DOUBLE_EQ(point.a->value, point.b->value);
}

TEST(DecodeBreakEven, OneCardAloneIsHeldAgainstNothing) {
  Market market;
  EXPECT_THAT(market.found(), IsEmpty());
  market.add("a.json", 3000, kFlat, {given(4)}, {1, 64});
  EXPECT_THAT(market.found(), IsEmpty());
}

TEST(DecodeBreakEven, ThreeCardsAreThreePairs) {
  Market market;
  market.add("c.json", 1000, kFlat, {given(1)}, {1});
  market.add("a.json", 3000, kFlat, {given(4)}, {1});
  market.add("b.json", 900, kFlat, {given(1)}, {1});
  std::vector<std::string> pairs;
  for (const DecodeBreakEven& pair : market.found()) pairs.push_back(pair.file_a + pair.file_b);
  EXPECT_THAT(pairs, ElementsAre("a.jsonb.json", "a.jsonc.json", "b.jsonc.json"));
}

TEST(DecodeBreakEven, WhoeverHasNoPriceIsLeftOut) {
  Market market;
  market.add("a.json", 3000, kFlat, {given(4)}, {1, 64});
  market.add("b.json", 900, kFlat, {Rate{}}, {1, 64});  // one dollar, for want of a price
  EXPECT_THAT(market.found(), IsEmpty());
}

TEST(DecodeBreakEven, OfSeveralRatesTheFirstCounts) {
  Market market;
  market.add("a.json", 3000, kFlat, {given(4), given(1)}, {1});
  market.add("b.json", 900, kFlat, {given(2), given(9)}, {1});
  const auto found = market.found();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].rate_a.dollars_per_gpu_hour, 4);
  EXPECT_EQ(found[0].rate_b.dollars_per_gpu_hour, 2);
}

TEST(DecodeBreakEven, AnotherContextIsAnotherQuestion) {
  Market market;
  market.add("a.json", 3000, kFlat, {given(4)}, {1, 64}, 1024);
  market.add("b.json", 900, kFlat, {given(1)}, {1, 64}, 8192);
  EXPECT_THAT(market.found(), IsEmpty());
  market.ask("b.json", {given(1)}, {1}, 1024);
  const auto found = market.found();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].curve.load.input_tokens, 1024);
}

TEST(DecodeBreakEven, SortsTheBatchesOfBothAndInventsNoneBeyondWhatACardMeasured) {
  Market market;
  market.add("a.json", 3000, kFlat, {given(4)}, {64, 1});
  market.add("b.json", 900, {{1, 0.9}, {16, 0.9}}, {given(1)}, {16, 1});
  const auto found = market.found();
  ASSERT_EQ(found.size(), 1U);
  std::vector<std::int64_t> places;
  for (const CurvePoint& point : found[0].curve.points) {
    places.push_back(point.place);
    EXPECT_TRUE(point.a.has_value());
    EXPECT_EQ(point.b.has_value(), point.place <= 16) << point.place;
  }
  EXPECT_THAT(places, ElementsAre(1, 16, 64));
}

TEST(DecodeBreakEven, ImportedCardsAreComparedLikeMeasuredOnes) {
  Market market, imported;
  for (Market* m : {&market, &imported}) {
    const Origin origin = m == &market ? Origin::kMeasured : Origin::kImported;
    m->add("a.json", 3000, kFlat, {given(4)}, {1, 64}, 1024, origin);
    m->add("b.json", 900, kSaturated, {given(1)}, {1, 64});
  }
  ASSERT_EQ(imported.found().size(), 1U);
  ASSERT_EQ(imported.found()[0].curve.crossings.size(), 1U);
  EXPECT_EQ(imported.found()[0].curve.crossings[0].last, market.found()[0].curve.crossings[0].last);
}

}  // namespace
}  // namespace gpugauge
