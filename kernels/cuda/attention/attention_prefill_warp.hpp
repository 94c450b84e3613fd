#pragma once

// What one warp does in prefill attention: attention_prefill.cu has the story and the rest.

#include <cuda_bf16.h>

#include <cmath>
#include <cstdint>

#include "kernels/cuda/attention/attention_prefill_tiles.hpp"
#include "kernels/cuda/machine/intrinsics.hpp"
#include "kernels/cuda/machine/token_vectors.hpp"

namespace gpugauge::attention_prefill {

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

}  // namespace gpugauge::attention_prefill
