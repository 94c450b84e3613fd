#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/base/enum_table.hpp"
#include "kernels/ops/op.hpp"

/// A decode step as data: which ops run in which order on which tensors. It is enqueued and
/// verified from this list alone. Every op writes to a tensor of its own, so that after a step the
/// inputs and outputs of each are still there.
namespace gpugauge {

/// How an engine puts the step together. In all of them norms and activations quantise as they
/// write, as in vLLM's default (its passes fuse_norm_quant and fuse_act_quant).
struct StepStyle {
  /// The rotation does the norm of the heads.
  bool rotation_normalises = false;
  /// The linear after the attention quantises its input on the way.
  bool o_quantises = false;
};

/// [batch, width]
struct StepTensor {
  std::string name;
  std::int64_t width;
  DType dtype;
  /// What one unit stands for in FP8, whether the tensor is stored so or quantised by who reads it.
  float fp8_scale = 1.0F;
};

enum class StepWeight : std::uint8_t {
  kNone,
  kEmbedding,
  kInputNorm,
  kQkv,
  kHeadNorm,
  kO,
  kPostNorm,
  kGateUp,
  kDown,
  kFinalNorm,
  kHead,
};
template <>
struct EnumTable<StepWeight> {
  static constexpr std::array rows{
      EnumName{StepWeight::kNone, "none"},
      EnumName{StepWeight::kEmbedding, "embedding"},
      EnumName{StepWeight::kInputNorm, "input_norm"},
      EnumName{StepWeight::kQkv, "qkv"},
      EnumName{StepWeight::kHeadNorm, "head_norm"},
      EnumName{StepWeight::kO, "o"},
      EnumName{StepWeight::kPostNorm, "post_norm"},
      EnumName{StepWeight::kGateUp, "gate_up"},
      EnumName{StepWeight::kDown, "down"},
      EnumName{StepWeight::kFinalNorm, "final_norm"},
      EnumName{StepWeight::kHead, "lm_head"},
  };
};
inline constexpr StepWeight kStepLinears[] = {StepWeight::kQkv, StepWeight::kO, StepWeight::kGateUp,
                                              StepWeight::kDown, StepWeight::kHead};

inline constexpr int kNoTensor = -1;

struct StepNode {
  std::string name;  ///< `qkv`, `rms_norm`, `quantize_o`
  Op op;             ///< a TokenOp, a Gemm or an AttentionDecode
  int layer;         ///< −1 before and after the layers
  StepWeight weight = StepWeight::kNone;
  int x = kNoTensor, out = kNoTensor;
  /// Of a norm the residual that is read and the one that is written; of a rotation the tensor
  /// with the values.
  int x2 = kNoTensor, out2 = kNoTensor;
};

struct StepPlan {
  std::vector<StepTensor> tensors;
  std::vector<StepNode> nodes;
};

StepPlan plan_step(const DecodeStep& op, const StepStyle& style);

/// A linear of the model: x[batch, k] · w[n, k]ᵀ, both in the type of its weights.
Gemm linear_of(const DecodeStep& op, StepWeight weight);

/// The attention of every layer.
AttentionDecode attention_of(const DecodeStep& op);

/// Rows that a linear may read and write: M, or what it may be padded to.
std::int64_t tensor_rows(const Gemm& linear);

/// Where each tensor of so many rows begins in one piece of memory, and last where that ends;
/// 256-byte aligned.
std::vector<std::int64_t> tensor_offsets(const StepPlan& plan, std::int64_t rows);
/// With the rows that the linears of the step may read and write.
std::vector<std::int64_t> tensor_offsets(const StepPlan& plan, const DecodeStep& op);

}  // namespace gpugauge
