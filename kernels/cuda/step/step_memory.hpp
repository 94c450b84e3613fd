#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/cuda/step/step_plan.hpp"

/// What a decode step takes of a device's memory. Pure.
namespace gpugauge {

inline std::int64_t weight_bytes(const DecodeStep& op, StepWeight linear) {
  const Gemm gemm = linear_of(op, linear);
  return gemm.n * gemm.k * size_bytes(gemm.weights);
}

/// Of the keys of a layer, in whole pages; its values take as much.
inline std::int64_t cache_elements(const DecodeStep& op) {
  const std::int64_t page = attention_of(op).page_tokens;
  const std::int64_t tokens = (op.context + page - 1) / page * page;
  return op.batch * tokens * op.kv_heads * op.head_dim;
}

struct StepBytes {
  std::int64_t layer;  ///< weights and cache of one
  std::int64_t once;   ///< embedding, head, rotary table, and the tensors of all layers
};

inline StepBytes bytes_of(const DecodeStep& op, const StepPlan& plan) {
  std::int64_t layer = 2 * cache_elements(op) * size_bytes(op.kv);
  for (StepWeight linear : kStepLinears) {
    if (linear != StepWeight::kHead) layer += weight_bytes(op, linear);
  }
  const std::int64_t embedding = op.vocab * op.hidden * size_bytes(DType::kBf16);
  const std::int64_t rotary = op.context * op.head_dim * size_bytes(DType::kFp32);
  return {.layer = layer,
          .once = embedding + weight_bytes(op, StepWeight::kHead) + rotary +
                  tensor_offsets(plan, op).back()};
}

/// Fewer than that of a longer model would let a large cache keep weights.
inline constexpr std::int64_t kFewestDistinctLayers = 4;

/// How many layers get weights and a cache of their own: all, or as many as fit in what a context,
/// workspaces and the allocator leave of the memory. Fewer than `fewest_layers` do not do.
inline std::int64_t distinct_layers(const DecodeStep& op, const StepBytes& bytes,
                                    std::int64_t memory_bytes) {
  constexpr std::int64_t kReservedBytes = std::int64_t{2} << 30;
  const std::int64_t left = memory_bytes - std::min(memory_bytes / 8, kReservedBytes) - bytes.once;
  return std::clamp<std::int64_t>(left / bytes.layer, 0, op.layers);
}
inline std::int64_t fewest_layers(const DecodeStep& op) {
  return std::min(op.layers, kFewestDistinctLayers);
}

}  // namespace gpugauge
