#include "tests/unit/plan/families/entry.hpp"

namespace gpugauge::test {
namespace {

using testing::ElementsAre;

TEST(DecodeStepFamily, IsAStepOfTheModel) {
  EXPECT_THAT(ops_of("family: decode_step, models: [tiny], batches: [2], precisions: [fp8, bf16], "
                     "contexts: [128]"),
              ElementsAre("decode_step/fp8_e4m3/tiny/b:2/c:128/kv:bf16",
                          "decode_step/bf16/tiny/b:2/c:128/kv:bf16"));
}

}  // namespace
}  // namespace gpugauge::test
