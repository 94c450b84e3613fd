#include "kernels/op.hpp"

#include <gtest/gtest.h>

namespace gpugauge {
namespace {

constexpr std::int64_t kGiB = std::int64_t{1} << 30;

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

TEST(WorkOfMemory, EveryPatternOfOneSizeMovesTheSameBytes) {
  for (MemoryPattern pattern :
       {MemoryPattern::kRead, MemoryPattern::kWrite, MemoryPattern::kCopy}) {
    EXPECT_DOUBLE_EQ(work_of(MemoryStream{pattern, kGiB}).bytes, 1073741824.0);
  }
  // A third of a GiB is 357913941 bytes, of which 87381 whole pages.
  EXPECT_DOUBLE_EQ(work_of(MemoryStream{MemoryPattern::kTriad, kGiB}).bytes, 3 * 87381 * 4096.0);
}

TEST(WorkOfMemory, TriadIsTwoOperationsAnElementAndCopyNone) {
  EXPECT_DOUBLE_EQ(work_of(MemoryStream{MemoryPattern::kTriad, 3 * 4096}).flops, 2 * 1024.0);
  EXPECT_DOUBLE_EQ(work_of(MemoryStream{MemoryPattern::kCopy, 2 * 4096}).flops, 0.0);
}

TEST(WorkOfMemory, ReadCountsNoFloatingPointOperations) {
  EXPECT_DOUBLE_EQ(work_of(MemoryStream{MemoryPattern::kRead, kGiB}).flops, 0.0);
}

TEST(ArrayBytes, IsTheShareDownToAWholePage) {
  EXPECT_EQ(array_bytes({MemoryPattern::kRead, 4096 + 4095}), 4096);
  EXPECT_EQ(array_bytes({MemoryPattern::kCopy, 4 * 4096}), 2 * 4096);
  EXPECT_EQ(array_bytes({MemoryPattern::kTriad, 3 * 4096 - 1}), 0);
}

// 2 sequences of 1024 tokens, 32 query heads over 8 kv heads of 128:
// flops 4·2·1024·32·128; K and V 2·2·1024·8·128·2 bytes, q and the output 2·2·32·128·2.
TEST(WorkOfAttention, ReadsKeysAndValuesOnceAKvHead) {
  const Work work = work_of(AttentionDecode{2, 1024, 32, 8, 128, DType::kBf16});
  EXPECT_DOUBLE_EQ(work.flops, 33554432.0);
  EXPECT_DOUBLE_EQ(work.bytes, 8388608.0 + 32768.0);
}

TEST(WorkOfAttention, AnFp8CacheHalvesItsBytes) {
  const Work work = work_of(AttentionDecode{2, 1024, 32, 8, 128, DType::kFp8E4m3});
  EXPECT_DOUBLE_EQ(work.bytes, 4194304.0 + 32768.0);
}

TEST(WorkOfTokenOp, IsProportionalToTokensAndWidth) {
  const Work norm = work_of(TokenOp{TokenOpKind::kRmsNorm, 3, 4096});
  EXPECT_DOUBLE_EQ(norm.bytes, 8.0 * 3 * 4096);
  EXPECT_DOUBLE_EQ(norm.flops, 5.0 * 3 * 4096);
  EXPECT_DOUBLE_EQ(work_of(TokenOp{TokenOpKind::kQuantize, 1, 10}).bytes, 30.0);
}

TEST(GemmOf, ChoosesTheCustomaryOutput) {
  EXPECT_EQ(gemm_of(DType::kFp8E4m3, 1, 1, 1).output, DType::kBf16);
  EXPECT_EQ(gemm_of(DType::kFp8E5m2, 1, 1, 1).output, DType::kBf16);
  EXPECT_EQ(gemm_of(DType::kInt8, 1, 1, 1).output, DType::kInt32);
  EXPECT_EQ(gemm_of(DType::kTf32, 1, 1, 1).output, DType::kFp32);
  EXPECT_EQ(gemm_of(DType::kFp16, 1, 1, 1).output, DType::kFp16);
}

TEST(OpNames, MakeStablePaths) {
  const Op gemm = gemm_of(DType::kBf16, 8, 28672, 4096);
  EXPECT_EQ(family_of(gemm), "gemm");
  EXPECT_EQ(kind_path(gemm), "gemm/bf16");
  EXPECT_EQ(shape_path(gemm), "m:8/n:28672/k:4096");
  const Op memory = MemoryStream{MemoryPattern::kTriad, kGiB};
  EXPECT_EQ(family_of(memory), "memory");
  EXPECT_EQ(kind_path(memory), "memory/triad");
  EXPECT_EQ(shape_path(memory), "1GiB");
  const Op attention = AttentionDecode{2, 1024, 32, 8, 128, DType::kFp8E4m3};
  EXPECT_EQ(kind_path(attention), "attention_decode/fp8_e4m3");
  EXPECT_EQ(shape_path(attention), "b:2/c:1024/h:32/kv:8/d:128");
  const Op token = TokenOp{TokenOpKind::kGatedActivation, 8, 14336};
  EXPECT_EQ(kind_path(token), "token_op/gated_activation");
  EXPECT_EQ(shape_path(token), "t:8/w:14336");
}

TEST(OpNames, ReadBackWhatTheyWrite) {
  for (MemoryPattern pattern :
       {MemoryPattern::kRead, MemoryPattern::kWrite, MemoryPattern::kCopy, MemoryPattern::kTriad}) {
    EXPECT_EQ(memory_pattern_from_name(name_of(pattern)), pattern);
  }
  for (TokenOpKind kind : {TokenOpKind::kRmsNorm, TokenOpKind::kHeadNorm, TokenOpKind::kRopeAppend,
                           TokenOpKind::kGatedActivation, TokenOpKind::kQuantize,
                           TokenOpKind::kEmbedding, TokenOpKind::kArgmax}) {
    EXPECT_EQ(token_op_kind_from_name(name_of(kind)), kind);
  }
  EXPECT_EQ(memory_pattern_from_name("scale"), std::nullopt);
  EXPECT_EQ(token_op_kind_from_name(""), std::nullopt);
}

TEST(FormatBytesExact, UsesTheLargestUnitThatDivides) {
  EXPECT_EQ(format_bytes_exact(0), "0B");
  EXPECT_EQ(format_bytes_exact(1023), "1023B");
  EXPECT_EQ(format_bytes_exact(4096), "4KiB");
  EXPECT_EQ(format_bytes_exact(96 << 20), "96MiB");
  EXPECT_EQ(format_bytes_exact(3 * kGiB / 2), "1536MiB");
  EXPECT_EQ(format_bytes_exact(kGiB * 1024), "1TiB");
}

}  // namespace
}  // namespace gpugauge
