#include "harness/answer/decode_answer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A card that measured a model's linears at these batches, for $2 an hour.
struct Asked {
  explicit Asked(std::initializer_list<std::int64_t> batches) {
    std::vector<Measurement> all{fake::at_gbps(fake::memory(MemoryPattern::kRead), 960)};
    for (const std::int64_t batch : batches) {
      for (Measurement& m : fake::linears(fake::llama_8b(), Precision::kBf16, batch, 800))
        all.push_back(std::move(m));
    }
    record = fake::record(std::move(all));
    Rate rate;
    rate.kind = RateKind::kOnDemand;
    rate.dollars_per_gpu_hour = 2;
    rate.observed_at = "2026-01-01";
    result = {.record = &record, .rates = {rate}, .models = {fake::llama_8b()}};
  }

  Record record;
  CardResult result;
};

std::vector<std::int64_t> batches_of(const DecodeAnswer& answer) {
  std::vector<std::int64_t> batches;
  for (const PricedDecode& p : answer.points) batches.push_back(p.decode.point.batch);
  return batches;
}

TEST(DecodeAnswer, IsEveryMeasuredBatchWithItsPrice) {
  const Asked asked({1, 8});
  const DecodeAnswer answer = decode_answer({&asked.result, 1}, {});
  EXPECT_THAT(batches_of(answer), ElementsAre(1, 8));
  for (const PricedDecode& p : answer.points) {
    ASSERT_TRUE(p.dollars());
    const double tokens = p.decode.preferred()->tokens_per_second.value;
    EXPECT_NEAR(p.dollars()->value, 2 / tokens * 1e6 / 3600, 1e-9);
  }
  EXPECT_THAT(answer.price_doubts, IsEmpty());
}

TEST(DecodeAnswer, DoubtsPricesOnTheDayItIsAskedFor) {
  const Asked asked({1});
  EXPECT_THAT(decode_answer({&asked.result, 1}, {.today = "2026-11-30"}).price_doubts,
              ElementsAre(testing::HasSubstr("333 days old")));
}

TEST(DecodeAnswer, SaysWhatDoesNotFitByTheRuleOfServing) {
  Asked asked({1, 8});
  // Weights of 15.0 GiB, and at this context 1 GiB for each sequence.
  DecodeQuestion question;
  question.selection.contexts = {8192};
  const auto fit_of = [&](double gib) {
    asked.record.device.memory_bytes = static_cast<std::int64_t>(gib * fake::kGiB);
    std::vector<bool> fits;
    for (const PricedDecode& p : decode_answer({&asked.result, 1}, question).points)
      fits.push_back(p.decode.fits());
    return fits;
  };
  // 90% of the card, less 1 GiB.
  EXPECT_THAT(fit_of(24.0 / 0.9 + 0.1), ElementsAre(true, true));
  EXPECT_THAT(fit_of(23.9 / 0.9), ElementsAre(true, false));
  EXPECT_THAT(fit_of(16.0), ElementsAre(false, false));
  // The datasheet's memory where the device named none; where nobody does, nothing is refused.
  EXPECT_THAT(fit_of(0), ElementsAre(true, true));
  asked.result.datasheet = fake::datasheet();
  asked.result.datasheet->memory_gib = SourcedValue{.value = 16, .source = "a page"};
  EXPECT_THAT(fit_of(0), ElementsAre(false, false));
}

TEST(DecodeAnswer, WithoutModelsHasNoPoints) {
  Asked asked({1});
  asked.result.models.clear();
  EXPECT_THAT(decode_answer({&asked.result, 1}, {}).points, IsEmpty());
}

}  // namespace
}  // namespace gpugauge
