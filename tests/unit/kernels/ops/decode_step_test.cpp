#include "kernels/ops/decode_step.hpp"

#include "tests/unit/kernels/ops/op_name.hpp"

namespace gpugauge {
namespace {

// Llama-3.1-8B in FP8 with a BF16 head and cache at batch 1, context 1024: 32 layers of 218,103,808
// weights, a head of 525,336,576, 32·1024·2·8·128 cached elements.
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

TEST(DecodeStepCase, IsNamedWithoutTheShapeOfItsModel) {
  DecodeStep step{};
  step.batch = 4;
  step.context = 8192;
  step.linears = DType::kBf16;
  step.kv = DType::kFp8E4m3;
  test::expect_named(step, "decode_step/bf16/b:4/c:8192/kv:fp8_e4m3");
}

}  // namespace
}  // namespace gpugauge
