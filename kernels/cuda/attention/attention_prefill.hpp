#pragma once

#include "harness/device/stream.hpp"
#include "kernels/ops/op.hpp"

namespace gpugauge {

/// What attention_prefill reads and writes, bf16 in device memory, 16-byte aligned.
struct AttentionPrefillArrays {
  const void* q = nullptr;  ///< [batch][tokens][heads][head_dim]
  const void* k = nullptr;  ///< [batch][tokens][kv_heads][head_dim]
  const void* v = nullptr;  ///< like k
  void* out = nullptr;      ///< like q
};

/// Why no device can run the shape, for the user; null if one can.
const char* attention_prefill_unsupported(const AttentionPrefill& op);

/// How many queries a block should take on this device, of that compute capability (90 for 9.0):
/// 128 where two such blocks fit on a multiprocessor, else 64.
int attention_prefill_block_queries(const AttentionPrefill& op, int compute_capability);

/// Every token attends to itself and to those before it: out = softmax(q · Kᵀ / √head_dim) · V.
/// Asynchronous.
void launch_attention_prefill(Stream stream, const AttentionPrefill& op,
                              const AttentionPrefillArrays& arrays, int block_queries);

}  // namespace gpugauge
