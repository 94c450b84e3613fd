#include "harness/analyze/step/decode_step.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "harness/base/error.hpp"
#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using testing::ElementsAre;
using testing::Pair;

const StepOp* find(const std::vector<StepOp>& ops, std::string_view name) {
  const auto found =
      std::find_if(ops.begin(), ops.end(), [&](const StepOp& op) { return op.name == name; });
  return found == ops.end() ? nullptr : &*found;
}

TEST(DecodeOps, LinearsHaveTheModelsShapesAndTheHeadItsOwnType) {
  const auto ops = decode_ops(fake::llama_8b(), {.precision = Precision::kFp8, .batch = 8});
  const StepOp* gate_up = find(ops, "gate_up");
  ASSERT_NE(gate_up, nullptr);
  const auto& gemm = std::get<Gemm>(gate_up->op);
  EXPECT_EQ(gate_up->count, 32);
  EXPECT_EQ(gemm.m, 8);
  EXPECT_EQ(gemm.n, 2 * 14336);
  EXPECT_EQ(gemm.k, 4096);
  EXPECT_EQ(gemm.weights, DType::kFp8E4m3);
  const StepOp* head = find(ops, "lm_head");
  ASSERT_NE(head, nullptr);
  EXPECT_EQ(head->group, OpGroup::kHead);
  EXPECT_EQ(head->count, 1);
  EXPECT_EQ(std::get<Gemm>(head->op).weights, DType::kBf16);
}

TEST(DecodeOps, InputsAreQuantisedOnlyWhereTheWeightsAre) {
  const auto bf16 = decode_ops(fake::llama_8b(), {.precision = Precision::kBf16});
  EXPECT_EQ(find(bf16, "quantize_qkv"), nullptr);
  for (const Precision precision : {Precision::kFp8, Precision::kInt8}) {
    const auto ops = decode_ops(fake::llama_8b(), {.precision = precision, .batch = 4});
    const StepOp* o = find(ops, "quantize_o");
    ASSERT_NE(o, nullptr);
    EXPECT_EQ(std::get<TokenOp>(o->op).width, 4096);
    EXPECT_EQ(std::get<TokenOp>(o->op).tokens, 4);
    EXPECT_EQ(o->count, 32);
    EXPECT_EQ(find(ops, "quantize_lm_head"), nullptr);
  }
}

/// How often an op of that kind writes each type.
std::map<DType, std::int64_t> written(const std::vector<StepOp>& ops, TokenOpKind kind) {
  std::map<DType, std::int64_t> counts;
  for (const StepOp& step : ops) {
    const auto* op = std::get_if<TokenOp>(&step.op);
    if (op != nullptr && op->kind == kind) counts[op->output] += step.count;
  }
  return counts;
}

TEST(DecodeOps, InFp8TheNormAndTheActivationQuantise) {
  const auto ops = decode_ops(fake::llama_8b(), {.precision = Precision::kFp8});
  for (const char* gone : {"quantize_qkv", "quantize_gate_up", "quantize_down"})
    EXPECT_EQ(find(ops, gone), nullptr) << gone;
  EXPECT_THAT(written(ops, TokenOpKind::kRmsNorm),
              ElementsAre(Pair(DType::kBf16, 1), Pair(DType::kFp8E4m3, 64)));
  EXPECT_THAT(written(ops, TokenOpKind::kGatedActivation), ElementsAre(Pair(DType::kFp8E4m3, 32)));
  const auto int8 = decode_ops(fake::llama_8b(), {.precision = Precision::kInt8});
  EXPECT_NE(find(int8, "quantize_qkv"), nullptr);
  EXPECT_THAT(written(int8, TokenOpKind::kRmsNorm), ElementsAre(Pair(DType::kBf16, 65)));
}

TEST(DecodeOps, SmallOpsHaveTheirCountsAndWidths) {
  const auto ops = decode_ops(fake::llama_8b(), {.batch = 2, .context = 4096});
  EXPECT_EQ(find(ops, "rms_norm")->count, 65);
  EXPECT_EQ(std::get<TokenOp>(find(ops, "rope_append")->op).width, (32 + 2 * 8) * 128);
  EXPECT_EQ(std::get<TokenOp>(find(ops, "gated_activation")->op).width, 14336);
  EXPECT_EQ(std::get<TokenOp>(find(ops, "argmax")->op).width, 128256);
  EXPECT_EQ(find(ops, "embedding")->count, 1);
  EXPECT_EQ(find(ops, "qk_norm"), nullptr);
  const auto& attention = std::get<AttentionDecode>(find(ops, "attention")->op);
  EXPECT_EQ(attention.batch, 2);
  EXPECT_EQ(attention.context, 4096);
  EXPECT_EQ(attention.kv_heads, 8);
  EXPECT_EQ(find(ops, "attention")->count, 32);
}

TEST(DecodeOps, QkNormsAreThereWhereTheModelHasThem) {
  ModelConfig model = fake::llama_8b();
  model.qk_norm = true;
  const auto ops = decode_ops(model, {});
  ASSERT_NE(find(ops, "qk_norm"), nullptr);
  EXPECT_EQ(std::get<TokenOp>(find(ops, "qk_norm")->op).width, 40 * 128);
}

ModelConfig mixtral() {
  ModelConfig model = fake::llama_8b();
  model.num_local_experts = 8;
  model.num_experts_per_tok = 2;
  return model;
}

TEST(DecodeOps, OfAMixtureRunTheExpertsThatTheBatchTouches) {
  const auto ops = decode_ops(mixtral(), {.precision = Precision::kFp8, .batch = 4});
  const StepOp* down = find(ops, "down");
  ASSERT_NE(down, nullptr);
  EXPECT_EQ(down->count, 32 * 6);
  EXPECT_EQ(std::get<Gemm>(down->op).m, 2);
  const StepOp* router = find(ops, "router");
  ASSERT_NE(router, nullptr);
  EXPECT_EQ(router->group, OpGroup::kLinears);
  EXPECT_EQ(std::get<Gemm>(router->op).weights, DType::kBf16);
  EXPECT_EQ(find(ops, "quantize_router"), nullptr);
  EXPECT_EQ(find(ops, "quantize_qkv"), nullptr);
  EXPECT_EQ(find(ops, "quantize_gate_up")->count, 32);  // of what is routed, by the experts
  EXPECT_EQ(find(ops, "quantize_down")->count, 32);
  EXPECT_THAT(written(ops, TokenOpKind::kRmsNorm),
              ElementsAre(Pair(DType::kBf16, 33), Pair(DType::kFp8E4m3, 32)));
  EXPECT_EQ(std::get<TokenOp>(find(ops, "quantize_down")->op).tokens, 8);
  EXPECT_EQ(std::get<TokenOp>(find(ops, "gated_activation")->op).tokens, 8);
  EXPECT_EQ(find(decode_ops(fake::llama_8b(), {}), "router"), nullptr);
}

TEST(DecodeOps, RefusesABatchOrContextOfNothing) {
  EXPECT_THROW(decode_ops(fake::llama_8b(), {.batch = 0}), UsageError);
  EXPECT_THROW(decode_ops(fake::llama_8b(), {.batch = -1}), UsageError);
  EXPECT_THROW(decode_bytes(fake::llama_8b(), {.context = 0}), UsageError);
}

TEST(DecodeBytes, AreTheStreamedWeightsAndTheKvCacheOfTheWholeBatch) {
  // Llama-3.1-8B in FP8 streams 8.03 GB a step: layer linears at a byte, LM head and norms at two.
  const double weights = 32.0 * (6144 * 4096.0 + 4096 * 4096.0 + 28672 * 4096.0 + 4096 * 14336.0) +
                         2 * (128256 * 4096.0 + 65 * 4096.0);
  EXPECT_DOUBLE_EQ(
      decode_bytes(fake::llama_8b(), {.precision = Precision::kFp8, .batch = 8, .context = 1024}),
      weights + 8 * 1024 * 131072.0);
  EXPECT_NEAR(weights, 8.03e9, 0.005e9);
}

TEST(DecodeBytes, OfAMixtureGrowWithTheExpertsThatTheBatchTouches) {
  const double one_expert = 2.0 * 32 * 3 * 4096 * 14336;
  const auto bytes = [](std::int64_t batch) {
    return decode_bytes(mixtral(), {.batch = batch, .context = 1024}) -
           static_cast<double>(batch) * 1024 * 131072.0;
  };
  EXPECT_DOUBLE_EQ(bytes(4) - bytes(1), (5.46875 - 2) * one_expert);
  EXPECT_NEAR(bytes(256) - bytes(1), 6 * one_expert, 1);
}

TEST(DecodeOps, AttentionReadsNoMoreThanTheWindow) {
  ModelConfig model = fake::llama_8b();
  model.sliding_window = 4096;
  model.windowed_layers = 32;
  const DecodePoint at{.batch = 8, .context = 16384};
  const DecodePoint at_window{.batch = 8, .context = 4096};
  EXPECT_EQ(decode_bytes(model, at), decode_bytes(fake::llama_8b(), at_window));
  const auto all = decode_ops(model, at);
  EXPECT_EQ(std::get<AttentionDecode>(find(all, "attention")->op).context, 4096);
  EXPECT_EQ(find(all, "attention")->count, 32);
  EXPECT_EQ(find(all, "attention_window"), nullptr);

  model.windowed_layers = 24;
  const auto mixed = decode_ops(model, at);
  EXPECT_EQ(std::get<AttentionDecode>(find(mixed, "attention")->op).context, 16384);
  EXPECT_EQ(find(mixed, "attention")->count, 8);
  EXPECT_EQ(std::get<AttentionDecode>(find(mixed, "attention_window")->op).context, 4096);
  EXPECT_EQ(find(mixed, "attention_window")->count, 24);
}

}  // namespace
}  // namespace gpugauge
