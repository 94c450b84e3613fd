#include "harness/analyze/money/cost.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "harness/base/error.hpp"
#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

double to_the_cent(double dollars) { return std::round(dollars * 100) / 100; }

struct PublishedCell {
  double hourly, tok_per_second, dollars;
};

// What a published comparison of L40S ($0.72/h) and H100 SXM5 ($3.84/h) prints for these rates.
class PublishedCost : public testing::TestWithParam<PublishedCell> {};

TEST_P(PublishedCost, ComesOutToTheCent) {
  const auto [hourly, rate, dollars] = GetParam();
  EXPECT_DOUBLE_EQ(to_the_cent(dollars_per_million(hourly, 1, rate)), dollars);
}

INSTANTIATE_TEST_SUITE_P(
    Llama8b, PublishedCost,
    testing::Values(PublishedCell{0.72, 90, 2.22}, PublishedCell{3.84, 280, 3.81},
                    PublishedCell{0.72, 650, 0.31}, PublishedCell{3.84, 1600, 0.67},
                    PublishedCell{0.72, 1500, 0.13}, PublishedCell{3.84, 4500, 0.24}));
INSTANTIATE_TEST_SUITE_P(
    Qwen14b, PublishedCost,
    testing::Values(PublishedCell{0.72, 40, 5.00}, PublishedCell{3.84, 130, 8.21},
                    PublishedCell{0.72, 290, 0.69}, PublishedCell{3.84, 850, 1.25},
                    PublishedCell{0.72, 800, 0.25}, PublishedCell{3.84, 3000, 0.36}));

TEST(DollarsPerMillion, IsTheFormulaAndNotTheRounding) {
  EXPECT_DOUBLE_EQ(dollars_per_million(0.72, 1, 90), 0.72 / 90 * 1e6 / 3600);
  EXPECT_NEAR(dollars_per_million(0.72, 1, 90), 2.2222222222, 1e-9);
  EXPECT_NEAR(dollars_per_million(3.84, 1, 1600), 0.6666666667, 1e-9);
  EXPECT_DOUBLE_EQ(dollars_per_million(3.6, 1, 1000), 1.0);
}

TEST(DollarsPerMillion, ScalesWithTheNumberOfGpus) {
  EXPECT_DOUBLE_EQ(dollars_per_million(3.6, 8, 1000), 8.0);
}

TEST(DollarsPerMillion, TheSlowestRateIsTheDearest) {
  const Estimate cost = dollars_per_million(3.6, 1, {.value = 1000, .low = 500, .high = 2000});
  EXPECT_DOUBLE_EQ(cost.value, 1.0);
  EXPECT_DOUBLE_EQ(cost.low, 0.5);
  EXPECT_DOUBLE_EQ(cost.high, 2.0);
}

TEST(DollarsPerMillion, RefusesWhatIsNotPositive) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double bad : {0.0, -1.0, nan, infinity}) {
    EXPECT_THROW(dollars_per_million(bad, 1, 100), UsageError) << bad;
    EXPECT_THROW(dollars_per_million(1, 1, bad), UsageError) << bad;
  }
  EXPECT_THROW(dollars_per_million(1, 0, 100), UsageError);
  EXPECT_THROW(dollars_per_million(1, -2, 100), UsageError);
}

PriceOffer offer(std::string provider, std::optional<double> on_demand,
                 std::optional<double> spot) {
  PriceOffer o;
  o.provider = std::move(provider);
  o.on_demand_per_gpu_hour = on_demand;
  o.spot_per_gpu_hour = spot;
  o.observed_at = "2026-05-26";
  return o;
}

TEST(RatesOf, OffersGiveOnDemandFirstEachByPrice) {
  const std::vector<PriceOffer> offers{offer("a", 3.84, 1.69), offer("b", 2.0, std::nullopt),
                                       offer("c", std::nullopt, 1.0)};
  const auto rates = rates_of(offers, std::nullopt);
  ASSERT_EQ(rates.size(), 4u);
  EXPECT_EQ(rates[0].provider, "b");
  EXPECT_EQ(rates[0].kind, RateKind::kOnDemand);
  EXPECT_EQ(rates[1].provider, "a");
  EXPECT_EQ(rates[2].provider, "c");
  EXPECT_EQ(rates[2].kind, RateKind::kSpot);
  EXPECT_DOUBLE_EQ(rates[3].dollars_per_gpu_hour, 1.69);
  EXPECT_EQ(rates[3].observed_at, "2026-05-26");
}

TEST(RatesOf, TheUsersOwnRateIsTheOnlyOne) {
  const std::vector<PriceOffer> offers{offer("a", 3.84, 1.69)};
  const auto rates = rates_of(offers, 2.5);
  ASSERT_EQ(rates.size(), 1u);
  EXPECT_EQ(rates[0].kind, RateKind::kGiven);
  EXPECT_DOUBLE_EQ(rates[0].dollars_per_gpu_hour, 2.5);
  EXPECT_THROW(rates_of(offers, 0.0), UsageError);
  EXPECT_THROW(rates_of(offers, -3.0), UsageError);
}

TEST(RatesOf, RefusesAnHourlyRateThatNobodyPays) {
  EXPECT_EQ(rates_of({}, 1000.0).size(), 1u);
  EXPECT_THROW(rates_of({}, 1000.5), UsageError);
}

TEST(RatesOf, TakesTheListsDateWhereTheOfferHasNone) {
  PriceOffer o = offer("a", 3.84, std::nullopt);
  o.instance = "p5";
  o.file_date = "2026-06-01";
  EXPECT_EQ(rates_of({&o, 1}, std::nullopt)[0].observed_at, "2026-05-26");
  o.observed_at.clear();
  EXPECT_EQ(rates_of({&o, 1}, std::nullopt)[0].observed_at, "2026-06-01");
  EXPECT_EQ(rates_of({&o, 1}, std::nullopt)[0].provider, "a p5");
  o.provider.clear();
  EXPECT_EQ(rates_of({&o, 1}, std::nullopt)[0].provider, "p5");
}

TEST(RatesOf, WithNeitherItIsOneDollarAnHourAndSaysSo) {
  const auto rates = rates_of({}, std::nullopt);
  ASSERT_EQ(rates.size(), 1u);
  EXPECT_EQ(rates[0].kind, RateKind::kUnit);
  EXPECT_DOUBLE_EQ(rates[0].dollars_per_gpu_hour, 1.0);
  EXPECT_EQ(name_of(RateKind::kUnit), "per $1.00/h");
}

TEST(Price, BothEnginesAtEveryRateOrNothingForARefusal) {
  DecodeFinding finding;
  finding.library = EngineStep{.ops = {},
                               .step_ns = {},
                               .error = {},
                               .tokens_per_second = {.value = 1000, .low = 800, .high = 1250}};
  Rate rate;
  rate.dollars_per_gpu_hour = 3.6;
  const PricedDecode priced = price(finding, {&rate, 1}, 2);
  ASSERT_EQ(priced.costs.size(), 1u);
  EXPECT_DOUBLE_EQ(priced.costs[0].library->value, 2.0);
  EXPECT_DOUBLE_EQ(priced.costs[0].library->high, 2.5);
  EXPECT_FALSE(priced.costs[0].best);
  EXPECT_EQ(priced.costs[0].num_gpus, 2);
  EXPECT_EQ(priced.costs[0].billed_gpus, 2);
  rate.min_gpus = 8;
  EXPECT_EQ(price(finding, {&rate, 1}, 9).costs[0].billed_gpus, 16);
  EXPECT_TRUE(price(DecodeFinding{}, {&rate, 1}).costs.empty());
}

/// A point that is priced at these rates, for one GPU.
std::vector<PricedDecode> priced_at(const std::vector<Rate>& rates) {
  DecodeFinding finding;
  finding.library = EngineStep{.ops = {},
                               .step_ns = {},
                               .error = {},
                               .tokens_per_second = {.value = 1000, .low = 800, .high = 1250}};
  return {price(finding, rates, 1), price(finding, rates, 1)};
}

Rate rate_of(std::string provider, std::string observed_at) {
  Rate rate;
  rate.kind = RateKind::kOnDemand;
  rate.provider = std::move(provider);
  rate.observed_at = std::move(observed_at);
  return rate;
}

TEST(DoubtsAbout, OldPricesAreNamedOnceWithTheirProviders) {
  const auto points = priced_at({rate_of("b", "2026-05-26"), rate_of("a", "2026-05-26"),
                                 rate_of("c", "2026-05-27"), rate_of("d", "")});
  EXPECT_THAT(doubts_about(points, "2026-06-26"),
              testing::ElementsAre("prices of 2026-05-26 are 31 days old; "
                                   "scripts/refresh_prices.py fetches current ones: a, b"));
  EXPECT_THAT(doubts_about(points, "2026-06-25"), testing::IsEmpty());
  EXPECT_EQ(doubts_about(points, "2026-06-25", 28).size(), 2u);
}

TEST(DoubtsAbout, AgesAreThoseOfEachSource) {
  std::vector<Rate> rates{rate_of("a", "2026-05-26"), rate_of("b", "2026-05-26"),
                          rate_of("c", "2026-06-25")};
  rates[0].source = "a blog";
  rates[1].source = rates[2].source = "an interface";
  EXPECT_THAT(doubts_about(priced_at(rates), "2026-06-26"),
              testing::ElementsAre("prices of 2026-05-26 (a blog) are 31 days old; "
                                   "scripts/refresh_prices.py fetches current ones: a",
                                   "prices of 2026-05-26 (an interface) are 31 days old; "
                                   "scripts/refresh_prices.py fetches current ones: b"));
}

TEST(DoubtsAbout, ADateToComeIsOne) {
  const auto points = priced_at({rate_of("a", "2026-05-26")});
  EXPECT_THAT(doubts_about(points, "2026-05-25"), testing::IsEmpty());
  EXPECT_THAT(doubts_about(points, "2026-05-24"),
              testing::ElementsAre("prices dated 2026-05-26, in the future: a"));
}

TEST(DoubtsAbout, GpusOfSeveralMachinesThatShareAModel) {
  Rate rate = rate_of("a", "2026-05-26");
  rate.gpus_in_machine = 2;
  const auto doubts = [&](int gpus) {
    return doubts_about(std::vector{bill_of(rate, gpus)}, "2026-05-26");
  };
  EXPECT_THAT(doubts(2), testing::IsEmpty());
  EXPECT_THAT(doubts(4), testing::ElementsAre("4 GPUs share the model, and one machine has 2: the "
                                              "link between machines is not counted: a"));
  PriceOffer offer;
  offer.on_demand_per_gpu_hour = 1;
  offer.gpu_count = 4;
  EXPECT_EQ(rates_of(std::vector{offer}, std::nullopt)[0].gpus_in_machine, 0);
  offer.instance = "node";
  EXPECT_EQ(rates_of(std::vector{offer}, std::nullopt)[0].gpus_in_machine, 4);
}

TEST(DoubtsAbout, GuessedFormFactorsAndIdleGpus) {
  Rate guessed = rate_of("g", "2026-05-26");
  guessed.is_form_factor_guessed = true;
  std::vector<Rate> rates{guessed};
  for (const char* name : {"a", "b", "c", "d", "e", "f"}) {
    rates.push_back(rate_of(name, "2026-05-26"));
    rates.back().min_gpus = 8;
  }
  EXPECT_THAT(
      doubts_about(priced_at(rates), "2026-05-26"),
      testing::ElementsAre(
          "8 GPUs are billed and 1 used, $/M times 8 if the others are idle: a, b, c, d and 2 more",
          "the price list does not say SXM or PCIe, the price may be of the other variant: g"));
  EXPECT_THAT(doubts_about(priced_at({Rate{}}), "2026-05-26"), testing::IsEmpty());
}

}  // namespace
}  // namespace gpugauge
