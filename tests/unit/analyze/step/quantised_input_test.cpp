#include "harness/analyze/step/engine_step.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/analyze/step/decode_step.hpp"
#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Reads 1000 GB/s, with FP8 linears at these batches.
Record linear_card(std::vector<std::int64_t> batches, std::optional<bool> quantizes_input) {
  std::vector<Measurement> all{fake::at_gbps(fake::memory(MemoryPattern::kRead), 1000)};
  for (const std::int64_t batch : batches) {
    for (Measurement& m : fake::linears(fake::llama_8b(), Precision::kFp8, batch, 800)) {
      m.quantizes_input = quantizes_input;
      all.push_back(std::move(m));
    }
  }
  return fake::record(std::move(all));
}

/// The ops that only quantise in the sum of a step at batch 8: of o, which no norm or activation
/// writes.
std::vector<std::string> quantisations(const Record& record) {
  const std::vector<StepOp> ops =
      decode_ops(fake::llama_8b(), {.precision = Precision::kFp8, .batch = 8, .context = 100});
  std::vector<std::string> names;
  for (const OpLine& line : StepTimes(record).sum(Engine::kLibrary, ops, 8).ops) {
    if (line.step.name.starts_with("quantize")) names.push_back(line.step.name);
  }
  return names;
}

TEST(StepTimes, AGemmThatTakesQuantisedInputNeedsAQuantisation) {
  for (const std::optional<bool> absent_or_no : {std::optional<bool>(), std::optional(false)})
    EXPECT_THAT(quantisations(linear_card({8}, absent_or_no)), ElementsAre("quantize_o"));
}

TEST(StepTimes, AGemmThatQuantisesItsInputIsNotChargedTwice) {
  EXPECT_THAT(quantisations(linear_card({8}, true)), IsEmpty());
}

TEST(StepTimes, NorIsOneBetweenTwoOfThem) {
  EXPECT_THAT(quantisations(linear_card({4, 16}, true)), IsEmpty());
}

TEST(StepTimes, OneThatIsModelledIsCharged) {
  EXPECT_EQ(quantisations(linear_card({1}, true)).size(), 1U);
}

}  // namespace
}  // namespace gpugauge
