// attention_prefill.cu: causal attention of whole prompts to themselves on any tensor core since
// Ampere: mma.sync fed by ldmatrix from shared memory that cp.async fills.
//
// Build and try alone:
//   cmake --build build --target gpugauge && build/gpugauge run --device cuda:0 --filter flash
//
// Floor: operations over the tensor cores' rate; mma.sync gets about five eighths of Hopper's.
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
#include "kernels/cuda/machine/intrinsics.hpp"
#include "kernels/cuda/machine/launch.hpp"
#include "kernels/cuda/machine/token_vectors.hpp"

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

/// Where lane i's row of the four 8×8 matrices of a 16×16 piece at the tile's start lies: lanes 8
/// to 15 have the matrix below the first, or else the one beside it.
template <int HeadDim>
__device__ int matrix_offset(bool below_first) {
  const int lane = static_cast<int>(threadIdx.x) % 32;
  const int second = lane / 8 % 2, third = lane / 16;
  return offset_bytes<HeadDim>((below_first ? second : third) * 8 + lane % 8,
                               below_first ? third : second);
}

/// The same of the piece at `row`, a multiple of 8, and `chunk`, an even number.
template <int HeadDim>
__device__ const unsigned char* matrix_row(const unsigned char* tile, int offset, int row,
                                           int chunk) {
  return tile + row * HeadDim * 2 + (offset ^ (chunk * kChunkBytes));
}

/// 16·RowTiles queries of one warp.
template <int HeadDim, int RowTiles>
class Warp {
  static constexpr int kKeyTiles = kBlockKeys / 8;
  static constexpr int kValueTiles = HeadDim / 8;

 public:
  __device__ Warp(float score_scale, int first_query)
      : score_scale_(score_scale),
        first_query_(first_query),
        group_(static_cast<int>(threadIdx.x) % 32 / 4),
        t_(static_cast<int>(threadIdx.x) % 4),
        below_first_(matrix_offset<HeadDim>(true)),
        beside_first_(matrix_offset<HeadDim>(false)) {
#pragma unroll
    for (int r = 0; r < RowTiles; ++r) {
#pragma unroll
      for (int half = 0; half < 2; ++half) {
        max_[r][half] = -INFINITY;
        sum_[r][half] = 0.0F;
      }
#pragma unroll
      for (int n = 0; n < kValueTiles; ++n) {
#pragma unroll
        for (int i = 0; i < 4; ++i) out_[r][n][i] = 0.0F;
      }
    }
  }

  /// Whether any query of the warp comes after the key.
  __device__ bool reaches(int key) const { return key < first_query_ + 16 * RowTiles; }

  /// S = Q·K'; `q` are the warp's rows.
  __device__ void multiply_keys(const unsigned char* q, const unsigned char* k) {
#pragma unroll
    for (int r = 0; r < RowTiles; ++r) {
#pragma unroll
      for (int n = 0; n < kKeyTiles; ++n) {
#pragma unroll
        for (int i = 0; i < 4; ++i) scores_[r][n][i] = 0.0F;
      }
    }
#pragma unroll 2  // more would not fit in the registers
    for (int depth = 0; depth < HeadDim / 16; ++depth) {
      std::uint32_t a[RowTiles][4];
#pragma unroll
      for (int r = 0; r < RowTiles; ++r) {
        load_matrices(a[r], matrix_row<HeadDim>(q, below_first_, 16 * r, 2 * depth));
      }
#pragma unroll
      for (int n = 0; n < kKeyTiles; n += 2) {
        std::uint32_t b[4];
        load_matrices(b, matrix_row<HeadDim>(k, beside_first_, 8 * n, 2 * depth));
        const std::uint32_t left[2] = {b[0], b[1]}, right[2] = {b[2], b[3]};
#pragma unroll
        for (int r = 0; r < RowTiles; ++r) {
          mma_bf16(scores_[r][n], a[r], left);
          mma_bf16(scores_[r][n + 1], a[r], right);
        }
      }
    }
  }

  /// Takes keys that come after their query out.
  __device__ void mask(int first_key) {
    if (first_key + kBlockKeys - 1 <= first_query_) return;
    const int last = first_query_ - first_key + group_ - 2 * t_;
#pragma unroll
    for (int r = 0; r < RowTiles; ++r) {
#pragma unroll
      for (int n = 0; n < kKeyTiles; ++n) {
#pragma unroll
        for (int i = 0; i < 4; ++i) {
          const int distance = 8 * n + i % 2 - 16 * r - i / 2 * 8;
          if (distance > last) scores_[r][n][i] = -INFINITY;
        }
      }
    }
  }

  /// Scores to probabilities relative to the greatest score so far, to which O and the sums are
  /// brought too.
  __device__ void exponentiate() {
#pragma unroll
    for (int r = 0; r < RowTiles; ++r) {
#pragma unroll
      for (int half = 0; half < 2; ++half) {
        float max = max_[r][half];
#pragma unroll
        for (int n = 0; n < kKeyTiles; ++n) {
          max = fmaxf(max, fmaxf(scores_[r][n][2 * half], scores_[r][n][2 * half + 1]));
        }
        max = fmaxf(max, __shfl_xor_sync(0xFFFFFFFFU, max, 1));
        max = fmaxf(max, __shfl_xor_sync(0xFFFFFFFFU, max, 2));
        const float before = exp2_fast((max_[r][half] - max) * score_scale_);
        max_[r][half] = max;
        const float shift = -max * score_scale_;
        float sum = sum_[r][half] * before;
#pragma unroll
        for (int n = 0; n < kKeyTiles; ++n) {
#pragma unroll
          for (int i = 2 * half; i < 2 * half + 2; ++i) {
            scores_[r][n][i] = exp2_fast(__fmaf_rn(scores_[r][n][i], score_scale_, shift));
            sum += scores_[r][n][i];
          }
        }
        sum_[r][half] = sum;
#pragma unroll
        for (int n = 0; n < kValueTiles; ++n) {
          out_[r][n][2 * half] *= before;
          out_[r][n][2 * half + 1] *= before;
        }
      }
    }
  }

  /// O += P·V.
  __device__ void multiply_values(const unsigned char* v) {
#pragma unroll
    for (int depth = 0; depth < kBlockKeys / 16; ++depth) {
      std::uint32_t a[RowTiles][4];
#pragma unroll
      for (int r = 0; r < RowTiles; ++r) {
        const auto& left = scores_[r][2 * depth];
        const auto& right = scores_[r][2 * depth + 1];
        a[r][0] = pack_bf16(left[0], left[1]);
        a[r][1] = pack_bf16(left[2], left[3]);
        a[r][2] = pack_bf16(right[0], right[1]);
        a[r][3] = pack_bf16(right[2], right[3]);
      }
#pragma unroll
      for (int n = 0; n < kValueTiles; n += 2) {
        std::uint32_t b[4];
        load_matrices_transposed(b, matrix_row<HeadDim>(v, below_first_, 16 * depth, n));
        const std::uint32_t left[2] = {b[0], b[1]}, right[2] = {b[2], b[3]};
#pragma unroll
        for (int r = 0; r < RowTiles; ++r) {
          mma_bf16(out_[r][n], a[r], left);
          mma_bf16(out_[r][n + 1], a[r], right);
        }
      }
    }
  }

  /// Writes O, divided by the sums; `out` is the head's first token.
  __device__ void store(__nv_bfloat16* out, int tokens, int row_stride) {
#pragma unroll
    for (int r = 0; r < RowTiles; ++r) {
#pragma unroll
      for (int half = 0; half < 2; ++half) {
        float sum = sum_[r][half];
        sum += __shfl_xor_sync(0xFFFFFFFFU, sum, 1);
        sum += __shfl_xor_sync(0xFFFFFFFFU, sum, 2);
        const float scale = 1.0F / sum;
        const int query = first_query_ + 16 * r + 8 * half + group_;
        if (query >= tokens) continue;
        __nv_bfloat16* const row = out + static_cast<std::int64_t>(query) * row_stride + 2 * t_;
#pragma unroll
        for (int n = 0; n < kValueTiles; ++n) {
          *reinterpret_cast<std::uint32_t*>(row + 8 * n) =
              pack_bf16(out_[r][n][2 * half] * scale, out_[r][n][2 * half + 1] * scale);
        }
      }
    }
  }

 private:
  const float score_scale_;
  const int first_query_;
  const int group_, t_;  // of the lane, as intrinsics.hpp calls them
  const int below_first_, beside_first_;
  float scores_[RowTiles][kKeyTiles][4];
  float out_[RowTiles][kValueTiles][4];
  float max_[RowTiles][2], sum_[RowTiles][2];  // of rows group and group + 8; sums of this lane
};

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
