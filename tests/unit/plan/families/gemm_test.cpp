#include "tests/unit/plan/families/entry.hpp"

namespace gpugauge::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(GemmFamily, IsEveryTypeOfEveryShape) {
  EXPECT_THAT(ops_of("family: gemm, dtypes: [bf16, fp8_e4m3], shapes: [[1, 2, 3], [1, 2, 4]]"),
              ElementsAre("gemm/bf16/m:1/n:2/k:3", "gemm/fp8_e4m3/m:1/n:2/k:3",
                          "gemm/bf16/m:1/n:2/k:4", "gemm/fp8_e4m3/m:1/n:2/k:4"));
}

TEST(GemmFamily, UsesTheModelsOwnLinearsWithTheHeadInItsOwnType) {
  EXPECT_THAT(
      ops_of("family: gemm, models: [tiny], precisions: [int8], batches: [3]"),
      ElementsAre("gemm/int8/tiny/qkv/m:3/n:128/k:64", "gemm/int8/tiny/o/m:3/n:64/k:64",
                  "gemm/int8/tiny/gate_up/m:3/n:256/k:64", "gemm/int8/tiny/down/m:3/n:64/k:128",
                  "gemm/bf16/tiny/lm_head/m:3/n:256/k:64"));
}

TEST(GemmFamily, KeepsOnlyTheLinearsThatWereAskedFor) {
  EXPECT_THAT(
      ops_of("family: gemm, models: [tiny], precisions: [bf16], batches: [1, 8], linears: [down]"),
      ElementsAre("gemm/bf16/tiny/down/m:1/n:64/k:128", "gemm/bf16/tiny/down/m:8/n:64/k:128"));
}

TEST(GemmFamily, MixesTypesWhereAsked) {
  EXPECT_THAT(ops_of("family: gemm, models: [tiny], precisions: [fp8], batches: [1], linears: [o], "
                     "activations: bf16"),
              ElementsAre("gemm/bf16_x_fp8_e4m3/tiny/o/m:1/n:64/k:64"));
}

TEST(GemmFamily, RefusesWrongKeys) {
  const std::string start = "family: gemm, ";
  EXPECT_THAT(error_of_entry(start + "dtypes: [bf16], shapes: [[8, 8, 8]], models: [tiny]"),
              HasSubstr("'entries[0]' has both 'shapes' and 'models', expected one of them"));
  EXPECT_THAT(error_of_entry(start + "dtypes: [bf61], shapes: [[8, 8, 8]]"),
              HasSubstr("'entries[0].dtypes[0]' is 'bf61', expected one of fp32, tf32, bf16, fp16, "
                        "fp8_e4m3, fp8_e5m2, int8; did you mean 'bf16'?"));
  EXPECT_THAT(error_of_entry(start + "dtypes: [bf16], shapes: [[8, 8]]"),
              HasSubstr("'entries[0].shapes[0]' has 2 numbers, expected [m, n, k]"));
  EXPECT_THAT(error_of_entry(start + "dtypes: [bf16], shapes: [[8, 8, 0]]"),
              HasSubstr("'entries[0].shapes[0][2]' is '0', expected a whole number from 1 to "
                        "1048576"));
  EXPECT_THAT(error_of_entry(start + "dtypes: [bf16], shapes: [[8, 8, 8], [8, 8, 8]]"),
              HasSubstr("'entries[0].shapes[1]' is a list again, expected distinct values"));
  EXPECT_THAT(error_of_entry(start + "models: [tny]"),
              HasSubstr("'entries[0].models[0]' is 'tny', expected tiny; did you mean 'tiny'?"));
  EXPECT_THAT(error_of_entry(start + "models: [tiny], precisions: [fp8], batches: [0]"),
              HasSubstr("'entries[0].batches[0]' is '0', expected a whole number from 1 to "
                        "1048576"));
  EXPECT_THAT(error_of_entry(start + "models: [tiny], precisions: [fp8]"),
              HasSubstr("'entries[0].batches' is missing"));
  EXPECT_THAT(error_of_entry(start + "dtypes: [bf16]"),
              HasSubstr("'entries[0].models' is missing"));
}

}  // namespace
}  // namespace gpugauge::test
