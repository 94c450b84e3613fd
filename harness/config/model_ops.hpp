#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/config/model.hpp"
#include "kernels/ops/op.hpp"

/// The ops of a model at a batch: its layer's shapes, for the plan that measures them and the
/// analysis that adds them up.
namespace gpugauge {

/// A linear as one forward pass runs it, `count` times.
struct LinearOp {
  LinearRole role;
  Gemm gemm;
  std::int64_t count;
  std::int64_t inputs;        ///< rows of x that a pass quantises for it where the weights are …
  std::int64_t input_counts;  ///< … fp8 or int8, this many times
};

/// The linears of a pass over `tokens` tokens, M = tokens. In a mixture every expert that is
/// touched is a GEMM of its own, `expected_experts` of them a layer (rounded up), which share the
/// tokens · num_experts_per_tok routed rows evenly (M rounded up), and the router is one more; the
/// gathering of the rows and the weighted sum of what comes back are not counted.
std::vector<LinearOp> linear_ops_of(const ModelConfig& model, Precision precision,
                                    std::int64_t tokens);
/// Layers that attend to the same number of tokens, of a context or of a prompt.
struct AttendedTokens {
  std::int64_t tokens, layers;
};
/// Those that attend to all of it, then those whose window ends before; never empty.
std::vector<AttendedTokens> attended_tokens(const ModelConfig& model, std::int64_t context);
AttentionDecode attention_decode_of(const ModelConfig& model, std::int64_t batch,
                                    std::int64_t context, DType kv);
AttentionPrefill attention_prefill_of(const ModelConfig& model, std::int64_t batch,
                                      std::int64_t tokens, DType dtype);
/// Of layers whose window `attended` may end before the prompt does: then as many causal prompts of
/// a window's length as have the same pairs of query and key, 2 · tokens / window − 1 (rounded up).
AttentionPrefill windowed_prefill_of(const ModelConfig& model, std::int64_t batch,
                                     std::int64_t tokens, std::int64_t attended, DType dtype);
/// The small ops of that kind around the linears of a layer, each distinct shape once: quantize has
/// one for each linear, head_norm none where the model has no such norm. `output`, where given,
/// replaces the customary type. The activation of a mixture has a row for each
/// expert that a token goes to.
std::vector<TokenOp> token_ops_of(const ModelConfig& model, TokenOpKind kind, std::int64_t tokens,
                                  std::optional<DType> output = {});
/// Whether there is a step graph of it: not of a mixture of experts, nor where some layers attend
/// to fewer tokens than others.
bool has_step_graph(const ModelConfig& model, std::int64_t context);
/// Its context is what the layers attend to. Throws UsageError where there is no step graph.
DecodeStep decode_step_of(const ModelConfig& model, Precision precision, std::int64_t batch,
                          std::int64_t context, DType kv);

}  // namespace gpugauge
