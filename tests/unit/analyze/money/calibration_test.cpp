#include "harness/analyze/money/calibration.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Calibration calibration(double factor, double batch = 8) {
  Calibration c;
  c.file = "vllm.json";
  c.benchmark = "vllm bench latency";
  c.device = "Fake H1";
  c.model = "llama-3.1-8b";
  c.precision = Precision::kBf16;
  c.batch = batch;
  c.input_tokens = 1024;
  c.output_tokens = 256;
  c.factor = {.value = factor, .low = 0.9 * factor, .high = 1.1 * factor};
  c.has_spread = true;
  return c;
}

std::vector<PricedDecode> points(std::int64_t batch = 8, std::int64_t context = 1024) {
  std::vector<Measurement> all{
      fake::at_gbps(fake::memory(MemoryPattern::kRead), 1000),
      fake::at_tflops(fake::square(DType::kBf16, 8192), 100),
  };
  for (Measurement& m : fake::linears(fake::llama_8b(), Precision::kBf16, batch, 800))
    all.push_back(std::move(m));
  const Record record = fake::record(std::move(all));
  const DecodePoint point{.precision = Precision::kBf16, .batch = batch, .context = context};
  std::vector<PricedDecode> priced;
  for (DecodeFinding& f :
       decode_findings(StepTimes(record), fake::llama_8b(), std::span(&point, 1)))
    priced.push_back(price(std::move(f), std::vector<Rate>{Rate{}}));
  return priced;
}

CalibrationReport report(const std::vector<Calibration>& calibrations,
                         const std::vector<PricedDecode>& of) {
  return calibrate(calibrations, of);
}

TEST(Calibrate, MultipliesRateAndIntervalBesideTheRawNumber) {
  const auto of = points();
  const CalibrationReport found = report({calibration(0.8)}, of);
  ASSERT_THAT(found.rates, SizeIs(1));
  const CalibratedRate& rate = found.rates[0];
  const Estimate raw = of[0].decode.library->tokens_per_second;
  EXPECT_EQ(rate.raw.value, raw.value);
  EXPECT_DOUBLE_EQ(rate.tokens_per_second.value, 0.8 * raw.value);
  EXPECT_DOUBLE_EQ(rate.tokens_per_second.low, 0.72 * raw.low);
  EXPECT_DOUBLE_EQ(rate.tokens_per_second.high, 0.88 * raw.high);
  EXPECT_EQ(rate.extrapolated_from, "");
  EXPECT_THAT(found.warnings, IsEmpty());
  ASSERT_THAT(rate.costs, SizeIs(1));
  EXPECT_DOUBLE_EQ(rate.costs[0].calibrated.value,
                   dollars_per_million(1.0, 1, rate.tokens_per_second.value));
  EXPECT_DOUBLE_EQ(rate.costs[0].calibrated.high,
                   dollars_per_million(1.0, 1, rate.tokens_per_second.low));
}

TEST(Calibrate, AppliesOnlyToTheSameCardModelAndPrecision) {
  const auto of = points();
  for (const auto& change : std::vector<void (*)(Calibration&)>{
           [](Calibration& c) { c.device = "Other"; }, [](Calibration& c) { c.model = "other"; },
           [](Calibration& c) { c.precision = Precision::kFp8; },
           [](Calibration& c) { c.cards = 2; }}) {
    Calibration other = calibration(0.8);
    change(other);
    const CalibrationReport found = report({other}, of);
    EXPECT_THAT(found.rates, IsEmpty());
    EXPECT_THAT(found.warnings, ElementsAre(HasSubstr("vllm.json: not used")));
  }
}

TEST(Calibrate, ElsewhereItIsExtrapolated) {
  EXPECT_EQ(report({calibration(0.8)}, points(4)).rates.at(0).extrapolated_from,
            "batch 8, 1024+256");
  EXPECT_EQ(report({calibration(0.8)}, points(8, 2048)).rates.at(0).extrapolated_from,
            "batch 8, 1024+256");
  EXPECT_EQ(report({calibration(0.8)}, points(8, 1280)).rates.at(0).extrapolated_from, "");
}

TEST(Calibrate, TakesTheNearestBatch) {
  const auto found =
      report({calibration(0.9, 1), calibration(0.6, 32), calibration(0.7, 16)}, points(8));
  EXPECT_EQ(found.rates.at(0).factor.value, 0.7);
  EXPECT_THAT(found.warnings, SizeIs(2));
}

TEST(Calibrate, RepeatedRunsAreOneWithTheSpreadOfAll) {
  const auto found = report({calibration(0.7), calibration(0.9), calibration(0.8)}, points(8));
  ASSERT_THAT(found.rates, SizeIs(1));
  EXPECT_EQ(found.rates[0].factor.value, 0.8);
  EXPECT_DOUBLE_EQ(found.rates[0].factor.low, 0.63);
  EXPECT_DOUBLE_EQ(found.rates[0].factor.high, 0.99);
  EXPECT_THAT(found.warnings, IsEmpty());
}

TEST(Calibrate, SaysWhereThereIsNoSpread) {
  Calibration one = calibration(0.8);
  one.factor.low = one.factor.high = one.factor.value;
  one.has_spread = false;
  EXPECT_THAT(report({one}, points()).warnings, ElementsAre(HasSubstr("without an interval")));
}

/// 100 tok/s derived at batch 8, 1020 tokens in and 256 out.
ServingFinding finding_at_batch(std::int64_t batch = 8, double derived = 100) {
  ServingFinding finding;
  finding.decode = points()[0].decode;
  finding.request.precision = Precision::kBf16;
  finding.point = {.input_tokens = 1020, .output_tokens = 256, .batch = batch};
  finding.library = ServingRate{};
  finding.library->output_tokens_per_second = {
      .value = derived, .low = 0.9 * derived, .high = 1.1 * derived};
  return finding;
}

/// Measured at `measured` tok/s over a proxy.
Calibration measured_over(double measured, double proxy) {
  Calibration c = calibration(measured / proxy);
  c.measured = measured;
  c.proxy = proxy;
  return c;
}

TEST(Calibrate, OfARequestTheLengthsMustBeTheSame) {
  ServingFinding finding = finding_at_batch();
  const std::vector<Calibration> all{measured_over(50, 100)};
  const auto at = [&] { return calibrate(all, std::vector{finding}).rates.at(0); };
  EXPECT_EQ(at().extrapolated_from, "");  // 1024 was an average
  EXPECT_DOUBLE_EQ(at().tokens_per_second.value, 50);
  finding.point.output_tokens = 128;
  EXPECT_NE(at().extrapolated_from, "");
  finding.request.group.cards = 2;
  EXPECT_THAT(calibrate(all, std::vector{finding}).rates, IsEmpty());
}

TEST(Calibrate, AtItsOwnPointTheRateIsTheMeasuredOneWhateverTheProxy) {
  const std::vector<Calibration> all{measured_over(150, 180)};
  const std::vector findings{finding_at_batch(16, 160), finding_at_batch()};
  const CalibrationReport found = calibrate(all, findings);
  ASSERT_THAT(found.rates, SizeIs(2));
  EXPECT_DOUBLE_EQ(found.rates[1].factor.value, 1.5);
  EXPECT_DOUBLE_EQ(found.rates[1].tokens_per_second.value, 150);
  EXPECT_DOUBLE_EQ(found.rates[1].tokens_per_second.low, 135);  // its own spread, no other
  EXPECT_DOUBLE_EQ(found.rates[1].tokens_per_second.high, 165);
  EXPECT_DOUBLE_EQ(found.rates[0].tokens_per_second.value, 240);  // the same factor elsewhere
  EXPECT_DOUBLE_EQ(found.rates[0].tokens_per_second.low, 0.9 * 160 * 1.5 * 0.9);
  EXPECT_THAT(found.warnings,
              ElementsAre(HasSubstr("vllm.json: its proxy of 180 tok/s is not what is derived")));
  EXPECT_THAT(calibrate(std::vector{measured_over(150, 105)}, findings).warnings, IsEmpty());
}

TEST(Calibrate, RepeatsWhatACalibrationSaysOfItself) {
  Calibration one = calibration(0.8);
  one.warnings = {"3 of 200 requests failed"};
  EXPECT_THAT(report({one}, points()).warnings, ElementsAre("vllm.json: 3 of 200 requests failed"));
}

}  // namespace
}  // namespace gpugauge
