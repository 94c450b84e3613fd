#pragma once

#include <cstdint>

#include "harness/device/stream.hpp"
#include "kernels/ops/op.hpp"

namespace gpugauge {

/// What attention_decode reads and writes, in device memory, 16-byte aligned.
struct AttentionDecodeArrays {
  const void* q = nullptr;    ///< bf16 [batch][heads][head_dim] …
  std::int64_t q_stride = 0;  ///< … with so many elements between sequences: a multiple of 8
  const void* k_cache = nullptr;
  const void* v_cache = nullptr;             ///< as paged_cache.hpp says, in the op's `kv`
  const std::int32_t* page_table = nullptr;  ///< [batch][pages of a context]
  void* out = nullptr;                       ///< bf16 [batch][heads][head_dim]
  void* workspace = nullptr;  ///< zeros before the first launch; each launch leaves it fit for the
                              ///< next. Launches that may run at the same time need their own
  float k_scale = 1.0F, v_scale = 1.0F;  ///< what one unit of a stored key or value stands for
};

/// Why no device can run the shape, for the user; null if one can.
const char* attention_decode_unsupported(const AttentionDecode& op);

/// How many blocks share the work on a device of so many multiprocessors.
int attention_decode_blocks(const AttentionDecode& op, int multiprocessors);
std::int64_t attention_decode_workspace_bytes(const AttentionDecode& op, int blocks);

/// out = softmax(q · Kᵀ / √head_dim) · V over all `context` tokens of every sequence. Asynchronous.
void launch_attention_decode(Stream stream, const AttentionDecode& op,
                             const AttentionDecodeArrays& arrays, int blocks);

}  // namespace gpugauge
