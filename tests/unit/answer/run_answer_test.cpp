#include "harness/answer/run_answer.hpp"

#include <gtest/gtest.h>

#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

TEST(RunAnswer, TheGravestFailureIsTheOneThatIsNamed) {
  Record record = fake::record({fake::at_gbps(fake::memory(MemoryPattern::kRead), 960)});
  const CardResult result{.record = &record};
  EXPECT_FALSE(run_answer(result, {}).failure);
  record.not_measured = {
      {.name = "a", .status = NotMeasuredStatus::kUnsupported, .reason = "no fp4"},
      {.name = "b", .status = NotMeasuredStatus::kRefused, .reason = "too fast"},
      {.name = "c", .status = NotMeasuredStatus::kFailed, .reason = "out of memory"},
      {.name = "d", .status = NotMeasuredStatus::kFailed, .reason = "timeout"}};
  const auto failure = run_answer(result, {}).failure;
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->first.name, "c");
  EXPECT_EQ(failure->count, 2u);
}

TEST(RunAnswer, WithoutAModelHasNoCheapestPoint) {
  const Record record = fake::record({});
  const RunAnswer answer = run_answer({.record = &record}, {});
  EXPECT_EQ(answer.cheapest(), nullptr);
  EXPECT_EQ(answer.num_too_large(), 0u);
}

}  // namespace
}  // namespace gpugauge
