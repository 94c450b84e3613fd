#include "tests/unit/plan/families/entry.hpp"

namespace gpugauge::test {
namespace {

using testing::ElementsAre;

TEST(TokenOpFamily, HasARowForEachWidthOfTheModel) {
  EXPECT_THAT(ops_of("family: token_op, models: [tiny], batches: [2], operations: "
                     "[gated_activation, quantize]"),
              ElementsAre("token_op/gated_activation/bf16/tiny/t:2/w:128",
                          "token_op/quantize/fp8_e4m3/tiny/t:2/w:64",
                          "token_op/quantize/fp8_e4m3/tiny/t:2/w:128"));
}

TEST(TokenOpFamily, WritesTheTypeThatWasAskedFor) {
  EXPECT_THAT(ops_of("family: token_op, models: [tiny], batches: [1], operations: [rms_norm], "
                     "output: fp8_e4m3"),
              ElementsAre("token_op/rms_norm/fp8_e4m3/tiny/t:1/w:64"));
}

}  // namespace
}  // namespace gpugauge::test
