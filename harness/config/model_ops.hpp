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
AttentionDecode attention_decode_of(const ModelConfig& model, std::int64_t batch,
                                    std::int64_t context, DType kv);
AttentionPrefill attention_prefill_of(const ModelConfig& model, std::int64_t batch,
                                      std::int64_t tokens, DType dtype);
/// The small ops of that kind around the linears of a layer, each distinct shape once: quantize has
/// one for each linear, head_norm none where the model has no such norm. `output`, where given,
/// replaces the customary type. The activation of a mixture has a row for each
/// expert that a token goes to.
std::vector<TokenOp> token_ops_of(const ModelConfig& model, TokenOpKind kind, std::int64_t tokens,
                                  std::optional<DType> output = {});
/// Throws UsageError for a mixture of experts, of which there is no step graph.
DecodeStep decode_step_of(const ModelConfig& model, Precision precision, std::int64_t batch,
                          std::int64_t context, DType kv);

}  // namespace gpugauge
