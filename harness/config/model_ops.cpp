#include "harness/config/model_ops.hpp"

#include <algorithm>

namespace gpugauge {

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

std::vector<TokenOp> token_ops_of(const ModelConfig& model, TokenOpKind kind, std::int64_t tokens,
                                  std::optional<DType> output) {
  const std::int64_t heads = model.num_attention_heads, kv_heads = model.num_key_value_heads;
  std::vector<TokenOp> ops;
  const auto add = [&](std::int64_t width, bool has_heads = false) {
    TokenOp op =
        token_op_of(kind, tokens, width, has_heads ? kv_heads : 0, has_heads ? model.head_dim : 0);
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
        if (linear.role != LinearRole::kLmHead && !known) add(linear.k);
      }
      break;
    case TokenOpKind::kArgmax:
      add(model.vocab_size);
      break;
  }
  return ops;
}

DecodeStep decode_step_of(const ModelConfig& model, Precision precision, std::int64_t batch,
                          std::int64_t context, DType kv) {
  return {.batch = batch,
          .context = context,
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
