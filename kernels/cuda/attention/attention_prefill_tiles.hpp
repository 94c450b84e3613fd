#pragma once

/// How prefill attention cuts its work and lays its operands in shared memory.
namespace gpugauge::attention_prefill {

inline constexpr int kWarps = 4;
inline constexpr int kThreads = kWarps * 32;
inline constexpr int kBlockKeys = 64;
inline constexpr int kChunkBytes = 16;  ///< what one lane copies, or addresses for ldmatrix

/// From Blackwell on the compiler spills registers of the largest block: it is not used there.
constexpr bool spills(int compute_capability, int head_dim, int block_queries) {
  return compute_capability >= 100 && head_dim == 128 && block_queries == 128;
}

/// Blocks of queries of a prompt.
constexpr int query_blocks(int tokens, int block_queries) {
  return (tokens + block_queries - 1) / block_queries;
}

/// The first key that none of the block's queries, from `first` on, attends to.
constexpr int key_end(int first, int block_queries, int tokens) {
  return first + block_queries < tokens ? first + block_queries : tokens;
}

/// Where a chunk of a row of bf16 elements lies, in bytes from the tile's start. The same chunk of
/// eight neighbouring rows lies in eight different eighths of shared memory's banks, so that
/// ldmatrix takes one pass a matrix.
template <int HeadDim>
constexpr int offset_bytes(int row, int chunk) {
  return row * HeadDim * 2 + (chunk ^ (row % 8)) * kChunkBytes;
}

}  // namespace gpugauge::attention_prefill
