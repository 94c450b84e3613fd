#pragma once

// The sums of a tile that may be cut along K: each warp has rows of its own, and the blocks of a
// tile add their sums up through device memory.

#include "kernels/cuda/linear/linear_fragments.hpp"

namespace gpugauge::linear {

/// A thread's sums of one tile, in fp32.
template <typename S>
class CutSums {
 public:
  static constexpr bool kTakesPlaceOfX = false;

  __device__ CutSums(const Arguments& arguments, bool& shared_last)
      : arguments_(arguments), shared_last_(shared_last) {}

  __device__ void clear() {
    for_each([](float4& sum) { sum = {0, 0, 0, 0}; });
  }

  /// Adds the products of the first steps of a stage.
  __device__ void multiply(const std::byte* weights, const XStage<S>& x, int steps) {
    const int row = fragment_row(lane() / 4), byte = lane() % 4 * 16;
    const int w_offset = swizzled_offset(first_row() + row, byte);
    const int x_offset = swizzled_offset(first_token() + row, byte);
#pragma unroll 1
    for (int step = 0; step < steps; ++step) {
#pragma unroll
      for (int half = 0; half < LinearPlan::kStepBytes; half += LinearPlan::kStepBytes / 2) {
        multiply_half(weights + (w_offset ^ half), x[step].bytes + (x_offset ^ half));
      }
      weights += sizeof(WeightStep);
    }
  }

  /// Stores this block's share of the tile, or the whole if it has all of it. Of the blocks that
  /// share a tile the last to come adds all shares in the order of the blocks: the result does not
  /// depend on which that is.
  __device__ void finish(int tile, bool begins_tile) {
    const TileBlocks blocks = arguments_.split.blocks_of(tile);
    if (blocks.count > 1) {
      store_partial(begins_tile);
      sync_named(1, S::kThreads);
      unsigned* counter = arguments_.counters + blocks.first;
      if (threadIdx.x == 0) {
        shared_last_ = count_arrival(counter) == static_cast<unsigned>(blocks.count - 1);
        if (shared_last_) *counter = 0;
      }
      sync_named(1, S::kThreads);
      if (!shared_last_) return;
      add_partials(blocks);
    }
    write(tile);
  }

 private:
  static constexpr int kVectors = S::kRowGroups * S::kTokenGroups;

  __device__ static int lane() { return static_cast<int>(threadIdx.x) % 32; }
  __device__ static int warp() { return static_cast<int>(threadIdx.x) / 32; }
  __device__ static int first_row() { return warp() / S::kTokenWarps * 16 * S::kRowGroups; }
  __device__ static int first_token() { return warp() % S::kTokenWarps * 8 * S::kTokenGroups; }

  template <typename Body>
  __device__ void for_each(Body body) {
#pragma unroll
    for (auto& row_group : sums_) {
#pragma unroll
      for (float4& sum : row_group) body(sum);
    }
  }

  /// Of 64 bytes of K.
  __device__ void multiply_half(const std::byte* w_row, const std::byte* x_row) {
    const Lines<S, 2 * S::kRowGroups> w(w_row);
    const Lines<S, S::kTokenGroups> x(x_row);
#pragma unroll
    for (int i = 0; i < S::kProducts; ++i) {
      std::uint32_t b[S::kTokenGroups][2];
#pragma unroll
      for (int group = 0; group < S::kTokenGroups; ++group) {
        const uint2 operand = x.operand(group, i);
        b[group][0] = operand.x, b[group][1] = operand.y;
      }
#pragma unroll
      for (int row_group = 0; row_group < S::kRowGroups; ++row_group) {
        const uint2 low = w.operand(2 * row_group, i), high = w.operand(2 * row_group + 1, i);
        const std::uint32_t a[4] = {low.x, high.x, low.y, high.y};
#pragma unroll
        for (int token_group = 0; token_group < S::kTokenGroups; ++token_group) {
          multiply_fragments<S>(sums_[row_group][token_group], a, b[token_group]);
        }
      }
    }
  }

  /// Partial sums lie as the threads hold them.
  __device__ float4* partials_of(int block, bool begins_tile) const {
    return arguments_.partials +
           static_cast<std::int64_t>(WorkSplit::partial_slot(block, begins_tile)) * kVectors *
               S::kThreads +
           threadIdx.x;
  }

  __device__ void store_partial(bool begins_tile) {
    float4* out = partials_of(static_cast<int>(blockIdx.x), begins_tile);
    for_each([&](const float4& sum) {
      *out = sum;
      out += S::kThreads;
    });
  }

  __device__ void add_partials(const TileBlocks& blocks) {
    clear();
#pragma unroll(16 / kVectors)  // as many loads under way
    for (int i = 0; i < blocks.count; ++i) {
      const float4* in = partials_of(blocks.first + i, i == 0);
      for_each([&](float4& sum) {
        sum = {sum.x + in->x, sum.y + in->y, sum.z + in->z, sum.w + in->w};
        in += S::kThreads;
      });
    }
  }

  __device__ void write(int tile) const {
#pragma unroll
    for (int i = 0; i < S::kRowGroups; ++i) {
      const int row = tile * LinearPlan::kRows + first_row() + 16 * i + fragment_row(lane() / 4);
#pragma unroll
      for (int j = 0; j < S::kTokenGroups; ++j) {
        const int tokens = first_token() + 8 * j;
        const int token = tokens + fragment_row(lane() % 4 * 2),
                  next = tokens + fragment_row(lane() % 4 * 2 + 1);
        const float4& sum = sums_[i][j];
        write_sum(arguments_, row, token, sum.x);
        write_sum(arguments_, row, next, sum.y);
        write_sum(arguments_, row + 8, token, sum.z);
        write_sum(arguments_, row + 8, next, sum.w);
      }
    }
  }

  const Arguments& arguments_;
  bool& shared_last_;
  float4 sums_[S::kRowGroups][S::kTokenGroups];
};

}  // namespace gpugauge::linear
