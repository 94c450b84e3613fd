#include "tests/unit/plan/families/entry.hpp"

namespace gpugauge::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(AttentionDecodeFamily, HasTheModelsHeads) {
  EXPECT_THAT(ops_of("family: attention_decode, models: [tiny], batches: [2], contexts: [128], "
                     "page_tokens: [16, 64]"),
              ElementsAre("attention_decode/bf16/tiny/b:2/c:128/h:4/kv:2/d:16/p:16",
                          "attention_decode/bf16/tiny/b:2/c:128/h:4/kv:2/d:16/p:64"));
}

TEST(AttentionDecodeFamily, ReadsTheTypeOfTheCache) {
  const std::string start =
      "family: attention_decode, models: [tiny], batches: [1], contexts: [1], ";
  EXPECT_THAT(ops_of(start + "kv: [fp8_e4m3]"),
              ElementsAre("attention_decode/fp8_e4m3/tiny/b:1/c:1/h:4/kv:2/d:16/p:16"));
  EXPECT_THAT(error_of_entry(start + "kv: [fp16]"),
              HasSubstr("'entries[0].kv[0]' is 'fp16', expected one of bf16, fp8_e4m3"));
}

}  // namespace
}  // namespace gpugauge::test
