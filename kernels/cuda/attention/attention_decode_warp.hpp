#pragma once

// What one warp does in decode attention: attention_decode.cu has the story and the rest.

#include <cuda_bf16.h>

#include <cmath>
#include <cstdint>

#include "kernels/cuda/attention/attention_decode_shape.hpp"
#include "kernels/cuda/attention/attention_decode_types.hpp"
#include "kernels/cuda/attention/attention_split.hpp"
#include "kernels/cuda/attention/paged_cache.hpp"
#include "kernels/cuda/machine/intrinsics.hpp"

namespace gpugauge::attention_decode {

inline constexpr int kWarps = 4;
inline constexpr unsigned kAllLanes = 0xFFFFFFFFU;

/// A problem as the kernels take it.
struct Problem {
  const __nv_bfloat16* q;
  std::int64_t q_stride;
  const unsigned char* k;
  const unsigned char* v;
  const std::int32_t* page_table;
  __nv_bfloat16* out;
  unsigned* arrivals;  ///< [unit]: blocks that have left their part of it
  float2* statistics;  ///< [partial][query]: maximum, in the exponent of 2, and sum
  float* partials;     ///< [partial][query][head_dim]
  float score_scale;   ///< what makes a product of stored values an exponent of 2
  float v_scale;
  int context, group;
  PagedCache cache;
  AttentionSplit split;
};

template <typename Cache, int HeadDim, int QueryTiles>
class Warp {
  using S = Shape<Cache, HeadDim, QueryTiles>;

 public:
  /// `rows` is shared memory of the warp's own.
  __device__ Warp(const Problem& problem, int unit, unsigned (&rows)[S::kTileTokens])
      : problem_(problem),
        rows_(rows),
        kv_head_(unit % problem.cache.kv_heads),
        sequence_(unit / problem.cache.kv_heads),
        first_page_(sequence_ * problem.cache.pages_of(problem.context)),
        lane_(static_cast<int>(threadIdx.x) % 32),
        group_(lane_ / 4),
        t_(lane_ % 4) {
#pragma unroll
    for (int n = 0; n < QueryTiles; ++n) {
#pragma unroll
      for (int j = 0; j < 2; ++j) {
        max_[n][j] = -INFINITY;
        sum_[n][j] = 0.0F;
      }
#pragma unroll
      for (int tile = 0; tile < S::kValueTiles; ++tile) {
#pragma unroll
        for (int i = 0; i < 4; ++i) out_[tile][n][i] = 0.0F;
      }
    }
  }

  /// Attends to tiles `first`, `first + kWarps`, … below `end` of the unit.
  __device__ void attend(int first, int end) {
    if (first >= end) return;
    find_pages(first);
    find_rows(first);
    load_keys();
    load_values();
    find_pages(first + kWarps);
    load_queries();
    int tile = first;
#pragma unroll 1
    for (; tile + kWarps < end; tile += kWarps) {
      float scores[S::kSteps][QueryTiles][4];
      multiply_keys(scores);
      find_rows(tile + kWarps);
      load_keys();
      __syncwarp();  // else ptxas sinks the loads to where they are used
      exponentiate(scores);
      multiply_values(scores);
      load_values();
      find_pages(tile + 2 * kWarps);
    }
    float scores[S::kSteps][QueryTiles][4];
    multiply_keys(scores);
    mask(scores, tile);
    exponentiate(scores);
    multiply_values(scores);
  }

  /// Writes O of the warp's tokens, not yet divided by their sum, and what it was scaled by.
  __device__ void store(float (&out)[S::kQueries][HeadDim], float2 (&statistics)[S::kQueries]) {
#pragma unroll
    for (int n = 0; n < QueryTiles; ++n) {
#pragma unroll
      for (int j = 0; j < 2; ++j) {
        const int query = n * kQueryTile + 2 * t_ + j;
        float sum = sum_[n][j];
#pragma unroll
        for (int distance = 4; distance < 32; distance *= 2) {
          sum += __shfl_xor_sync(kAllLanes, sum, distance);
        }
        if (group_ == 0) statistics[query] = {max_[n][j] * problem_.score_scale, sum};
#pragma unroll
        for (int element = 0; element < 2 * S::kValueTiles; ++element) {
          const int chunk = element / S::kChunkElements;
          const int column = (chunk * 8 + group_) * S::kChunkElements + element % S::kChunkElements;
          out[query][column] = out_[element / 2][n][element % 2 * 2 + j];
        }
      }
    }
  }

 private:
  /// Q in the order of the keys' elements: product `s` of chunk `c` takes 4 elements of every lane.
  __device__ void load_queries() {
    const __nv_bfloat16* const q =
        problem_.q + sequence_ * problem_.q_stride + kv_head_ * problem_.group * HeadDim;
#pragma unroll
    for (int n = 0; n < QueryTiles; ++n) {
      const int query = n * kQueryTile + group_;
#pragma unroll
      for (int c = 0; c < S::kKeyChunks; ++c) {
#pragma unroll
        for (int s = 0; s < S::kKeyProducts; ++s) {
          const int element = (c * 4 + t_) * 2 * S::kKeyPairs + 4 * s;
          uint2 pairs{0, 0};
          if (query < problem_.group) {
            pairs = *reinterpret_cast<const uint2*>(q + query * HeadDim + element);
          }
          q_[c][s][n][0] = Cache::query(pairs.x);
          q_[c][s][n][1] = Cache::query(pairs.y);
        }
      }
    }
  }

  /// The tile's token that this lane looks up; those after the last are taken for the last.
  __device__ int token_of(int tile, int i) const {
    const int wanted = tile * S::kTileTokens + i * 32 + lane_ % S::kTileTokens;
    return wanted < problem_.context ? wanted : problem_.context - 1;
  }
  /// Begins to look up the pages of a tile; nothing waits for them before `find_rows`.
  __device__ void find_pages(int tile) {
#pragma unroll
    for (int i = 0; i < S::kRowRegisters; ++i) {
      pages_[i] =
          __ldg(problem_.page_table + (first_page_ + problem_.cache.entry_of(token_of(tile, i))));
    }
  }
  /// Writes the rows of a tile's tokens for all lanes.
  __device__ void find_rows(int tile) {
    __syncwarp();
#pragma unroll
    for (int i = 0; i < S::kRowRegisters; ++i) {
      if (S::kTileTokens >= 32 || lane_ < S::kTileTokens) {
        rows_[i * 32 + lane_] =
            static_cast<unsigned>(problem_.cache.row_of(pages_[i], kv_head_, token_of(tile, i)));
      }
    }
    __syncwarp();
  }

  /// A chunk of a row. Chunks of a cache are numbered with 32 bits, which saves registers.
  template <int Bytes>
  static __device__ const unsigned char* chunk_of(const unsigned char* cache, unsigned row,
                                                  int chunk) {
    return cache + std::int64_t{Bytes} * (row * (S::kRowBytes / Bytes) + chunk);
  }

  __device__ void load_keys() {
#pragma unroll
    for (int step = 0; step < S::kSteps; ++step) {
#pragma unroll
      for (int half = 0; half < 2; ++half) {
        const unsigned char* const key =
            chunk_of<16>(problem_.k, rows_[step * 16 + half * 8 + group_], t_);
#pragma unroll
        for (int c = 0; c < S::kKeyChunks; ++c) k_[step][half][c] = load_once_16(key + c * 64);
      }
    }
  }

  /// Of the same tile. Row r of a step is the r-th token of those whose products a lane makes: 2t,
  /// 2t+1, 2t+8, 2t+9.
  __device__ void load_values() {
#pragma unroll
    for (int step = 0; step < S::kSteps; ++step) {
#pragma unroll
      for (int r = 0; r < 4; ++r) {
        const unsigned char* const value = chunk_of<S::kChunkWords * 4>(
            problem_.v, rows_[step * 16 + 2 * t_ + r % 2 + r / 2 * 8], group_);
#pragma unroll
        for (int word = 0; word < S::kValueWords; word += S::kChunkWords) {
          std::uint32_t* const to = &v_[step][r][word];
          if constexpr (S::kChunkWords == 4) {
            const uint4 loaded = load_once_16(value + word * 32);
            to[0] = loaded.x, to[1] = loaded.y, to[2] = loaded.z, to[3] = loaded.w;
          } else {
            const uint2 loaded = load_once_8(value + word * 32);
            to[0] = loaded.x, to[1] = loaded.y;
          }
        }
      }
    }
  }

  /// S' = K·Q': tokens group and group + 8 of every step, queries 2t and 2t + 1.
  __device__ void multiply_keys(float (&scores)[S::kSteps][QueryTiles][4]) {
#pragma unroll
    for (int step = 0; step < S::kSteps; ++step) {
#pragma unroll
      for (int n = 0; n < QueryTiles; ++n) {
#pragma unroll
        for (int i = 0; i < 4; ++i) scores[step][n][i] = 0.0F;
      }
#pragma unroll
      for (int c = 0; c < S::kKeyChunks; ++c) {
        std::uint32_t upper[S::kKeyPairs], lower[S::kKeyPairs];
        widen_vector(k_[step][0][c], upper);
        widen_vector(k_[step][1][c], lower);
#pragma unroll
        for (int s = 0; s < S::kKeyProducts; ++s) {
          const std::uint32_t a[4] = {upper[2 * s], lower[2 * s], upper[2 * s + 1],
                                      lower[2 * s + 1]};
#pragma unroll
          for (int n = 0; n < QueryTiles; ++n) Cache::multiply(scores[step][n], a, q_[c][s][n]);
        }
      }
    }
  }
  static __device__ void widen_vector(uint4 v, std::uint32_t (&pairs)[S::kKeyPairs]) {
    Cache::widen(v.x, pairs);
    Cache::widen(v.y, pairs + Cache::kPairs);
    Cache::widen(v.z, pairs + 2 * Cache::kPairs);
    Cache::widen(v.w, pairs + 3 * Cache::kPairs);
  }

  /// Takes the tokens after the last out.
  __device__ void mask(float (&scores)[S::kSteps][QueryTiles][4], int tile) const {
    const int left = problem_.context - tile * S::kTileTokens;
    if (left >= S::kTileTokens) return;
#pragma unroll
    for (int step = 0; step < S::kSteps; ++step) {
#pragma unroll
      for (int n = 0; n < QueryTiles; ++n) {
#pragma unroll
        for (int i = 0; i < 4; ++i) {
          if (step * 16 + i / 2 * 8 + group_ >= left) scores[step][n][i] = -INFINITY;
        }
      }
    }
  }

  /// Scores to probabilities relative to the greatest score so far, to which O and the sums are
  /// brought too.
  __device__ void exponentiate(float (&scores)[S::kSteps][QueryTiles][4]) {
#pragma unroll
    for (int n = 0; n < QueryTiles; ++n) {
#pragma unroll
      for (int j = 0; j < 2; ++j) {
        float max = max_[n][j];
#pragma unroll
        for (int step = 0; step < S::kSteps; ++step) {
          max = fmaxf(max, fmaxf(scores[step][n][j], scores[step][n][j + 2]));
        }
#pragma unroll
        for (int distance = 4; distance < 32; distance *= 2) {
          max = fmaxf(max, __shfl_xor_sync(kAllLanes, max, distance));
        }
        const float before = exp2_fast((max_[n][j] - max) * problem_.score_scale);
        max_[n][j] = max;
        const float shift = -max * problem_.score_scale;
        float sum = sum_[n][j] * before;
#pragma unroll
        for (int step = 0; step < S::kSteps; ++step) {
#pragma unroll
          for (int i = j; i < 4; i += 2) {
            float& score = scores[step][n][i];
            score = exp2_fast(__fmaf_rn(score, problem_.score_scale, shift));
            sum += score;
          }
        }
        sum_[n][j] = sum;
#pragma unroll
        for (int tile = 0; tile < S::kValueTiles; ++tile) {
          out_[tile][n][j] *= before;
          out_[tile][n][j + 2] *= before;
        }
      }
    }
  }

  /// O' += V'·P': two of the lane's elements of a row in every tile, queries 2t and 2t + 1.
  __device__ void multiply_values(const float (&p)[S::kSteps][QueryTiles][4]) {
#pragma unroll
    for (int step = 0; step < S::kSteps; ++step) {
      std::uint32_t b[QueryTiles][2];
#pragma unroll
      for (int n = 0; n < QueryTiles; ++n) {
        b[n][0] = transpose_matrix(Cache::pack(p[step][n][0], p[step][n][1]));
        b[n][1] = transpose_matrix(Cache::pack(p[step][n][2], p[step][n][3]));
      }
#pragma unroll
      for (int word = 0; word < S::kValueWords; ++word) {
        std::uint32_t pairs[4][Cache::kPairs];
#pragma unroll
        for (int r = 0; r < 4; ++r) Cache::widen(v_[step][r][word], pairs[r]);
#pragma unroll
        for (int i = 0; i < Cache::kPairs; ++i) {
          const std::uint32_t a[4] = {
              low_halves(pairs[0][i], pairs[1][i]), high_halves(pairs[0][i], pairs[1][i]),
              low_halves(pairs[2][i], pairs[3][i]), high_halves(pairs[2][i], pairs[3][i])};
#pragma unroll
          for (int n = 0; n < QueryTiles; ++n) {
            Cache::multiply(out_[word * Cache::kPairs + i][n], a, b[n]);
          }
        }
      }
    }
  }
  static __device__ std::uint32_t low_halves(std::uint32_t first, std::uint32_t second) {
    return (first & 0xFFFF) | (second << 16);
  }
  static __device__ std::uint32_t high_halves(std::uint32_t first, std::uint32_t second) {
    return (first >> 16) | (second & 0xFFFF0000U);
  }

  const Problem& problem_;
  unsigned (&rows_)[S::kTileTokens];  // in the cache, of the tile whose keys were loaded last
  const int kv_head_, sequence_;
  const int first_page_;        // the sequence's, in the page table
  const int lane_, group_, t_;  // as intrinsics.hpp calls them
  std::uint32_t q_[S::kKeyChunks][S::kKeyProducts][QueryTiles][2];
  int pages_[S::kRowRegisters];  // of the next tile, one or two tokens a lane
  uint4 k_[S::kSteps][2][S::kKeyChunks];
  std::uint32_t v_[S::kSteps][4][S::kValueWords];
  float out_[S::kValueTiles][QueryTiles][4];
  float max_[QueryTiles][2], sum_[QueryTiles][2];
};

}  // namespace gpugauge::attention_decode
