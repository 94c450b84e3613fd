#include "kernels/cuda/step/step_plan.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "harness/base/error.hpp"
#include "harness/base/random.hpp"
#include "kernels/cuda/gemm/gemm_rules.hpp"

namespace gpugauge {
namespace {

/// The FP8 scale of a tensor whose values hardly ever exceed `largest`.
float scale_for(double largest) { return static_cast<float>(largest / 448.0); }

class Planner {
 public:
  Planner(const DecodeStep& op, const StepStyle& style) : op_(op), style_(style) {}

  StepPlan plan() {
    residual_ = tensor("embedding", op_.hidden, DType::kBf16);
    add({.name = "embedding",
         .op = token_op(TokenOpKind::kEmbedding, op_.hidden),
         .layer = -1,
         .weight = StepWeight::kEmbedding,
         .out = residual_});
    for (layer_ = 0; layer_ < op_.layers; ++layer_) {
      attention_block();
      mlp_block();
    }
    layer_ = -1;
    const int logits = linear(StepWeight::kHead, norm(StepWeight::kFinalNorm, op_.head));
    add({.name = "argmax",
         .op = token_op(TokenOpKind::kArgmax, op_.vocab),
         .layer = -1,
         .x = logits});
    return std::move(plan_);
  }

 private:
  int tensor(std::string name, std::int64_t width, DType dtype, float fp8_scale = 1.0F) {
    plan_.tensors.push_back({std::move(name), width, dtype, fp8_scale});
    return static_cast<int>(plan_.tensors.size()) - 1;
  }
  void add(StepNode node) { plan_.nodes.push_back(std::move(node)); }

  TokenOp token_op(TokenOpKind kind, std::int64_t width) const {
    return token_op_of(kind, op_.batch, width);
  }
  TokenOp head_op(TokenOpKind kind, std::int64_t heads) const {
    return token_op_of(kind, op_.batch, heads * op_.head_dim, op_.kv_heads, op_.head_dim);
  }
  /// The norm of the residual after the last linear has been added. Its weights leave it a root
  /// mean square of 1/√hidden, so that a linear of N(0,1) weights gives N(0,1) again.
  int norm(StepWeight weight, DType linear) {
    TokenOp op = token_op(TokenOpKind::kRmsNorm, op_.hidden);
    op.output = linear;
    const double largest = 2.0 * kNormalLimit / std::sqrt(static_cast<double>(op_.hidden));
    StepNode node{.name = "rms_norm", .op = op, .layer = layer_, .weight = weight, .x = delta_};
    node.x2 = residual_;
    if (delta_ != kNoTensor) {
      residual_ = node.out2 = tensor("residual", op_.hidden, DType::kBf16);
    }
    node.out = tensor("normed", op_.hidden, op.output, scale_for(largest));
    add(node);
    return node.out;
  }

  /// The linear of what it is given, which it quantises first where the weights are FP8 and the
  /// values are not.
  int linear(StepWeight weight, int x) {
    Gemm op = linear_of(op_, weight);
    const std::string name(name_of(weight));
    const StepTensor in = plan_.tensors.at(static_cast<std::size_t>(x));
    if (op.weights == DType::kFp8E4m3 && in.dtype == DType::kBf16) {
      if (weight == StepWeight::kO && style_.o_quantises) {
        op.activations = DType::kBf16;
      } else {
        const int quantised = tensor("quantized", in.width, op.weights, in.fp8_scale);
        add({.name = "quantize_" + name,
             .op = token_op(TokenOpKind::kQuantize, in.width),
             .layer = layer_,
             .x = x,
             .out = quantised});
        x = quantised;
      }
    }
    const int y = tensor(name, op.n, DType::kBf16);
    add({.name = name, .op = op, .layer = layer_, .weight = weight, .x = x, .out = y});
    return y;
  }

  void attention_block() {
    const int qkv = linear(StepWeight::kQkv, norm(StepWeight::kInputNorm, op_.linears));
    const std::int64_t heads = op_.heads, keys = op_.kv_heads;
    int qk = qkv;
    if (op_.qk_norm && !style_.rotation_normalises) {
      qk = tensor("normed_heads", (heads + keys) * op_.head_dim, DType::kBf16);
      add({.name = "qk_norm",
           .op = head_op(TokenOpKind::kHeadNorm, heads + keys),
           .layer = layer_,
           .weight = StepWeight::kHeadNorm,
           .x = qkv,
           .out = qk});
    }
    TokenOp rope = head_op(TokenOpKind::kRopeAppend, heads + 2 * keys);
    rope.output = op_.kv;
    const int q = tensor("q", heads * op_.head_dim, DType::kBf16);
    add({.name = "rope_append",
         .op = rope,
         .layer = layer_,
         .weight =
             op_.qk_norm && style_.rotation_normalises ? StepWeight::kHeadNorm : StepWeight::kNone,
         .x = qk,
         .out = q,
         .x2 = qkv});
    const int attended = tensor("attention", heads * op_.head_dim, DType::kBf16,
                                scale_for(kNormalLimit));  // a mean of values
    add({.name = "attention", .op = attention_of(op_), .layer = layer_, .x = q, .out = attended});
    delta_ = linear(StepWeight::kO, attended);
  }

  void mlp_block() {
    const int gate_up = linear(StepWeight::kGateUp, norm(StepWeight::kPostNorm, op_.linears));
    TokenOp activation = token_op(TokenOpKind::kGatedActivation, op_.intermediate);
    activation.output = op_.linears;
    const int activated = tensor("activation", op_.intermediate, activation.output,
                                 scale_for(kNormalLimit * kNormalLimit));  // a product of two
    add({.name = "gated_activation",
         .op = activation,
         .layer = layer_,
         .x = gate_up,
         .out = activated});
    delta_ = linear(StepWeight::kDown, activated);
  }

  DecodeStep op_;
  StepStyle style_;
  StepPlan plan_;
  int layer_ = -1;
  int residual_ = kNoTensor;
  int delta_ = kNoTensor;  ///< what the next norm adds to the residual
};

}  // namespace

StepPlan plan_step(const DecodeStep& op, const StepStyle& style) {
  return Planner(op, style).plan();
}

Gemm linear_of(const DecodeStep& op, StepWeight weight) {
  switch (weight) {
    case StepWeight::kQkv:
      return gemm_of(op.linears, op.batch, (op.heads + 2 * op.kv_heads) * op.head_dim, op.hidden);
    case StepWeight::kO:
      return gemm_of(op.linears, op.batch, op.hidden, op.heads * op.head_dim);
    case StepWeight::kGateUp:
      return gemm_of(op.linears, op.batch, 2 * op.intermediate, op.hidden);
    case StepWeight::kDown:
      return gemm_of(op.linears, op.batch, op.hidden, op.intermediate);
    case StepWeight::kHead:
      return gemm_of(op.head, op.batch, op.vocab, op.hidden);
    default:
      throw EnvironmentError("not the weights of a linear");
  }
}

AttentionDecode attention_of(const DecodeStep& op) {
  return {.batch = op.batch,
          .context = op.context,
          .heads = op.heads,
          .kv_heads = op.kv_heads,
          .head_dim = op.head_dim,
          .kv = op.kv};
}

std::int64_t tensor_rows(const Gemm& linear) {
  return cublaslt::may_be_padded(linear) ? cublaslt::kPaddedRows : linear.m;
}

std::vector<std::int64_t> tensor_offsets(const StepPlan& plan, const DecodeStep& op) {
  std::int64_t rows = op.batch;
  for (StepWeight linear : kStepLinears) rows = std::max(rows, tensor_rows(linear_of(op, linear)));
  return tensor_offsets(plan, rows);
}

std::vector<std::int64_t> tensor_offsets(const StepPlan& plan, std::int64_t rows) {
  constexpr std::int64_t kAlignment = 256;
  std::vector<std::int64_t> offsets{0};
  for (const StepTensor& tensor : plan.tensors) {
    const std::int64_t bytes = rows * tensor.width * size_bytes(tensor.dtype);
    offsets.push_back(offsets.back() + (bytes + kAlignment - 1) / kAlignment * kAlignment);
  }
  return offsets;
}

}  // namespace gpugauge
