#if GPUGAUGE_HAS_CUDA

#include "kernels/cuda/step/step_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "harness/analyze/step/decode_step.hpp"
#include "harness/config/model_ops.hpp"

namespace gpugauge {
namespace {

using testing::ElementsAre;

ModelConfig model(bool qk_norm) {
  ModelConfig m;
  m.name = "small";
  m.num_hidden_layers = 3;
  m.hidden_size = 512;
  m.intermediate_size = 1024;
  m.num_attention_heads = 6;
  m.num_key_value_heads = 2;
  m.head_dim = 64;
  m.vocab_size = 4096;
  m.qk_norm = qk_norm;
  return m;
}

DecodeStep step_of(const ModelConfig& m, DType linears) {
  return decode_step_of(m, linears == DType::kFp8E4m3 ? Precision::kFp8 : Precision::kBf16, 4, 100,
                        DType::kBf16);
}

/// How often each op runs, by its name and shape.
using CountsByName = std::map<std::string, std::int64_t>;

std::string name_and_shape(const std::string& name, const Op& op) {
  return name + " " + kind_path(op) + " " + shape_path(op);
}

CountsByName counts_of(const StepPlan& plan) {
  CountsByName counts;
  for (const StepNode& node : plan.nodes) ++counts[name_and_shape(node.name, node.op)];
  return counts;
}

TEST(StepPlan, RunsTheOpsThatTheAnalysisCounts) {
  for (bool qk_norm : {false, true}) {
    for (Precision precision : {Precision::kBf16, Precision::kFp8}) {
      const ModelConfig m = model(qk_norm);
      CountsByName expected;
      for (const StepOp& op : decode_ops(
               m, {.precision = precision, .batch = 4, .context = 100, .kv = DType::kBf16})) {
        expected[name_and_shape(op.name, op.op)] += op.count;
      }
      EXPECT_EQ(counts_of(plan_step(step_of(m, linear_dtype(precision)), {})), expected);
    }
  }
}

std::vector<std::string> names(const StepPlan& plan, int layer) {
  std::vector<std::string> all;
  for (const StepNode& node : plan.nodes) {
    if (node.layer == layer) all.push_back(node.name);
  }
  return all;
}

TEST(StepPlan, IsInTheOrderOfALayer) {
  const DecodeStep op = step_of(model(true), DType::kFp8E4m3);
  EXPECT_THAT(names(plan_step(op, {}), 1),
              ElementsAre("rms_norm", "qkv", "qk_norm", "rope_append", "attention", "quantize_o",
                          "o", "rms_norm", "gate_up", "gated_activation", "down"));
  EXPECT_THAT(names(plan_step(op, {.rotation_normalises = true}), 1),
              ElementsAre("rms_norm", "qkv", "rope_append", "attention", "quantize_o", "o",
                          "rms_norm", "gate_up", "gated_activation", "down"));
  EXPECT_THAT(names(plan_step(op, {.rotation_normalises = true, .o_quantises = true}), 1),
              ElementsAre("rms_norm", "qkv", "rope_append", "attention", "o", "rms_norm", "gate_up",
                          "gated_activation", "down"));
  EXPECT_THAT(names(plan_step(op, {}), -1),
              ElementsAre("embedding", "rms_norm", "lm_head", "argmax"));
}

TEST(StepPlan, QuantisesNothingForBf16) {
  for (const StepNode& node : plan_step(step_of(model(true), DType::kBf16), {}).nodes) {
    const auto* op = std::get_if<TokenOp>(&node.op);
    if (op == nullptr || op->kind == TokenOpKind::kArgmax) continue;
    EXPECT_EQ(op->output, DType::kBf16) << node.name;
  }
}

class EveryStepPlan : public testing::TestWithParam<std::tuple<bool, DType, DType, StepStyle>> {
 protected:
  StepPlan plan() const {
    const auto& [qk_norm, linears, head, style] = GetParam();
    DecodeStep op = step_of(model(qk_norm), linears);
    op.head = head;
    return plan_step(op, style);
  }
};

TEST_P(EveryStepPlan, WritesEveryTensorOnceAndBeforeItIsRead) {
  const StepPlan planned = plan();
  std::set<int> written{kNoTensor};
  for (const StepNode& node : planned.nodes) {
    EXPECT_TRUE(written.contains(node.x)) << node.name;
    EXPECT_TRUE(written.contains(node.x2)) << node.name;
    for (int tensor : {node.out, node.out2}) {
      EXPECT_TRUE(tensor == kNoTensor || written.insert(tensor).second) << node.name;
    }
  }
  EXPECT_EQ(written.size(), planned.tensors.size() + 1) << "a tensor that nobody writes";
}

TEST_P(EveryStepPlan, ReadsEveryTensor) {
  const StepPlan planned = plan();
  std::set<int> read;
  for (const StepNode& node : planned.nodes) read.insert({node.x, node.x2});
  const StepNode& last_norm =
      *std::find_if(planned.nodes.begin(), planned.nodes.end(),
                    [](const StepNode& node) { return node.weight == StepWeight::kFinalNorm; });
  for (int tensor = 0; tensor < static_cast<int>(planned.tensors.size()); ++tensor) {
    EXPECT_TRUE(read.contains(tensor) || tensor == last_norm.out2)
        << planned.tensors[static_cast<std::size_t>(tensor)].name;
  }
}

TEST_P(EveryStepPlan, HandsTensorsOfTheShapesThatTheOpsTake) {
  const StepPlan planned = plan();
  const auto tensor = [&](int id) { return planned.tensors.at(static_cast<std::size_t>(id)); };
  for (const StepNode& node : planned.nodes) {
    SCOPED_TRACE(node.name);
    if (const auto* gemm = std::get_if<Gemm>(&node.op)) {
      EXPECT_EQ(tensor(node.x).width, gemm->k);
      EXPECT_EQ(tensor(node.x).dtype, gemm->activations);
      EXPECT_EQ(tensor(node.out).width, gemm->n);
      EXPECT_EQ(tensor(node.out).dtype, DType::kBf16);
      EXPECT_THAT(kStepLinears, testing::Contains(node.weight));
    } else if (const auto* op = std::get_if<TokenOp>(&node.op)) {
      if (op->kind == TokenOpKind::kArgmax) continue;
      EXPECT_EQ(tensor(node.out).dtype,
                op->kind == TokenOpKind::kRopeAppend ? DType::kBf16 : op->output);
      if (op->kind != TokenOpKind::kRopeAppend) {
        EXPECT_EQ(tensor(node.out).width, op->width);
      }
      if (op->kind == TokenOpKind::kQuantize) {
        EXPECT_EQ(tensor(node.x).fp8_scale, tensor(node.out).fp8_scale);
      }
    }
  }
}

std::vector<StepStyle> styles() {
  return {{}, {.rotation_normalises = true}, {.rotation_normalises = true, .o_quantises = true}};
}
INSTANTIATE_TEST_SUITE_P(All, EveryStepPlan,
                         testing::Combine(testing::Bool(),
                                          testing::Values(DType::kBf16, DType::kFp8E4m3),
                                          testing::Values(DType::kBf16, DType::kFp8E4m3),
                                          testing::ValuesIn(styles())));

TEST(TensorOffsets, AreAlignedAndApart) {
  const DecodeStep op = step_of(model(true), DType::kFp8E4m3);
  const StepPlan plan = plan_step(op, {});
  const auto offsets = tensor_offsets(plan, op);
  ASSERT_EQ(offsets.size(), plan.tensors.size() + 1);
  for (std::size_t i = 0; i < plan.tensors.size(); ++i) {
    EXPECT_EQ(offsets[i] % 256, 0);
    EXPECT_GE(offsets[i + 1] - offsets[i],  // batch 4, for which an FP8 linear may take 17
              17 * plan.tensors[i].width * size_bytes(plan.tensors[i].dtype));
  }
  const DecodeStep bf16 = step_of(model(true), DType::kBf16);
  EXPECT_EQ(tensor_offsets(plan_step(bf16, {}), bf16), tensor_offsets(plan_step(bf16, {}), 4));
}

}  // namespace
}  // namespace gpugauge

#endif
