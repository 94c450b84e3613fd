#include "tests/unit/plan/families/entry.hpp"

namespace gpugauge::test {
namespace {

using testing::ElementsAre;

TEST(AttentionPrefillFamily, HasTheModelsHeads) {
  EXPECT_THAT(ops_of("family: attention_prefill, models: [tiny], batches: [1], tokens: [256, 512], "
                     "dtypes: [bf16]"),
              ElementsAre("attention_prefill/bf16/tiny/b:1/t:256/h:4/kv:2/d:16",
                          "attention_prefill/bf16/tiny/b:1/t:512/h:4/kv:2/d:16"));
}

}  // namespace
}  // namespace gpugauge::test
