#include "kernels/ops/gemm.hpp"

#include "tests/unit/kernels/ops/op_name.hpp"

namespace gpugauge {
namespace {

// Llama-3.1-8B's gate and up projections, 28672 × 4096, for a batch of 8 in FP8:
// 2·8·28672·4096 operations; 8·4096 + 28672·4096 bytes in, 8·28672 elements of BF16 out.
TEST(WorkOfGemm, CountsMultiplyAddsTwiceAndEveryOperandOnce) {
  const Work work = work_of(gemm_of(DType::kFp8E4m3, 8, 28672, 4096));
  EXPECT_DOUBLE_EQ(work.flops, 1879048192.0);
  EXPECT_DOUBLE_EQ(work.bytes, 32768.0 + 117440512.0 + 458752.0);
}

TEST(WorkOfGemm, Int8WritesInt32) {
  const Work work = work_of(gemm_of(DType::kInt8, 1, 10, 100));
  EXPECT_DOUBLE_EQ(work.flops, 2000.0);
  EXPECT_DOUBLE_EQ(work.bytes, 100.0 + 1000.0 + 40.0);
}

TEST(WorkOfGemm, Fp32Square) {
  const Work work = work_of(gemm_of(DType::kFp32, 4096, 4096, 4096));
  EXPECT_DOUBLE_EQ(work.flops, 137438953472.0);
  EXPECT_DOUBLE_EQ(work.bytes, 3 * 67108864.0);
}

TEST(GemmOf, ChoosesTheCustomaryOutput) {
  EXPECT_EQ(gemm_of(DType::kFp8E4m3, 1, 1, 1).output, DType::kBf16);
  EXPECT_EQ(gemm_of(DType::kFp8E5m2, 1, 1, 1).output, DType::kBf16);
  EXPECT_EQ(gemm_of(DType::kInt8, 1, 1, 1).output, DType::kInt32);
  EXPECT_EQ(gemm_of(DType::kTf32, 1, 1, 1).output, DType::kFp32);
  EXPECT_EQ(gemm_of(DType::kFp16, 1, 1, 1).output, DType::kFp16);
}

TEST(GemmCase, IsNamed) {
  test::expect_named(gemm_of(DType::kBf16, 8, 28672, 4096), "gemm/bf16/m:8/n:28672/k:4096");
}

TEST(GemmCase, NamesBothTypesWhereTheyDiffer) {
  Gemm gemm = gemm_of(DType::kFp8E4m3, 1, 16, 32);
  gemm.activations = DType::kBf16;
  test::expect_named(gemm, "gemm/bf16_x_fp8_e4m3/m:1/n:16/k:32");
}

}  // namespace
}  // namespace gpugauge
