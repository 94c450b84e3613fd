#include "harness/analyze/step/decode_step.hpp"

#include <fmt/format.h>

#include <array>
#include <map>
#include <optional>

#include "harness/base/error.hpp"
#include "harness/config/model_ops.hpp"

namespace gpugauge {
namespace {

void check(const DecodePoint& point) {
  if (point.batch < 1)
    throw UsageError(fmt::format("batch {}: expected a number of at least 1", point.batch));
  if (point.context < 1)
    throw UsageError(fmt::format("context {}: expected a number of at least 1", point.context));
}

bool is_quantised(DType dtype) { return size_bytes(dtype) == 1; }

/// Whether the norm or the activation before a linear quantises as it writes: in FP8, but for o,
/// which follows the attention, and for experts, which quantise what was routed to them. So do
/// vLLM's passes fuse_norm_quant and fuse_act_quant, which its default level -O2 turns on and which
/// know FP8 only (vllm/config/vllm.py, OPTIMIZATION_LEVEL_02).
bool comes_quantised(const ModelConfig& model, const LinearOp& linear) {
  const bool of_expert = model.is_mixture() &&
                         (linear.role == LinearRole::kGateUp || linear.role == LinearRole::kDown);
  return linear.gemm.weights == DType::kFp8E4m3 && linear.role != LinearRole::kO && !of_expert;
}

}  // namespace

std::vector<StepOp> decode_ops(const ModelConfig& model, const DecodePoint& point) {
  check(point);
  const std::int64_t batch = point.batch, layers = model.num_hidden_layers;
  std::vector<StepOp> ops;
  const auto token_op = [&](std::string name, TokenOp op, std::int64_t count,
                            OpGroup group = OpGroup::kOther) {
    ops.push_back({group, std::move(name), op, count});
  };
  /// Those that have one shape in the model, or none.
  const auto token_ops = [&](const std::string& name, TokenOpKind kind, std::int64_t count,
                             OpGroup group = OpGroup::kOther, std::optional<DType> output = {}) {
    for (const TokenOp& op : token_ops_of(model, kind, batch, output))
      token_op(name, op, count, group);
  };

  std::map<DType, std::int64_t> norms;  // by what they write
  DType activated = DType::kBf16;
  token_ops("embedding", TokenOpKind::kEmbedding, 1);
  for (const LinearOp& linear : linear_ops_of(model, point.precision, batch)) {
    const bool head = linear.role == LinearRole::kLmHead;
    const DType dtype = linear.gemm.weights;
    const std::string role(name_of(linear.role));
    const DType written = comes_quantised(model, linear) ? dtype : DType::kBf16;
    if (linear.role == LinearRole::kDown) activated = written;
    if (linear.role == LinearRole::kQkv || linear.role == LinearRole::kGateUp || head)
      norms[written] += head ? 1 : layers;
    if (is_quantised(dtype) && written != dtype) {
      TokenOp quantize = token_op_of(TokenOpKind::kQuantize, linear.inputs, linear.gemm.k);
      quantize.output = dtype;
      token_op("quantize_" + role, quantize, linear.input_counts);
    }
    ops.push_back({head ? OpGroup::kHead : OpGroup::kLinears, role, linear.gemm, linear.count});
  }
  for (const AttendedTokens& attended : attended_tokens(model, point.context))
    ops.push_back({OpGroup::kAttention,
                   ops.back().group == OpGroup::kAttention ? "attention_window" : "attention",
                   attention_decode_of(model, batch, attended.tokens, point.kv), attended.layers});
  for (const auto& [output, count] : norms)
    token_ops("rms_norm", TokenOpKind::kRmsNorm, count, OpGroup::kOther, output);
  token_ops("qk_norm", TokenOpKind::kHeadNorm, layers);
  token_ops("rope_append", TokenOpKind::kRopeAppend, layers, OpGroup::kOther, point.kv);
  token_ops("gated_activation", TokenOpKind::kGatedActivation, layers, OpGroup::kOther, activated);
  token_ops("argmax", TokenOpKind::kArgmax, 1, OpGroup::kHead);
  return ops;
}

double decode_bytes(const ModelConfig& model, const DecodePoint& point) {
  check(point);
  return static_cast<double>(model.streamed_weight_bytes(point.precision, point.batch)) +
         static_cast<double>(point.batch) *
             static_cast<double>(model.kv_bytes(point.kv, point.context));
}

}  // namespace gpugauge
