#include "harness/analyze/serving/queue.hpp"

#include <gtest/gtest.h>

#include "harness/base/error.hpp"

namespace gpugauge {
namespace {

/// Two requests a place in all, of equal lengths.
QueueLoad load(std::int64_t batch, std::int64_t input, std::int64_t output, std::int64_t chunk) {
  return {.batch = batch,
          .input_tokens = input,
          .output_tokens = output,
          .length_spread = 0,
          .chunk_tokens = chunk,
          .steps_behind = 0,
          .requests_per_place = 2};
}

TEST(MeanTtft, OfARequestAloneIsItsPrefill) {
  const QueueTime ttft = mean_ttft(load(1, 100, 10, 1000));
  EXPECT_DOUBLE_EQ(ttft.prompts, 1);
  EXPECT_DOUBLE_EQ(ttft.steps, 0);
  EXPECT_DOUBLE_EQ(ttft.ns(7, 1000), 7);
}

TEST(MeanTtft, PromptsOfOneChunkEndTogether) {
  // Both are prefilled in the first step, decode two more, end together, and so do the next two.
  const QueueTime ttft = mean_ttft(load(2, 100, 3, 200));
  EXPECT_DOUBLE_EQ(ttft.prompts, 2);
  EXPECT_DOUBLE_EQ(ttft.steps, 0);
}

TEST(MeanTtft, APromptWaitsForThoseBeforeIt) {
  // Steps of 101 tokens, outputs of 3. Step 1: all of A, 1 token of B. Step 2, with a token of A:
  // the other 99 of B. Step 3: A ends. Step 4, with the last token of B: 100 of C, which came after
  // step 3. Step 5, with C: D.
  const QueueTime ttft = mean_ttft(load(2, 100, 3, 101));
  // A 1.01 | B 2.00 and a step | C 1 and a step | D 1 and a step
  EXPECT_NEAR(ttft.prompts, (1.01 + 2 + 1 + 1) / 4, 1e-12);
  EXPECT_DOUBLE_EQ(ttft.steps, 3.0 / 4);
}

TEST(MeanTtft, ALongPromptTakesSeveralSteps) {
  // 40 tokens a step, nothing decoding beside it: the whole prompt, in three steps.
  EXPECT_DOUBLE_EQ(mean_ttft(load(1, 100, 5, 40)).prompts, 1);
  QueueLoad two = load(2, 100, 50, 40);
  two.requests_per_place = 1;
  const QueueTime ttft = mean_ttft(two);
  // The first ends with 120 tokens, 20 of them the second's. A step beside it has room for 39: of
  // the 80 that are left it takes 39, 39 and 2.
  EXPECT_DOUBLE_EQ(ttft.prompts, (1.2 + 2) / 2);
  EXPECT_DOUBLE_EQ(ttft.steps, 3.0 / 2);
}

TEST(MeanTtft, TokensAreSeenAStepLaterWhereTheHostIsBehind) {
  QueueLoad behind = load(2, 100, 3, 200);
  behind.steps_behind = 1;
  behind.requests_per_place = 1;
  const QueueTime ttft = mean_ttft(behind);
  EXPECT_DOUBLE_EQ(ttft.prompts, 2);
  EXPECT_DOUBLE_EQ(ttft.steps, 1);
}

TEST(MeanTtft, GrowsWithTheBatch) {
  QueueLoad small{.batch = 4}, large{.batch = 64};
  EXPECT_GT(mean_ttft(large).prompts, 2 * mean_ttft(small).prompts);
}

TEST(MeanTtft, UnequalLengthsDoNotEndTogether) {
  QueueLoad equal{.batch = 8, .length_spread = 0}, unequal{.batch = 8};
  EXPECT_LT(mean_ttft(unequal).prompts, mean_ttft(equal).prompts);
}

TEST(MeanTtft, RefusesALoadWithoutAnything) {
  const auto refuses = [](auto change) {
    QueueLoad bad;
    change(bad);
    EXPECT_THROW(mean_ttft(bad), UsageError);
  };
  refuses([](QueueLoad& l) { l.batch = 0; });
  refuses([](QueueLoad& l) { l.input_tokens = 0; });
  refuses([](QueueLoad& l) { l.output_tokens = 0; });
  refuses([](QueueLoad& l) { l.chunk_tokens = 0; });
  refuses([](QueueLoad& l) { l.requests_per_place = 0; });
  refuses([](QueueLoad& l) { l.length_spread = 2; });
}

}  // namespace
}  // namespace gpugauge
