#include "harness/config/model_ops.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/base/error.hpp"

namespace gpugauge {
namespace {

/// Rows that the experts of one layer work on together.
std::int64_t routed_rows(const ModelConfig& model, std::int64_t tokens) {
  return tokens * std::max<std::int64_t>(1, model.num_experts_per_tok);
}

}  // namespace

std::vector<LinearOp> linear_ops_of(const ModelConfig& model, Precision precision,
                                    std::int64_t tokens) {
  // A whole number of experts may come out a rounding error above itself.
  const auto experts = static_cast<std::int64_t>(std::ceil(model.expected_experts(tokens) - 1e-9));
  const std::int64_t layers = model.num_hidden_layers, routed = routed_rows(model, tokens);
  std::vector<LinearOp> ops;
  for (const Linear& linear : model.linears()) {
    const bool expert = linear.role == LinearRole::kGateUp || linear.role == LinearRole::kDown;
    const std::int64_t m = expert ? (routed + experts - 1) / experts : tokens;
    ops.push_back({.role = linear.role,
                   .gemm = gemm_of(dtype_of(linear.role, precision), m, linear.n, linear.k),
                   .count = expert ? layers * experts : linear.count,
                   .inputs = linear.role == LinearRole::kDown ? routed : tokens,
                   .input_counts = expert ? layers : linear.count});
  }
  return ops;
}

std::vector<AttendedTokens> attended_tokens(const ModelConfig& model, std::int64_t context) {
  const bool ends_before = model.windowed_layers > 0 && model.sliding_window < context;
  const std::int64_t windowed = ends_before ? model.windowed_layers : 0;
  std::vector<AttendedTokens> attended;
  if (windowed < model.num_hidden_layers)
    attended.push_back({context, model.num_hidden_layers - windowed});
  if (windowed > 0) attended.push_back({model.sliding_window, windowed});
  return attended;
}

AttentionDecode attention_decode_of(const ModelConfig& model, std::int64_t batch,
                                    std::int64_t context, DType kv) {
  return {.batch = batch,
          .context = context,
          .heads = model.num_attention_heads,
          .kv_heads = model.num_key_value_heads,
          .head_dim = model.head_dim,
          .kv = kv};
}

AttentionPrefill attention_prefill_of(const ModelConfig& model, std::int64_t batch,
                                      std::int64_t tokens, DType dtype) {
  return {.batch = batch,
          .tokens = tokens,
          .heads = model.num_attention_heads,
          .kv_heads = model.num_key_value_heads,
          .head_dim = model.head_dim,
          .dtype = dtype};
}

AttentionPrefill windowed_prefill_of(const ModelConfig& model, std::int64_t batch,
                                     std::int64_t tokens, std::int64_t attended, DType dtype) {
  if (attended >= tokens) return attention_prefill_of(model, batch, tokens, dtype);
  const std::int64_t prompts = (2 * tokens + attended - 1) / attended - 1;
  return attention_prefill_of(model, batch * prompts, attended, dtype);
}

std::vector<TokenOp> token_ops_of(const ModelConfig& model, TokenOpKind kind, std::int64_t tokens,
                                  std::optional<DType> output) {
  const std::int64_t heads = model.num_attention_heads, kv_heads = model.num_key_value_heads;
  std::vector<TokenOp> ops;
  const std::int64_t rows =
      kind == TokenOpKind::kGatedActivation ? routed_rows(model, tokens) : tokens;
  const auto add = [&](std::int64_t width, bool has_heads = false) {
    TokenOp op =
        token_op_of(kind, rows, width, has_heads ? kv_heads : 0, has_heads ? model.head_dim : 0);
    op.output = output.value_or(op.output);
    ops.push_back(op);
  };
  switch (kind) {
    case TokenOpKind::kRmsNorm:
    case TokenOpKind::kEmbedding:
      add(model.hidden_size);
      break;
    case TokenOpKind::kHeadNorm:
      if (model.qk_norm) add((heads + kv_heads) * model.head_dim, true);
      break;
    case TokenOpKind::kRopeAppend:
      add((heads + 2 * kv_heads) * model.head_dim, true);
      break;
    case TokenOpKind::kGatedActivation:
      add(model.intermediate_size);
      break;
    case TokenOpKind::kQuantize:
      for (const Linear& linear : model.linears()) {
        const bool known = std::any_of(ops.begin(), ops.end(),
                                       [&](const TokenOp& op) { return op.width == linear.k; });
        const bool quantised =
            linear.role != LinearRole::kLmHead && linear.role != LinearRole::kRouter;
        if (quantised && !known) add(linear.k);
      }
      break;
    case TokenOpKind::kArgmax:
      add(model.vocab_size);
      break;
  }
  return ops;
}

bool has_step_graph(const ModelConfig& model, std::int64_t context) {
  return !model.is_mixture() && attended_tokens(model, context).size() == 1;
}

DecodeStep decode_step_of(const ModelConfig& model, Precision precision, std::int64_t batch,
                          std::int64_t context, DType kv) {
  if (model.is_mixture()) {
    throw UsageError(fmt::format(
        "{}: a step graph exists for dense models only, and this is a mixture of {} experts",
        model.name, model.num_local_experts));
  }
  const std::vector<AttendedTokens> attended = attended_tokens(model, context);
  if (attended.size() > 1) {
    throw UsageError(fmt::format(
        "{}: a step graph exists where all layers attend to as many tokens, and {} of {} layers "
        "stop at a window of {}",
        model.name, model.windowed_layers, model.num_hidden_layers, model.sliding_window));
  }
  return {.batch = batch,
          .context = attended.front().tokens,
          .layers = model.num_hidden_layers,
          .hidden = model.hidden_size,
          .intermediate = model.intermediate_size,
          .heads = model.num_attention_heads,
          .kv_heads = model.num_key_value_heads,
          .head_dim = model.head_dim,
          .vocab = model.vocab_size,
          .qk_norm = model.qk_norm,
          .linears = linear_dtype(precision),
          .head = head_dtype(precision),
          .kv = kv};
}

}  // namespace gpugauge
