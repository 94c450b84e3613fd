#pragma once

// The sums of a tile that is not cut: the warps of its block share K, and add their sums up in
// shared memory. Nothing leaves the block but y.

#include "kernels/cuda/linear/linear_fragments.hpp"

namespace gpugauge::linear {

/// Where the warps of a block leave their sums of eight tokens, as their threads hold them.
template <typename S>
using SharedSums = float4[S::kWarps][S::kRowGroups][32];

/// A thread's sums of one tile, in fp32: of the half steps of its warp, all rows and tokens.
template <typename S>
class WholeSums {
 public:
  /// The shared sums lie where x does.
  static constexpr bool kTakesPlaceOfX = true;

  __device__ WholeSums(const Arguments& arguments, SharedSums<S>& shared)
      : arguments_(arguments), shared_(shared) {}

  __device__ void clear() {
#pragma unroll
    for (auto& row_group : sums_) {
#pragma unroll
      for (float4& sum : row_group) sum = {0, 0, 0, 0};
    }
  }

  /// Adds the products of this warp's half step of a stage, if it has so many steps.
  __device__ void multiply(const std::byte* weights, const XStage<S>& x, int steps) {
    static_assert(2 * S::kStageSteps == S::kWarps);
    const int step = warp() / 2;
    if (step >= steps) return;
    const int offset =
        swizzled_offset(fragment_row(lane() / 4), lane() % 4 * 16 + warp() % 2 * kHalf);
    const Lines<S, S::kTokenGroups> x_lines(x[step].bytes + offset);
    std::uint32_t b[S::kProducts][S::kTokenGroups][2];
#pragma unroll
    for (int i = 0; i < S::kProducts; ++i) {
#pragma unroll
      for (int group = 0; group < S::kTokenGroups; ++group) {
        const uint2 operand = x_lines.operand(group, i);
        b[i][group][0] = operand.x, b[i][group][1] = operand.y;
      }
    }
    const std::byte* row = weights + step * arguments_.rows * LinearPlan::kStepBytes + offset;
#pragma unroll
    for (int row_group = 0; row_group < S::kRowGroups; ++row_group) {
      if (!has(16 * row_group)) break;
      // Where a tile ends in the middle of a fragment, its lower half stands for both.
      const Lines<S, 2> w(row, has(16 * row_group + 8) ? kSwizzleAtomBytes : 0);
#pragma unroll
      for (int i = 0; i < S::kProducts; ++i) {
        const uint2 low = w.operand(0, i), high = w.operand(1, i);
        const std::uint32_t a[4] = {low.x, high.x, low.y, high.y};
#pragma unroll
        for (int group = 0; group < S::kTokenGroups; ++group) {
          multiply_fragments<S>(sums_[row_group][group], a, b[i][group]);
        }
      }
      row += 2 * kSwizzleAtomBytes;
    }
  }

  /// Adds up the sums of the warps, in their order, and writes y.
  __device__ void finish(int tile, bool /*begins_tile*/) {
#pragma unroll
    for (int group = 0; group < S::kTokenGroups; ++group) {
      sync_named(1, S::kThreads);  // x, or the tokens before, have been read
#pragma unroll
      for (int i = 0; i < S::kRowGroups; ++i) {
        if (has(16 * i)) shared_[warp()][i][lane()] = sums_[i][group];
      }
      sync_named(1, S::kThreads);
      write(tile, 8 * group);
    }
    sync_named(1, S::kThreads);
  }

 private:
  static constexpr int kHalf = LinearPlan::kStepBytes / 2;

  __device__ static int lane() { return static_cast<int>(threadIdx.x) % 32; }
  __device__ static int warp() { return static_cast<int>(threadIdx.x) / 32; }
  __device__ bool has(int row) const { return row < arguments_.rows; }

  /// Each thread has one row of the tile and two tokens.
  __device__ void write(int tile, int first_token) const {
    static_assert(S::kThreads >= S::kRowGroups * 32 * 2);
    const int place = static_cast<int>(threadIdx.x) / 2, half = static_cast<int>(threadIdx.x) % 2;
    const int row_group = place / 32, of_lane = place % 32;
    const int row = 16 * row_group + fragment_row(of_lane / 4) + 8 * half;
    if (row_group >= S::kRowGroups || !has(row)) return;
    float2 sum{0, 0};
#pragma unroll
    for (int i = 0; i < S::kWarps; ++i) {
      const float2 each = reinterpret_cast<const float2*>(&shared_[i][row_group][of_lane])[half];
      sum = {sum.x + each.x, sum.y + each.y};
    }
    const int row_of_all = tile * arguments_.rows + row;
    write_sum(arguments_, row_of_all, first_token + fragment_row(of_lane % 4 * 2), sum.x);
    write_sum(arguments_, row_of_all, first_token + fragment_row(of_lane % 4 * 2 + 1), sum.y);
  }

  const Arguments& arguments_;
  SharedSums<S>& shared_;
  float4 sums_[S::kRowGroups][S::kTokenGroups];
};

}  // namespace gpugauge::linear
