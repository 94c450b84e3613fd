#pragma once

// What one lane of attention_wgmma_sm90a.cu makes of its scores.

#include <cmath>
#include <cstdint>

#include "kernels/cuda/machine/intrinsics.hpp"
#include "kernels/cuda/machine/token_vectors.hpp"

namespace gpugauge::attention_wgmma {

inline constexpr int kKeys = 128;  ///< whose scores a warpgroup has at once

using Scores = float[kKeys / 2];  ///< a lane's part of wgmma's accumulator
using Probabilities = std::uint32_t[kKeys / 16][4];

/// The softmax of a lane's two rows: group and group + 8 of its warp's 16.
struct Softmax {
  float scale;
  int row;  ///< the first of the two, as a token of the prompt
  float max[2] = {-INFINITY, -INFINITY};
  float sum[2] = {0.0F, 0.0F};

  /// Takes keys that come after their query out.
  __device__ void mask(Scores& scores, int first_key) const {
    const int last = row - first_key - static_cast<int>(threadIdx.x) % 4 * 2;
#pragma unroll
    for (int i = 0; i < kKeys / 2; ++i) {
      if (i / 4 * 8 + i % 2 - i / 2 % 2 * 8 > last) scores[i] = -INFINITY;
    }
  }

  /// Scores to probabilities relative to the greatest score so far; `before` is what brings to it
  /// what was relative to the greatest one before.
  __device__ void exponentiate(Scores& scores, float (&before)[2]) {
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      float greatest = max[half];
#pragma unroll
      for (int i = 2 * half; i < kKeys / 2; i += 4) {
        greatest = fmaxf(greatest, fmaxf(scores[i], scores[i + 1]));
      }
      greatest = fmaxf(greatest, __shfl_xor_sync(0xFFFFFFFFU, greatest, 1));
      greatest = fmaxf(greatest, __shfl_xor_sync(0xFFFFFFFFU, greatest, 2));
      before[half] = exp2_fast((max[half] - greatest) * scale);
      max[half] = greatest;
      const float shift = -greatest * scale;
      float total = sum[half] * before[half];
#pragma unroll
      for (int i = 2 * half; i < kKeys / 2; i += 4) {
        scores[i] = exp2_fast(__fmaf_rn(scores[i], scale, shift));
        scores[i + 1] = exp2_fast(__fmaf_rn(scores[i + 1], scale, shift));
        total += scores[i] + scores[i + 1];
      }
      sum[half] = total;
    }
  }
};

/// Probabilities as the second product takes them. The accumulator's layout is that of A's
/// fragments, two eights of columns to one of 16.
__device__ inline void round_scores(Probabilities& p, const Scores& scores) {
#pragma unroll
  for (int i = 0; i < kKeys / 4; ++i) {
    p[i / 4][i % 4] = pack_bf16(scores[2 * i], scores[2 * i + 1]);
  }
}

}  // namespace gpugauge::attention_wgmma
