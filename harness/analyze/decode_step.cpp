#include "harness/analyze/decode_step.hpp"

#include <fmt/format.h>

#include <array>

#include "harness/error.hpp"

namespace gpugauge {
namespace {

void check(const DecodePoint& point) {
  if (point.batch < 1)
    throw UsageError(fmt::format("batch {}: expected a number of at least 1", point.batch));
  if (point.context < 1)
    throw UsageError(fmt::format("context {}: expected a number of at least 1", point.context));
}

bool is_quantised(DType dtype) { return size_bytes(dtype) == 1; }

}  // namespace

std::string_view name_of(OpGroup group) {
  constexpr std::array<std::string_view, 4> kNames{"linears", "attention", "head", "other"};
  return kNames.at(static_cast<std::size_t>(group));
}

std::vector<StepOp> decode_ops(const ModelConfig& model, const DecodePoint& point) {
  check(point);
  const std::int64_t batch = point.batch, layers = model.num_hidden_layers;
  std::vector<StepOp> ops;
  const auto token_op = [&](std::string name, TokenOpKind kind, std::int64_t width,
                            std::int64_t count, OpGroup group = OpGroup::kOther) {
    ops.push_back({group, std::move(name), TokenOp{kind, batch, width}, count});
  };

  token_op("embedding", TokenOpKind::kEmbedding, model.hidden_size, 1);
  for (const Linear& linear : model.linears()) {
    const bool head = linear.role == LinearRole::kLmHead;
    const DType dtype = head ? head_dtype(point.precision) : linear_dtype(point.precision);
    const std::string role(name_of(linear.role));
    if (is_quantised(dtype))
      token_op("quantize_" + role, TokenOpKind::kQuantize, linear.k, linear.count);
    ops.push_back({head ? OpGroup::kHead : OpGroup::kLinears, role,
                   gemm_of(dtype, batch, linear.n, linear.k), linear.count});
  }
  ops.push_back({OpGroup::kAttention, "attention",
                 AttentionDecode{.batch = batch,
                                 .context = point.context,
                                 .heads = model.num_attention_heads,
                                 .kv_heads = model.num_key_value_heads,
                                 .head_dim = model.head_dim,
                                 .kv = point.kv},
                 layers});
  const std::int64_t heads = model.num_attention_heads, kv_heads = model.num_key_value_heads;
  token_op("rms_norm", TokenOpKind::kRmsNorm, model.hidden_size, 2 * layers + 1);
  if (model.qk_norm)
    token_op("qk_norm", TokenOpKind::kHeadNorm, (heads + kv_heads) * model.head_dim, layers);
  token_op("rope_append", TokenOpKind::kRopeAppend, (heads + 2 * kv_heads) * model.head_dim,
           layers);
  token_op("gated_activation", TokenOpKind::kGatedActivation, model.intermediate_size, layers);
  token_op("argmax", TokenOpKind::kArgmax, model.vocab_size, 1, OpGroup::kHead);
  return ops;
}

double decode_bytes(const ModelConfig& model, const DecodePoint& point) {
  check(point);
  return static_cast<double>(model.streamed_weight_bytes(point.precision)) +
         static_cast<double>(point.batch) * static_cast<double>(point.context) *
             static_cast<double>(model.kv_bytes_per_token(point.kv));
}

}  // namespace gpugauge
