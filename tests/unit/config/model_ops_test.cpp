#include "harness/config/model_ops.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/base/error.hpp"

namespace gpugauge {
namespace {

using testing::ElementsAre;

ModelConfig mixture() {
  return {.name = "mixture",
          .source = "",
          .num_hidden_layers = 2,
          .hidden_size = 64,
          .intermediate_size = 256,
          .num_attention_heads = 4,
          .num_key_value_heads = 2,
          .head_dim = 16,
          .vocab_size = 1000,
          .num_local_experts = 8,
          .num_experts_per_tok = 2,
          .stored = {},
          .argument = {},
          .notes = {}};
}

ModelConfig dense() {
  ModelConfig model = mixture();
  model.num_local_experts = model.num_experts_per_tok = 0;
  return model;
}

LinearOp linear(const ModelConfig& model, LinearRole role, std::int64_t tokens) {
  const auto ops = linear_ops_of(model, Precision::kFp8, tokens);
  return *std::find_if(ops.begin(), ops.end(), [&](const LinearOp& op) { return op.role == role; });
}

TEST(LinearOps, OfADenseModelHaveAllTokensForTheirM) {
  const LinearOp down = linear(dense(), LinearRole::kDown, 24);
  EXPECT_EQ(down.gemm.m, 24);
  EXPECT_EQ(down.gemm.n, 64);
  EXPECT_EQ(down.gemm.k, 256);
  EXPECT_EQ(down.gemm.weights, DType::kFp8E4m3);
  EXPECT_EQ(down.count, 2);
  EXPECT_EQ(down.inputs, 24);
  EXPECT_EQ(down.input_counts, 2);
  EXPECT_EQ(linear(dense(), LinearRole::kLmHead, 24).gemm.weights, DType::kBf16);
}

TEST(LinearOps, OfAMixtureAreAGemmForEachExpertThatIsTouched) {
  // One token: the two experts it goes to, a row each.
  EXPECT_EQ(linear(mixture(), LinearRole::kGateUp, 1).gemm.m, 1);
  EXPECT_EQ(linear(mixture(), LinearRole::kGateUp, 1).count, 2 * 2);
  // Four tokens: 5.47 experts, so 6, share 8 rows.
  EXPECT_EQ(linear(mixture(), LinearRole::kGateUp, 4).gemm.m, 2);
  EXPECT_EQ(linear(mixture(), LinearRole::kGateUp, 4).count, 2 * 6);
  // Many: all 8 experts, a quarter of the tokens each.
  EXPECT_EQ(linear(mixture(), LinearRole::kDown, 1024).gemm.m, 256);
  EXPECT_EQ(linear(mixture(), LinearRole::kDown, 1024).count, 2 * 8);
  EXPECT_EQ(linear(mixture(), LinearRole::kQkv, 4).gemm.m, 4);
  EXPECT_EQ(linear(mixture(), LinearRole::kQkv, 4).count, 2);
}

TEST(LinearOps, DoNotRoundAWholeNumberOfExpertsUp) {
  ModelConfig model = mixture();
  for (std::int64_t experts = 1; experts <= 64; ++experts) {
    for (std::int64_t active = 1; active <= experts; ++active) {
      model.num_local_experts = experts;
      model.num_experts_per_tok = active;
      EXPECT_EQ(linear(model, LinearRole::kDown, 1).count, 2 * active);
    }
  }
}

TEST(LinearOps, OfAMixtureRouteInBf16) {
  const LinearOp router = linear(mixture(), LinearRole::kRouter, 4);
  EXPECT_EQ(router.gemm.m, 4);
  EXPECT_EQ(router.gemm.n, 8);
  EXPECT_EQ(router.gemm.weights, DType::kBf16);
  EXPECT_EQ(router.count, 2);
}

TEST(LinearOps, OfAMixtureQuantiseTheInputOnceAndWhatComesOutOfTheExpertsRowByRow) {
  const LinearOp gate_up = linear(mixture(), LinearRole::kGateUp, 4);
  EXPECT_EQ(gate_up.inputs, 4);
  EXPECT_EQ(gate_up.input_counts, 2);
  const LinearOp down = linear(mixture(), LinearRole::kDown, 4);
  EXPECT_EQ(down.inputs, 8);
  EXPECT_EQ(down.input_counts, 2);
}

TEST(TokenOps, OfAMixtureActivateARowForEachExpertOfAToken) {
  const auto rows = [](const ModelConfig& model, TokenOpKind kind) {
    return token_ops_of(model, kind, 4).at(0).tokens;
  };
  EXPECT_EQ(rows(mixture(), TokenOpKind::kGatedActivation), 8);
  EXPECT_EQ(rows(dense(), TokenOpKind::kGatedActivation), 4);
  EXPECT_EQ(rows(mixture(), TokenOpKind::kRmsNorm), 4);
}

TEST(TokenOps, QuantiseTheInputsOfTheLayersLinearsOnceAWidth) {
  std::vector<std::int64_t> widths;
  for (const TokenOp& op : token_ops_of(mixture(), TokenOpKind::kQuantize, 4))
    widths.push_back(op.width);
  EXPECT_THAT(widths, ElementsAre(64, 256));
}

TEST(DecodeStepOf, RefusesAMixture) {
  EXPECT_EQ(decode_step_of(dense(), Precision::kBf16, 4, 100, DType::kBf16).intermediate, 256);
  EXPECT_THROW(decode_step_of(mixture(), Precision::kBf16, 4, 100, DType::kBf16), UsageError);
}

}  // namespace
}  // namespace gpugauge
