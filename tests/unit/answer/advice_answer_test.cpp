#include "harness/answer/advice_answer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/answer/advice_fleet.hpp"
#include "harness/base/error.hpp"
#include "tests/unit/answer/fake_advice.hpp"

namespace gpugauge {
namespace {

using fake::advice_of;
using testing::HasSubstr;
using testing::SizeIs;

const ChecklistLine& line(const Advice& advice, Question question) {
  return advice.checklist.lines.at(static_cast<std::size_t>(question));
}

std::optional<double> flips_at(const Advice& advice, FlipKind kind) {
  for (const Flip& flip : advice.flips) {
    if (flip.kind == kind) return flip.at;
  }
  ADD_FAILURE() << "no flip of " << name_of(kind);
  return std::nullopt;
}

TEST(Advice, ComparesAtEachBatchAndAtEachCardsLargest) {
  fake::Cards fixture;
  const Advice advice = advice_of(fixture, fake::advice_request({4, 8}));
  ASSERT_THAT(advice.rankings, SizeIs(3));
  EXPECT_EQ(advice.rankings[0].batch, 4);
  EXPECT_EQ(advice.rankings[1].batch, 8);
  EXPECT_EQ(advice.rankings[2].batch, std::nullopt);
  EXPECT_THROW(advise({}, {}, fake::advice_request()), UsageError);
}

TEST(Ranking, IsByDollarsWithMarginAndProbability) {
  fake::Cards fixture;
  const Ranking ranking = advice_of(fixture, fake::advice_request()).at_median();
  ASSERT_THAT(ranking.options, SizeIs(2));
  const Option &first = ranking.options[0], &second = ranking.options[1];
  // A quarter of the speed at a fifth of the price.
  EXPECT_EQ(ranking.card(first).name, "small");
  EXPECT_EQ(ranking.runner_up(), &second);
  EXPECT_DOUBLE_EQ(second.margin,
                   second.dollars_per_million.value / first.dollars_per_million.value - 1);
  EXPECT_NEAR(second.margin, 0.25, 0.05);
  EXPECT_TRUE(first.to_next.has_value());
  EXPECT_FALSE(second.to_next.has_value());
  EXPECT_NEAR(first.dollars_per_million.value,
              1e6 / 3600 / ranking.service(first).rate.output_tokens_per_second.value, 1e-9);
}

TEST(Ranking, IsUndecidedAtBreakEven) {
  fake::Cards fixture;
  const double ratio = 1 + advice_of(fixture, fake::advice_request()).at_median().options[1].margin;
  fixture.small().rates = {fake::rate(ratio)};
  const Ranking even = advice_of(fixture, fake::advice_request()).at_median();
  EXPECT_FALSE(even.is_decided());
  // The errors of modelled ops lie mostly above: equal values are not equal odds.
  EXPECT_NEAR(even.winner()->to_next.value().probability_a_is_cheaper, 0.5, 0.15);
  fixture.small().rates = {fake::rate(0.2)};
  EXPECT_TRUE(advice_of(fixture, fake::advice_request()).at_median().is_decided());
}

TEST(Ranking, SpotOnlyWhereItIsTolerated) {
  fake::Cards fixture;
  fixture.large().rates = {fake::rate(5), fake::rate(1.5, RateKind::kSpot)};
  AdviceRequest request = fake::advice_request();
  Advice advice = advice_of(fixture, request);
  EXPECT_THAT(advice.at_median().options, SizeIs(2));
  EXPECT_EQ(line(advice, Question::kSpot).favours, nullptr);
  EXPECT_THAT(line(advice, Question::kSpot).why,
              HasSubstr("with spot large would be the cheapest"));
  request.spot = true;
  advice = advice_of(fixture, request);
  EXPECT_THAT(advice.at_median().options, SizeIs(3));
  EXPECT_EQ(advice.at_median().winner()->rate->kind, RateKind::kSpot);
  EXPECT_EQ(line(advice, Question::kSpot).favours, &fixture.large());
}

TEST(Ranking, NobodyIsDropped) {
  fake::Cards fixture;
  fixture.small().rates.clear();
  fixture.large().rates = {fake::rate(1, RateKind::kSpot)};
  const Ranking ranking = advice_of(fixture, fake::advice_request()).at_median();
  EXPECT_THAT(ranking.options, SizeIs(0));
  EXPECT_EQ(ranking.winner(), nullptr);
  ASSERT_THAT(ranking.excluded, SizeIs(2));
  EXPECT_THAT(ranking.excluded[0].reason, HasSubstr("no price is known"));
  EXPECT_THAT(ranking.excluded[1].reason, HasSubstr("--spot"));
}

TEST(Ranking, GpusOfSeveralMachinesShareNoModel) {
  fake::Cards fixture;
  fixture.small().rates = {fake::rate(0.1), fake::rate(0.5)};
  fixture.small().rates.front().gpus_in_machine = 1;
  const Ranking one = advice_of(fixture, fake::advice_request({4})).at_median();
  EXPECT_EQ(one.winner()->rate, &fixture.small().rates.front());
  const AdviceRequest of_two = fake::advice_request({64});  // needs two of the small
  const Ranking two = advice_of(fixture, of_two).at_median();
  EXPECT_EQ(two.winner()->rate, &fixture.small().rates.back());
  fixture.small().rates.pop_back();
  const Ranking none = advice_of(fixture, of_two).at_median();
  ASSERT_THAT(none.excluded, SizeIs(1));
  EXPECT_THAT(none.excluded[0].reason, HasSubstr("no machine for rent has as many"));
}

TEST(Ranking, ADemandIsRankedByTheMonthOfWholeBundles) {
  fake::Cards fixture;
  fixture.small().rates = {fake::rate(1, RateKind::kOnDemand, 8)};
  AdviceRequest request = fake::advice_request();
  request.tokens_per_day = {1000};
  const Ranking low = advice_of(fixture, request).at_median();
  EXPECT_EQ(low.card(*low.winner()).name, "large");
  EXPECT_DOUBLE_EQ(low.winner()->fleet.value().dollars_per_month, 5 * 730.0);
  EXPECT_EQ(low.runner_up()->fleet.value().billed_gpus, 8);
  request.tokens_per_day = {1e10};
  const Ranking high = advice_of(fixture, request).at_median();
  EXPECT_EQ(high.card(*high.winner()).name, "small");
  const Fleet fleet = high.winner()->fleet.value();
  const double per_day = high.service(*high.winner()).rate.output_tokens_per_second.value * 86400;
  EXPECT_EQ(fleet.gpus, static_cast<int>(std::ceil(1e10 / per_day)));
  EXPECT_EQ(fleet.billed_gpus % 8, 0);
  // Half as busy, twice as many.
  request.billing.utilisation = 0.5;
  const Ranking idle = advice_of(fixture, request).at_median();
  EXPECT_NEAR(idle.winner()->fleet.value().gpus, 2 * fleet.gpus, 1);
}

TEST(Flips, ThePricesAreThoseOfBreakEven) {
  fake::Cards fixture;
  const Advice advice = advice_of(fixture, fake::advice_request());
  const double ratio = 1 + advice.at_median().options[1].margin;
  EXPECT_DOUBLE_EQ(flips_at(advice, FlipKind::kWinnersPrice).value(), ratio);
  EXPECT_DOUBLE_EQ(flips_at(advice, FlipKind::kRunnerUpsPrice).value(), 5 / ratio);
  EXPECT_DOUBLE_EQ(flips_at(advice, FlipKind::kWinnersBusyness).value(), 1 / ratio);
}

TEST(Flips, ABatchThatNeedsTwoOfTheSmallFlips) {
  fake::Cards fixture;
  fixture.large().rates = {fake::rate(1.5)};
  const auto advice_at = [&](double batch) {
    AdviceRequest request = fake::advice_request({static_cast<std::int64_t>(batch)});
    request.tokens_per_day = {1000};  // one of the large, or as many of the small as hold it
    return advice_of(fixture, request);
  };
  const double batch = flips_at(advice_at(4), FlipKind::kBatch).value();
  const auto winner_at = [&](double at) {
    const Advice other = advice_at(at);
    return other.at_median().card(*other.at_median().winner()).name;
  };
  EXPECT_EQ(winner_at(batch), "large");
  EXPECT_EQ(winner_at(0.9 * batch), "small");
}

TEST(Flips, ASmallDemandFlipsToTheCardThatIsNotSoldByEight) {
  fake::Cards fixture;
  EXPECT_EQ(flips_at(advice_of(fixture, fake::advice_request()), FlipKind::kDemand), std::nullopt);
  fixture.small().rates = {fake::rate(1, RateKind::kOnDemand, 8)};
  EXPECT_GT(flips_at(advice_of(fixture, fake::advice_request()), FlipKind::kDemand).value(), 1e3);
}

TEST(Checklist, IsAnsweredWithNumbersOfTheFiles) {
  fake::Cards fixture;
  fixture.small().rates = {fake::rate(1, RateKind::kOnDemand, 8)};
  AdviceRequest request = fake::advice_request();
  request.training = true;
  const Advice advice = advice_of(fixture, request);
  ASSERT_THAT(advice.checklist.lines, SizeIs(8));
  const CardFacts& small = advice.checklist.facts[0];
  EXPECT_EQ(small.fit.value().cards, 1);
  // Weights of 16 GB, and four sequences, in 90% of 24 GiB less one.
  const double free = 0.9 * 24 * fake::kGiB - fake::kGiB - small.weight_bytes;
  EXPECT_NEAR(static_cast<double>(small.largest_context.value() + request.output_tokens),
              free / (4 * 131072), 1);
  // 100 operations a byte of both cards; a linear of n x k in BF16 does batch of them a byte, less
  // its activations.
  EXPECT_NEAR(static_cast<double>(small.ridge_batch.value()), 104, 3);
  EXPECT_DOUBLE_EQ(small.smallest_rent.value().dollars_per_month, 8 * 730.0);
  EXPECT_EQ(line(advice, Question::kModelSize).favours, nullptr);
  EXPECT_EQ(line(advice, Question::kUtilisation).favours, &fixture.large());
  EXPECT_THAT(line(advice, Question::kBatch).why, HasSubstr("memory-bound at 4"));
  EXPECT_EQ(line(advice, Question::kTraining).favours, nullptr);  // both over PCIe
  EXPECT_THAT(line(advice, Question::kNvlink).why, HasSubstr("no link is used"));
}

TEST(Checklist, AModelThatOneCardCannotHoldAsksForALink) {
  fake::Cards fixture;
  const Advice advice = advice_of(fixture, fake::advice_request({64}));
  EXPECT_EQ(advice.checklist.facts[0].fit.value().cards, 2);
  EXPECT_EQ(advice.checklist.facts[1].fit.value().cards, 1);
  EXPECT_EQ(line(advice, Question::kNvlink).favours, &fixture.large());
  EXPECT_THAT(line(advice, Question::kModelSize).why, HasSubstr("2 x small, 1 x large"));
}

TEST(Fleet, RoutesModelsToTheCardsThatAreCheapestForThem) {
  fake::Cards fixture;
  fixture.large().rates = {fake::rate(1.5)};
  ModelConfig deeper = fake::llama_8b();
  deeper.name = "deeper";
  deeper.num_hidden_layers = 48;  // 22 GiB: two of the small
  const std::vector<ModelConfig> models{deeper, fake::llama_8b()};
  AdviceRequest request = fake::advice_request();
  request.tokens_per_day = {1000};
  const std::vector<Advice> all = advise(fixture.cards, models, request);
  EXPECT_EQ(all[0].model, "deeper");
  const std::vector<std::string> fleet = fleet_of(all, request);
  ASSERT_THAT(fleet, SizeIs(1));
  EXPECT_THAT(fleet[0], HasSubstr("llama-3.1-8b to small ("));
  EXPECT_THAT(fleet[0], HasSubstr("deeper to large ("));
  EXPECT_THAT(fleet[0], HasSubstr("small for all costs"));
  // One card for both: nothing to route.
  fixture.large().rates = {fake::rate(20)};
  EXPECT_THAT(fleet_of(advise(fixture.cards, models, request), request), SizeIs(0));
}

TEST(Fleet, BeginsOnTheOneThatIsCheaperToday) {
  fake::Cards fixture;
  fixture.small().rates = {fake::rate(1)};
  fixture.large().rates = {fake::rate(2)};
  AdviceRequest request = fake::advice_request();
  request.tokens_per_day = {1e6, 1e9};
  const std::vector<Advice> all{advice_of(fixture, request)};
  const std::vector<std::string> fleet = fleet_of(all, request);
  ASSERT_THAT(fleet, SizeIs(1));
  EXPECT_THAT(fleet[0], HasSubstr("start with small (billed GPUs: 1, $730 a month"));
  request.tokens_per_day = {1e6, 1.1e6};
  EXPECT_THAT(fleet_of(all, request), SizeIs(0));
}

}  // namespace
}  // namespace gpugauge
