// attention_prefill.cu: causal attention of whole prompts to themselves on any tensor core since
// Ampere: mma.sync fed by ldmatrix from shared memory that cp.async fills.
//
// Build and try alone:
//   cmake --build build --target try_attention_prefill
//   build/gpugauge run --device cuda:0 --suite full --filter /flash/
//
// Bound: operations over the tensor cores' rate; mma.sync gets about five eighths of Hopper's.
//
// - A block takes 64 or 128 queries of a head through blocks of 64 keys and values, keeping of each
//   query a maximum, a sum and the output so far: Dao, FlashAttention-2: Faster Attention with
//   Better Parallelism and Work Partitioning, 2023. The probabilities never leave the registers.
// - Shared memory: a warp with 32 queries gets four products from every ldmatrix of K or V, so that
//   64 products take 64 clocks of the SM's shared memory, and Q's fragments some more, against 103
//   of an H100's tensor cores. With 16 queries it is 128, which Ada, with a quarter of the tensor
//   rate, does not mind; it has room for two blocks only if they are small.
// - Values arrive while the scores are made and the next keys while they are used, so that one
//   buffer of each is enough and two blocks fit on a multiprocessor: one makes probabilities while
//   the other multiplies.
// - The longest blocks, those of the last queries, are launched first. Heads of one group run side
//   by side and find their keys and values in the L2.
//
// v1  as above. Predicted 330 TFLOPS on an H100 SXM and 200 on an L40S at 8K tokens and head_dim
//     128; not yet measured on a card.

#include <cuda_bf16.h>

#include <cmath>
#include <cstdint>

#include "kernels/cuda/attention/attention_prefill.hpp"
#include "kernels/cuda/attention/attention_prefill_tiles.hpp"
#include "kernels/cuda/attention/attention_prefill_warp.hpp"
#include "kernels/cuda/machine/intrinsics.hpp"
#include "kernels/cuda/machine/launch.hpp"

namespace gpugauge {
namespace attention_prefill {
namespace {

/// A problem as the kernels take it.
struct Problem {
  const __nv_bfloat16* q;
  const __nv_bfloat16* k;
  const __nv_bfloat16* v;
  __nv_bfloat16* out;
  int tokens, heads, kv_heads;
  float score_scale;  ///< what makes q·k an exponent of 2
};

template <int HeadDim, int RowTiles>
struct Shared {
  static constexpr int kQueries = kWarps * 16 * RowTiles;
  unsigned char q[kQueries * HeadDim * 2];
  unsigned char k[kBlockKeys * HeadDim * 2];
  unsigned char v[kBlockKeys * HeadDim * 2];
};

/// Begins to copy rows `first` … of a head to shared memory, zeros for those after the last token.
template <int HeadDim, int Rows>
__device__ void copy_rows(unsigned char* shared, const __nv_bfloat16* head, int first, int tokens,
                          int row_stride) {
  constexpr int kRowChunks = HeadDim * 2 / kChunkBytes;
  constexpr int kStep = kThreads / kRowChunks;  // a multiple of 8, so that the swizzle is the same
  const int row = static_cast<int>(threadIdx.x) / kRowChunks;
  const int chunk = static_cast<int>(threadIdx.x) % kRowChunks;
  unsigned char* const to = shared + offset_bytes<HeadDim>(row, chunk);
  const __nv_bfloat16* const from =
      head + static_cast<std::int64_t>(first + row) * row_stride + chunk * (kChunkBytes / 2);
#pragma unroll
  for (int i = 0; i < Rows; i += kStep) {
    copy_async_16(to + i * HeadDim * 2, from + i * row_stride, first + row + i < tokens);
  }
  copy_async_commit();
}

/// Block (x, y) takes the y-th last block of queries of head x % heads of prompt x / heads.
template <int HeadDim, int RowTiles>
__global__ void __launch_bounds__(kThreads, 2) kernel(const Problem problem) {
  using Memory = Shared<HeadDim, RowTiles>;
#if defined(__CUDA_ARCH__)
  if constexpr (spills(__CUDA_ARCH__ / 10, HeadDim, Memory::kQueries)) return __trap();
#endif
  auto& shared = shared_memory<Memory>();
  const int prompt = static_cast<int>(blockIdx.x) / problem.heads;
  const int head = static_cast<int>(blockIdx.x) % problem.heads;
  const int kv_head = head / (problem.heads / problem.kv_heads);
  const int first_query = static_cast<int>(gridDim.y - 1 - blockIdx.y) * Memory::kQueries;
  const int row_stride = problem.heads * HeadDim, kv_stride = problem.kv_heads * HeadDim;
  const std::int64_t first_row = static_cast<std::int64_t>(prompt) * problem.tokens;
  const std::int64_t q_offset = first_row * row_stride + head * HeadDim;
  const std::int64_t kv_offset = first_row * kv_stride + kv_head * HeadDim;
  const auto copy_keys = [&](int first_key) {
    copy_rows<HeadDim, kBlockKeys>(shared.k, problem.k + kv_offset, first_key, problem.tokens,
                                   kv_stride);
  };
  const int warp_row = static_cast<int>(threadIdx.x) / 32 * 16 * RowTiles;
  const unsigned char* const q = shared.q + warp_row * HeadDim * 2;
  Warp<HeadDim, RowTiles> warp(problem.score_scale, first_query + warp_row);

  allow_next();
  wait_for_previous();
  copy_rows<HeadDim, Memory::kQueries>(shared.q, problem.q + q_offset, first_query, problem.tokens,
                                       row_stride);
  copy_keys(0);
  const int end = key_end(first_query, Memory::kQueries, problem.tokens);
  for (int first_key = 0; first_key < end; first_key += kBlockKeys) {
    const bool reaches = warp.reaches(first_key);
    copy_async_wait<0>();
    __syncthreads();  // the keys are there, and nobody reads the last values any more
    copy_rows<HeadDim, kBlockKeys>(shared.v, problem.v + kv_offset, first_key, problem.tokens,
                                   kv_stride);
    if (reaches) {
      warp.multiply_keys(q, shared.k);
      warp.mask(first_key);
    }
    copy_async_wait<0>();
    __syncthreads();  // the values are there, and nobody reads the keys any more
    if (reaches) warp.exponentiate();
    if (first_key + kBlockKeys < end) copy_keys(first_key + kBlockKeys);
    if (reaches) warp.multiply_values(shared.v);
  }
  warp.store(problem.out + q_offset, problem.tokens, row_stride);
}

/// Calls `body.template operator()<HeadDim, RowTiles>()` with what the op asks for.
template <typename Body>
auto with_shape(const AttentionPrefill& op, int block_queries, Body body) {
  const bool is_large = block_queries == 128;
  if (op.head_dim == 64) {
    return is_large ? body.template operator()<64, 2>() : body.template operator()<64, 1>();
  }
  return is_large ? body.template operator()<128, 2>() : body.template operator()<128, 1>();
}

}  // namespace
}  // namespace attention_prefill

const char* attention_prefill_unsupported(const AttentionPrefill& op) {
  if (op.dtype != DType::kBf16) return "only bf16 is supported";
  if (op.head_dim != 64 && op.head_dim != 128) return "only head_dim 64 and 128 are supported";
  if (op.kv_heads < 1 || op.heads % op.kv_heads != 0) {
    return "heads must be a multiple of kv_heads";
  }
  constexpr std::int64_t kMaxTokens = 65535 * 64;  // a grid's y extent
  if (op.tokens > kMaxTokens) return "more than 4194240 tokens";
  return nullptr;
}

int attention_prefill_block_queries(const AttentionPrefill& op, int compute_capability) {
  using namespace attention_prefill;
  if (spills(compute_capability, static_cast<int>(op.head_dim), 128)) return 64;
  const int resident = with_shape(op, 128, [&]<int HeadDim, int RowTiles>() {
    return resident_blocks(kernel<HeadDim, RowTiles>, kThreads, sizeof(Shared<HeadDim, RowTiles>));
  });
  return resident >= 2 ? 128 : 64;
}

void launch_attention_prefill(Stream stream, const AttentionPrefill& op,
                              const AttentionPrefillArrays& arrays, int block_queries) {
  using namespace attention_prefill;
  const double log2_e = 1.4426950408889634;
  const Problem problem{
      .q = static_cast<const __nv_bfloat16*>(arrays.q),
      .k = static_cast<const __nv_bfloat16*>(arrays.k),
      .v = static_cast<const __nv_bfloat16*>(arrays.v),
      .out = static_cast<__nv_bfloat16*>(arrays.out),
      .tokens = static_cast<int>(op.tokens),
      .heads = static_cast<int>(op.heads),
      .kv_heads = static_cast<int>(op.kv_heads),
      .score_scale = static_cast<float>(log2_e / std::sqrt(static_cast<double>(op.head_dim)))};
  with_shape(op, block_queries, [&]<int HeadDim, int RowTiles>() {
    launch(stream, "attention_prefill", kernel<HeadDim, RowTiles>,
           {.blocks = static_cast<unsigned>(op.batch * op.heads),
            .blocks_y = static_cast<unsigned>(query_blocks(problem.tokens, block_queries)),
            .threads = kThreads,
            .shared_bytes = sizeof(Shared<HeadDim, RowTiles>)},
           problem);
  });
}

}  // namespace gpugauge
