#if GPUGAUGE_HAS_CUDA

#include "kernels/cuda/step/step_memory.hpp"
#include "tests/unit/kernels/gib.hpp"

#include <gtest/gtest.h>

namespace gpugauge {
namespace {

DecodeStep llama_8b(DType linears, std::int64_t batch = 1, std::int64_t context = 1024) {
  return {.batch = batch,
          .context = context,
          .layers = 32,
          .hidden = 4096,
          .intermediate = 14336,
          .heads = 32,
          .kv_heads = 8,
          .head_dim = 128,
          .vocab = 128256,
          .qk_norm = false,
          .linears = linears,
          .head = DType::kBf16,
          .kv = DType::kBf16};
}

StepBytes bytes(const DecodeStep& op) { return bytes_of(op, plan_step(op, {})); }

std::int64_t layers(const DecodeStep& op, std::int64_t memory_bytes) {
  return distinct_layers(op, bytes(op), memory_bytes);
}

TEST(StepMemory, CountsWhatALayerStreams) {
  const DecodeStep op = llama_8b(DType::kFp8E4m3);
  const double streamed = work_of(op).bytes;
  const auto head = static_cast<double>(weight_bytes(op, StepWeight::kHead));
  EXPECT_DOUBLE_EQ(static_cast<double>(32 * bytes(op).layer) + head, streamed);
}

TEST(StepMemory, KeepsWholePages) {
  DecodeStep op = llama_8b(DType::kFp8E4m3);
  op.context = 17;
  EXPECT_EQ(cache_elements(op), 32 * 8 * 128);
}

TEST(StepMemory, GivesEveryLayerItsOwnWhereTheyFit) {
  EXPECT_EQ(layers(llama_8b(DType::kFp8E4m3), 80 * kGiB), 32);
  EXPECT_EQ(layers(llama_8b(DType::kBf16), 24 * kGiB), 32);
}

TEST(StepMemory, GivesAsManyAsFit) {
  const DecodeStep op = llama_8b(DType::kBf16, 64, 32768);
  const std::int64_t some = layers(op, 80 * kGiB);
  EXPECT_GE(some, 4);
  EXPECT_LT(some, 32);
  EXPECT_LE(some * bytes(op).layer + bytes(op).once, 80 * kGiB);
  EXPECT_GT((some + 1) * bytes(op).layer + bytes(op).once + 2 * kGiB, 80 * kGiB);
}

TEST(StepMemory, SaysWhenTooFewFit) {
  EXPECT_LT(layers(llama_8b(DType::kBf16), 3 * kGiB), fewest_layers(llama_8b(DType::kBf16)));
  EXPECT_EQ(layers(llama_8b(DType::kBf16), 1 * kGiB), 0);
  DecodeStep small = llama_8b(DType::kBf16);
  small.layers = 2;
  EXPECT_EQ(fewest_layers(small), 2);
}

}  // namespace
}  // namespace gpugauge

#endif
