#include "harness/analyze/money/money.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "harness/analyze/money/contender.hpp"
#include "harness/base/error.hpp"
#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using fake::at_gbps;
using testing::HasSubstr;

Record priced_card(std::optional<double> watts = std::nullopt) {
  std::vector<Measurement> all{at_gbps(fake::memory(MemoryPattern::kRead), 1000),
                               fake::at_tflops(fake::square(DType::kBf16, 8192), 100)};
  for (const std::int64_t batch : {1, 64}) {
    for (Measurement& m : fake::linears(fake::llama_8b(), Precision::kBf16, batch, 800))
      all.push_back(std::move(m));
  }
  for (Measurement& m : all) m.mean_power_w = watts;
  return fake::record(std::move(all));
}

struct Priced {
  explicit Priced(std::optional<double> watts = std::nullopt) : record(priced_card(watts)) {}
  ServingFinding at(std::int64_t batch) const { return Server(times, model, request).at(batch); }
  Record record;
  ModelConfig model = fake::llama_8b();
  StepTimes times{record};
  ServingRequest request{.input_tokens = 2048,
                         .output_tokens = 256,
                         .tpot_target_ns = {},
                         .ttft_target_ns = {},
                         .group = {},
                         .budget = {}};
};

Rate rate(double dollars, int min_gpus = 1) {
  Rate r;
  r.kind = RateKind::kGiven;
  r.dollars_per_gpu_hour = dollars;
  r.min_gpus = min_gpus;
  return r;
}

Billing used(double share, double hours_per_month = kHoursInMeanMonth) {
  Billing billing;
  billing.utilisation = share;
  billing.hours_per_month = hours_per_month;
  return billing;
}

TEST(Money, InputAndOutputByTimeAddUpToTheSameBill) {
  const Priced f;
  for (const std::int64_t batch : {1, 8, 64}) {
    const ServingMoney money = money_of(f.at(batch), rate(2.49), used(0.6)).value();
    for (double Estimate::*end : {&Estimate::value, &Estimate::low, &Estimate::high}) {
      EXPECT_NEAR(money.input_by_time.*end * 2048 + money.output_by_time.*end * 256,
                  money.output_all_time.*end * 256, 1e-9 * money.output_all_time.*end * 256);
    }
    EXPECT_GT(money.input_by_time.value, 0);
  }
}

TEST(Money, AllTimeChargedToOutputIsTheClassicFormula) {
  const ServingFinding finding = Priced().at(8);
  const Estimate tokens = finding.rate()->output_tokens_per_second;
  const ServingMoney money = money_of(finding, rate(3.6), {}).value();
  EXPECT_DOUBLE_EQ(money.output_all_time.value, 3.6 / tokens.value * 1e6 / 3600);
  EXPECT_DOUBLE_EQ(money.output_all_time.high, 3.6 / tokens.low * 1e6 / 3600);
}

TEST(Money, UtilisationDividesTokensAndNotDollars) {
  const ServingFinding finding = Priced().at(8);
  const ServingMoney full = money_of(finding, rate(1), {}).value();
  const ServingMoney half = money_of(finding, rate(1), used(0.5)).value();
  EXPECT_DOUBLE_EQ(half.output_all_time.value, 2 * full.output_all_time.value);
  EXPECT_DOUBLE_EQ(half.input_by_time.value, 2 * full.input_by_time.value);
  EXPECT_DOUBLE_EQ(half.dollars_per_month, full.dollars_per_month);
  EXPECT_DOUBLE_EQ(half.million_output_per_month.value, full.million_output_per_month.value / 2);
}

TEST(Money, AMonthsBillOverAMonthsTokensIsThePriceOfAMillion) {
  const Billing billing{.utilisation = 0.7, .hours_per_month = 720, .dollars_per_kwh = {}};
  const ServingMoney money = money_of(Priced().at(8), rate(2), billing).value();
  EXPECT_DOUBLE_EQ(money.dollars_per_month, 1440);
  EXPECT_NEAR(money.dollars_per_month / money.million_output_per_month.value,
              money.output_all_time.value, 1e-9);
}

TEST(Money, WholeBundlesAreBilled) {
  const ServingMoney money = money_of(Priced().at(8), rate(0.72, 8), {}).value();
  EXPECT_EQ(money.billed_gpus, 8);
  EXPECT_DOUBLE_EQ(money.dollars_per_month, 0.72 * 8 * kHoursInMeanMonth);
}

TEST(Money, ThereIsNoneWithoutARate) {
  ServingFinding finding = Priced().at(8);
  finding.library.reset();
  finding.best.reset();
  EXPECT_FALSE(money_of(finding, rate(1), {}));
}

TEST(Billing, RefusesWhatNoMonthHas) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double bad : {0.0, -0.5, 1.01, nan}) EXPECT_THROW(check(used(bad)), UsageError) << bad;
  for (const double bad : {0.0, -1.0, 745.0, nan})
    EXPECT_THROW(check(used(1, bad)), UsageError) << bad;
  EXPECT_THROW(check({.utilisation = 1, .hours_per_month = 730, .dollars_per_kwh = -0.1}),
               UsageError);
  EXPECT_NO_THROW(check({}));
}

TEST(Contender, CostsWhatItsServingCosts) {
  const Priced f;
  const Contender contender = contender_of(f.times, f.model, f.request, rate(2), used(0.5));
  const Standing standing = standing_of(contender, {.batch = 8, .input_tokens = 2048}).value();
  const ServingMoney money = money_of(f.at(8), rate(2), used(0.5)).value();
  EXPECT_DOUBLE_EQ(standing.dollars_per_million.value, money.output_all_time.value);
  EXPECT_EQ(standing_of(contender, {})->batch, 64);
  EXPECT_EQ(contender.name, "Fake H1");
}

TEST(Energy, IsPowerTimesTime) {
  const Priced f(300);
  const PowerRange powers = power_range(f.record);
  const DecodeFinding decode = decode_finding(f.times, f.model, {.batch = 64});
  const Energy energy = energy_of(powers, decode);
  // Linears drew 300 W, the rest counts at the same: all of the step.
  EXPECT_DOUBLE_EQ(energy.mean_w.value(), 300);
  EXPECT_GT(energy.known_share, 0.5);
  EXPECT_LT(energy.known_share, 1);
  EXPECT_NEAR(energy.joules_per_token->value, 300 / decode.preferred()->tokens_per_second.value,
              1e-9);
  EXPECT_DOUBLE_EQ(energy.kwh_per_million_tokens()->value,
                   energy.joules_per_token->value * 1e6 / 3.6e6);
  EXPECT_NEAR(energy_of(powers, decode, 2).joules_per_token->value,
              2 * energy.joules_per_token->value, 1e-9);
}

TEST(Energy, ThePartWithoutAReadingIsAnythingThatTheFileDrew) {
  Priced f(300);
  f.record.measurements[0].mean_power_w = 100;  // memory read
  f.record.measurements[1].mean_power_w = 700;  // a GEMM
  const DecodeFinding decode = decode_finding(f.times, f.model, {.batch = 64});
  const Energy wide = energy_of(power_range(f.record), decode);
  const Priced even(300);
  const Energy narrow = energy_of(power_range(even.record), decode);
  EXPECT_DOUBLE_EQ(wide.joules_per_token->value, narrow.joules_per_token->value);
  EXPECT_LT(wide.joules_per_token->low, narrow.joules_per_token->low);
  EXPECT_GT(wide.joules_per_token->high, narrow.joules_per_token->high);
}

TEST(Energy, OfAServedTokenHasThePrefillInIt) {
  // At input 64 and output 256 the M of the prompt is measured, too.
  Priced f(300);
  f.request.input_tokens = 64;
  const ServingFinding finding = f.at(64);
  const Energy energy = energy_of(power_range(f.record), finding);
  EXPECT_NEAR(energy.joules_per_token.value().value,
              300 / finding.rate()->output_tokens_per_second.value, 1e-9);
}

TEST(Energy, IsAbsentWherePowerWasNotMeasuredForMostOfTheTime) {
  const Priced f;
  const Energy energy =
      energy_of(power_range(f.record), decode_finding(f.times, f.model, {.batch = 64}));
  EXPECT_FALSE(energy.joules_per_token);
  EXPECT_EQ(energy.known_share, 0);
  EXPECT_THAT(energy.reason, HasSubstr("power readings cover 0%"));
}

}  // namespace
}  // namespace gpugauge
