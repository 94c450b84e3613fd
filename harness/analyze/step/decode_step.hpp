#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/enum_table.hpp"
#include "harness/config/model.hpp"
#include "kernels/ops/op.hpp"

namespace gpugauge {

/// Where on the map of decode steps a number stands.
struct DecodePoint {
  Precision precision = Precision::kBf16;
  std::int64_t batch = 1;
  std::int64_t context = 1024;  ///< tokens of KV cache of every sequence
  DType kv = DType::kBf16;
};

enum class OpGroup : std::uint8_t { kLinears, kAttention, kHead, kOther };
template <>
struct EnumTable<OpGroup> {
  static constexpr std::array rows{
      EnumName{OpGroup::kLinears, "linears"}, EnumName{OpGroup::kAttention, "attention"},
      EnumName{OpGroup::kHead, "head"}, EnumName{OpGroup::kOther, "other"}};
};

/// An op of a step and how often it runs in it.
struct StepOp {
  OpGroup group;
  std::string name;  ///< `qkv`, `attention`, `rms_norm`, `lm_head`
  Op op;
  std::int64_t count;
};

/// Every op of one decode step, as today's serving engines run it: per layer the four linears at
/// M = batch, each input quantised where the weights are fp8 or int8 (in FP8 by the norm or the
/// activation that writes it, but for o and for experts), attention over the KV cache, two norms,
/// the rotary embedding with the KV append, the gated activation; once the embedding, the final
/// norm, the LM head and greedy sampling. Linears as `linear_ops_of` counts them, which for a
/// mixture of experts is an expectation. Throws UsageError if batch or context is below 1.
std::vector<StepOp> decode_ops(const ModelConfig& model, const DecodePoint& point);

/// Bytes that one step must read whatever its kernels: all streamed weights, of a mixture those of
/// the experts that the batch is expected to touch, and the KV cache.
double decode_bytes(const ModelConfig& model, const DecodePoint& point);

}  // namespace gpugauge
