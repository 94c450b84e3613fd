#include "harness/answer/serve_answer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/units.hpp"
#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using testing::ElementsAre;

TEST(ServeAnswer, IsEveryBatchThatWasAskedForAndTheLargest) {
  std::vector<Measurement> all{fake::at_gbps(fake::memory(MemoryPattern::kRead), 960)};
  for (const std::int64_t batch : {1, 8, 1024}) {
    for (Measurement& m : fake::linears(fake::llama_8b(), Precision::kBf16, batch, 800))
      all.push_back(std::move(m));
  }
  Record record = fake::record(std::move(all));
  record.device.memory_bytes = 20 * fake::kGiB;  // 2.04 GiB beside the weights
  Rate rate;
  rate.kind = RateKind::kGiven;
  const CardResult result{.record = &record, .rates = {rate}, .models = {fake::llama_8b()}};
  ServeQuestion question{.batches = {1}};
  question.request.input_tokens = 1000;
  question.request.output_tokens = 24;
  const ServeAnswer answer = serve_answer({&result, 1}, question);
  std::vector<std::int64_t> batches;
  for (const PricedServing& serving : answer.servings)
    batches.push_back(serving.finding.point.batch);
  EXPECT_THAT(batches, ElementsAre(1, 16));
  EXPECT_EQ(answer.servings[0].money.size(), 1u);

  question.memory_reserve_bytes = 2 * kGib;
  EXPECT_EQ(serve_answer({&result, 1}, question).servings.back().finding.point.batch, 8);
}

TEST(ServeAnswer, OfNoFileIsEmpty) { EXPECT_TRUE(serve_answer({}, {}).servings.empty()); }

}  // namespace
}  // namespace gpugauge
