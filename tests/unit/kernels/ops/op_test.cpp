#include "kernels/ops/op.hpp"

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
       {MemoryPattern::kRead, MemoryPattern::kWrite, MemoryPattern::kCopy, MemoryPattern::kScale}) {
    EXPECT_DOUBLE_EQ(work_of(MemoryStream{pattern, kGiB}).bytes, 1073741824.0);
  }
  // A third of a GiB is 357913941 bytes, of which 87381 whole pages.
  EXPECT_DOUBLE_EQ(work_of(MemoryStream{MemoryPattern::kTriad, kGiB}).bytes, 3 * 87381 * 4096.0);
}

TEST(WorkOfMemory, TriadIsTwoOperationsAnElementAndCopyNone) {
  EXPECT_DOUBLE_EQ(work_of(MemoryStream{MemoryPattern::kTriad, 3 * 4096}).flops, 2 * 1024.0);
  EXPECT_DOUBLE_EQ(work_of(MemoryStream{MemoryPattern::kAdd, 3 * 4096}).flops, 1024.0);
  EXPECT_DOUBLE_EQ(work_of(MemoryStream{MemoryPattern::kScale, 2 * 4096}).flops, 1024.0);
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

// Half of 1024² and its diagonal, two products of 2·128 for each of 32 heads; q, k, v and the
// output once.
TEST(WorkOfPrefill, IsCausal) {
  const Work work = work_of(AttentionPrefill{2, 1024, 32, 8, 128, DType::kBf16});
  EXPECT_DOUBLE_EQ(work.flops, 4.0 * 2 * 32 * 128 * (1024.0 * 1025 / 2));
  EXPECT_DOUBLE_EQ(work.bytes, 2.0 * 2 * 1024 * (2 * 32 + 2 * 8) * 128);
}

TEST(WorkOfTokenOp, IsProportionalToTokensAndWidth) {
  const Work norm = work_of(token_op_of(TokenOpKind::kRmsNorm, 3, 4096));
  EXPECT_DOUBLE_EQ(norm.bytes, 8.0 * 3 * 4096);
  EXPECT_DOUBLE_EQ(norm.flops, 5.0 * 3 * 4096);
  EXPECT_DOUBLE_EQ(work_of(token_op_of(TokenOpKind::kQuantize, 1, 10)).bytes, 30.0);
}

TEST(WorkOfTokenOp, AFusedQuantisationWritesAByteInsteadOfTwo) {
  TokenOp norm = token_op_of(TokenOpKind::kRmsNorm, 3, 4096);
  norm.output = DType::kFp8E4m3;
  EXPECT_DOUBLE_EQ(work_of(norm).bytes, 7.0 * 3 * 4096);
}

// Llama-3.1-8B in FP8 with a BF16 head and cache at batch 1, context 1024: 32 layers of 218,103,808
// weights, a head of 525,336,576, 32·1024·2·8·128 cached elements.
TEST(WorkOfAllReduce, CountsWhatCrossesTheLinkOfACard) {
  EXPECT_DOUBLE_EQ(work_of(AllReduce{.cards = 2, .bytes = 1000}).bytes, 1000);
  EXPECT_DOUBLE_EQ(work_of(AllReduce{.cards = 8, .bytes = 1000}).bytes, 1750);
  EXPECT_DOUBLE_EQ(work_of(AllReduce{.cards = 8, .bytes = 1000}).flops, 0);
}

TEST(WorkOfDecodeStep, StreamsWeightsAndCache) {
  const Work work = work_of(DecodeStep{.batch = 1,
                                       .context = 1024,
                                       .layers = 32,
                                       .hidden = 4096,
                                       .intermediate = 14336,
                                       .heads = 32,
                                       .kv_heads = 8,
                                       .head_dim = 128,
                                       .vocab = 128256,
                                       .qk_norm = false,
                                       .linears = DType::kFp8E4m3,
                                       .head = DType::kBf16,
                                       .kv = DType::kBf16});
  EXPECT_DOUBLE_EQ(work.bytes, 32 * 218103808.0 + 2 * 525336576.0 + 2 * 67108864.0);
  EXPECT_DOUBLE_EQ(work.flops, 2 * (32 * 218103808.0 + 525336576.0) + 32 * 4.0 * 1024 * 32 * 128);
}

TEST(WorkOfPeakLatencyTransfer, CountWhatTheyDo) {
  EXPECT_DOUBLE_EQ(work_of(TensorPeak{DType::kBf16, true, 1'000'000'000'000}).flops, 1e12);
  EXPECT_DOUBLE_EQ(work_of(TensorPeak{DType::kBf16, true, 1'000'000'000'000}).bytes, 0);
  EXPECT_DOUBLE_EQ(work_of(Latency{LatencyKind::kPointerChase, 1000, kGiB}).bytes, 0);
  EXPECT_DOUBLE_EQ(work_of(Transfer{TransferKind::kHostToDevice, kGiB}).bytes, 1073741824.0);
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
  EXPECT_EQ(shape_path(attention), "b:2/c:1024/h:32/kv:8/d:128/p:16");
  const Op token = token_op_of(TokenOpKind::kGatedActivation, 8, 14336);
  EXPECT_EQ(kind_path(token), "token_op/gated_activation/bf16");
  EXPECT_EQ(shape_path(token), "t:8/w:14336");
  const Op rope = token_op_of(TokenOpKind::kRopeAppend, 8, 6144, 8, 128);
  EXPECT_EQ(shape_path(rope), "t:8/w:6144/kv:8/d:128");
  const Op peak = TensorPeak{DType::kInt8, true, 4'000'000'000'000};
  EXPECT_EQ(kind_path(peak) + "/" + shape_path(peak), "tensor_peak/int8/sparse/gflop:4000");
  const Op prefill = AttentionPrefill{2, 4096, 32, 8, 128, DType::kBf16};
  EXPECT_EQ(kind_path(prefill) + "/" + shape_path(prefill),
            "attention_prefill/bf16/b:2/t:4096/h:32/kv:8/d:128");
  const Op chase = Latency{LatencyKind::kPointerChase, 1000, 64 << 10};
  EXPECT_EQ(kind_path(chase) + "/" + shape_path(chase), "latency/pointer_chase/64KiB/x:1000");
  const Op far = Latency{LatencyKind::kPointerChaseFar, 1000, 8 << 20};
  EXPECT_EQ(kind_path(far) + "/" + shape_path(far), "latency/pointer_chase_far/8MiB/x:1000");
  const Op launch = Latency{LatencyKind::kKernelLaunch, 500, 0};
  EXPECT_EQ(kind_path(launch) + "/" + shape_path(launch), "latency/kernel_launch/x:500");
  const Op transfer = Transfer{TransferKind::kDeviceToHostPageable, kGiB};
  EXPECT_EQ(kind_path(transfer) + "/" + shape_path(transfer),
            "transfer/device_to_host_pageable/1GiB");
  const Op all_reduce = AllReduce{.cards = 8, .bytes = 1 << 20};
  EXPECT_EQ(kind_path(all_reduce) + "/" + shape_path(all_reduce), "all_reduce/cards:8/1MiB");
  DecodeStep step{};
  step.batch = 4;
  step.context = 8192;
  step.kv = DType::kFp8E4m3;
  EXPECT_EQ(shape_path(step), "b:4/c:8192/kv:fp8_e4m3");
}

TEST(OpNames, NameBothTypesOfAMixedGemm) {
  Gemm gemm = gemm_of(DType::kFp8E4m3, 1, 16, 32);
  gemm.activations = DType::kBf16;
  EXPECT_EQ(kind_path(gemm), "gemm/bf16_x_fp8_e4m3");
}

TEST(OpNames, ReadBackWhatTheyWrite) {
  for (MemoryPattern pattern : kMemoryPatterns) {
    EXPECT_EQ(memory_pattern_from_name(name_of(pattern)), pattern);
  }
  for (TokenOpKind kind : {TokenOpKind::kRmsNorm, TokenOpKind::kHeadNorm, TokenOpKind::kRopeAppend,
                           TokenOpKind::kGatedActivation, TokenOpKind::kQuantize,
                           TokenOpKind::kEmbedding, TokenOpKind::kArgmax}) {
    EXPECT_EQ(token_op_kind_from_name(name_of(kind)), kind);
  }
  for (LatencyKind kind :
       {LatencyKind::kPointerChase, LatencyKind::kPointerChaseNear, LatencyKind::kPointerChaseFar,
        LatencyKind::kKernelLaunch, LatencyKind::kGraphNode}) {
    EXPECT_EQ(latency_kind_from_name(name_of(kind)), kind);
  }
  for (TransferKind kind : {TransferKind::kHostToDevice, TransferKind::kDeviceToHost,
                            TransferKind::kHostToDevicePageable,
                            TransferKind::kDeviceToHostPageable, TransferKind::kPeerToPeer}) {
    EXPECT_EQ(transfer_kind_from_name(name_of(kind)), kind);
  }
  EXPECT_EQ(memory_pattern_from_name("fill"), std::nullopt);
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
