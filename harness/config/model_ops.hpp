#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/config/model.hpp"
#include "kernels/op.hpp"

/// The ops of a model at a batch: its layer's shapes, for the plan that measures them and the
/// analysis that adds them up.
namespace gpugauge {

AttentionDecode attention_decode_of(const ModelConfig& model, std::int64_t batch,
                                    std::int64_t context, DType kv);
AttentionPrefill attention_prefill_of(const ModelConfig& model, std::int64_t batch,
                                      std::int64_t tokens, DType dtype);
/// The small ops of that kind around the linears of a layer, each distinct shape once: quantize has
/// one for each linear, head_norm none where the model has no such norm. `output`, where given,
/// replaces the customary type.
std::vector<TokenOp> token_ops_of(const ModelConfig& model, TokenOpKind kind, std::int64_t tokens,
                                  std::optional<DType> output = {});
DecodeStep decode_step_of(const ModelConfig& model, Precision precision, std::int64_t batch,
                          std::int64_t context, DType kv);

}  // namespace gpugauge
