#pragma once

// What the kernels of linear_stream share: everything but how the weights come to shared memory.
//
// The weights are the matrix instruction's 16 rows and the tokens its 8 columns, so that one token
// costs as many instructions as eight. A dot product does not care about the order of K: a lane
// takes 16 contiguous bytes of a row of weights and of a row of x and calls them the K of its
// fragments; nothing is shuffled or packed. e4m3 becomes fp16, exactly, in registers: on Hopper the
// FP8 instruction of a warp is made of such conversions anyway, and its products are no more exact.

#include <cuda_bf16.h>
#include <cuda_fp8.h>

#include <bit>
#include <cstddef>

#include "kernels/cuda/linear/linear_arguments.hpp"
#include "kernels/cuda/machine/fp8_to_fp16.hpp"
#include "kernels/cuda/machine/intrinsics.hpp"

namespace gpugauge::linear {

/// Four BF16 elements, scaled and rounded to e4m3.
__device__ inline std::uint32_t quantised(std::uint32_t first, std::uint32_t second,
                                          float inverse_scale) {
  const auto pair = [=](std::uint32_t two) -> std::uint32_t {
    const float2 values{std::bit_cast<float>(two << 16) * inverse_scale,
                        std::bit_cast<float>(two & 0xFFFF0000U) * inverse_scale};
    return __nv_cvt_float2_to_fp8x2(values, __NV_SATFINITE, __NV_E4M3);
  };
  return pair(first) | pair(second) << 16;
}

/// What this thread carries of the activations of one chunk, from device memory to a stage. Here
/// they are quantised.
template <typename S>
class XCarrier {
 public:
  __device__ XCarrier(const Arguments& arguments) : arguments_(arguments) {}

  /// Zeros beyond the last token and the last K.
  __device__ void load(const WorkChunk& chunk) {
    const int first = chunk.step * S::kStepElements;
    const int chunk_end = first + chunk.steps * S::kStepElements;
    const int end = chunk_end < arguments_.k ? chunk_end : arguments_.k;
    const std::int64_t row_bytes = std::int64_t{arguments_.k} * S::kXBytes;
    const std::byte* in =
        arguments_.x + first_token() * row_bytes + (first + element()) * S::kXBytes;
#pragma unroll
    for (int i = 0; i < kPieces; ++i) {
      const bool inside =
          first_token() + i * kTokenStride < arguments_.m && first + element() < end;
      pieces_[i] = inside ? *reinterpret_cast<const uint4*>(in) : uint4{0, 0, 0, 0};
      in += kTokenStride * row_bytes;
    }
  }

  __device__ void store(XStage<S>& stage) const {
    const int byte = element() * S::kOperandBytes;
    std::byte* out = stage[byte / LinearPlan::kStepBytes].bytes +
                     swizzled_offset(first_token(), byte % LinearPlan::kStepBytes);
#pragma unroll
    for (int i = 0; i < kPieces; ++i) {
      if (first_token() + i * kTokenStride >= S::kTokens) break;
      const uint4 v = pieces_[i];
      if constexpr (S::kTypes == Types::kQuantised) {
        const float scale = arguments_.x_inverse_scale;
        *reinterpret_cast<uint2*>(out) = {quantised(v.x, v.y, scale), quantised(v.z, v.w, scale)};
      } else {
        *reinterpret_cast<uint4*>(out) = v;
      }
      out += kTokenStride * kSwizzleRowBytes;
    }
  }

 private:
  static constexpr int kPieceElements = 16 / S::kXBytes;
  static constexpr int kRowPieces = S::kStageSteps * S::kStepElements / kPieceElements;
  static constexpr int kTokenStride = S::kThreads / kRowPieces;
  static constexpr int kPieces = (S::kTokens + kTokenStride - 1) / kTokenStride;
  static_assert(kTokenStride * kSwizzleRowBytes % kSwizzleAtomBytes == 0);

  // The place of the first piece; the others are of tokens kTokenStride further.
  __device__ static int first_token() { return static_cast<int>(threadIdx.x) / kRowPieces; }
  __device__ static int element() {
    return static_cast<int>(threadIdx.x) % kRowPieces * kPieceElements;
  }

  const Arguments& arguments_;
  uint4 pieces_[kPieces];
};

/// A thread's sums of one tile, in fp32.
template <typename S>
class Sums {
 public:
  __device__ void clear() {
    for_each([](float4& sum) { sum = {0, 0, 0, 0}; });
  }

  /// Adds the products of the first steps of a stage.
  __device__ void multiply(const WeightStep* weights, const XStage<S>& x, int steps) {
    const int row = fragment_row(lane() / 4), byte = lane() % 4 * 16;
    const int w_offset = swizzled_offset(first_row() + row, byte);
    const int x_offset = swizzled_offset(first_token() + row, byte);
#pragma unroll 1
    for (int step = 0; step < steps; ++step) {
#pragma unroll
      for (int half = 0; half < LinearPlan::kStepBytes; half += LinearPlan::kStepBytes / 2) {
        multiply_half(weights[step].bytes + (w_offset ^ half), x[step].bytes + (x_offset ^ half));
      }
    }
  }

  /// Stores this block's share of the tile, or the whole if it has all of it. Of the blocks that
  /// share a tile the last to come adds all shares in the order of the blocks: the result does not
  /// depend on which that is.
  __device__ void finish(const Arguments& arguments, int tile, bool begins_tile,
                         bool& shared_last) {
    const TileBlocks blocks = arguments.split.blocks_of(tile);
    if (blocks.count > 1) {
      store_partial(arguments, begins_tile);
      sync_named(1, S::kThreads);
      unsigned* counter = arguments.counters + blocks.first;
      if (threadIdx.x == 0) {
        shared_last = count_arrival(counter) == static_cast<unsigned>(blocks.count - 1);
        if (shared_last) *counter = 0;
      }
      sync_named(1, S::kThreads);
      if (!shared_last) return;
      add_partials(arguments, blocks);
    }
    write(arguments, tile);
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

  /// The 16 bytes of this lane, of each of `Rows` rows that are eight apart.
  template <int Rows>
  struct Lines {
    std::uint32_t words[Rows][4];

    __device__ explicit Lines(const std::byte* row) {
#pragma unroll
      for (int i = 0; i < Rows; ++i) {
        const uint4 v = *reinterpret_cast<const uint4*>(row + i * kSwizzleAtomBytes);
        words[i][0] = v.x, words[i][1] = v.y, words[i][2] = v.z, words[i][3] = v.w;
      }
    }

    /// What the lane gives to product `i` of the lines', 32 bits of K and 32 more.
    __device__ uint2 operand(int line, int i) const {
      if constexpr (S::kFp8Weights) {
        return {fp16_of_fp8(words[line][i] & 0xFFFF), fp16_of_fp8(words[line][i] >> 16)};
      } else {
        return {words[line][2 * i], words[line][2 * i + 1]};
      }
    }
  };

  /// Of 64 bytes of K.
  __device__ void multiply_half(const std::byte* w_row, const std::byte* x_row) {
    constexpr int kProducts = S::kFp8Weights ? 4 : 2;
    const Lines<2 * S::kRowGroups> w(w_row);
    const Lines<S::kTokenGroups> x(x_row);
#pragma unroll
    for (int i = 0; i < kProducts; ++i) {
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
          multiply_fragments(sums_[row_group][token_group], a, b[token_group]);
        }
      }
    }
  }

  __device__ static void multiply_fragments(float4& sum, const std::uint32_t (&a)[4],
                                            const std::uint32_t (&b)[2]) {
    float d[4] = {sum.x, sum.y, sum.z, sum.w};
    if constexpr (S::kFp8Weights) {
      mma_fp16(d, a, b);
    } else {
      mma_bf16(d, a, b);
    }
    sum = {d[0], d[1], d[2], d[3]};
  }

  /// Partial sums lie as the threads hold them.
  __device__ static float4* partials_of(const Arguments& arguments, int block, bool begins_tile) {
    return arguments.partials +
           static_cast<std::int64_t>(WorkSplit::partial_slot(block, begins_tile)) * kVectors *
               S::kThreads +
           threadIdx.x;
  }

  __device__ void store_partial(const Arguments& arguments, bool begins_tile) {
    float4* out = partials_of(arguments, static_cast<int>(blockIdx.x), begins_tile);
    for_each([&](const float4& sum) {
      *out = sum;
      out += S::kThreads;
    });
  }

  __device__ void add_partials(const Arguments& arguments, const TileBlocks& blocks) {
    clear();
#pragma unroll(16 / kVectors)  // as many loads under way
    for (int i = 0; i < blocks.count; ++i) {
      const float4* in = partials_of(arguments, blocks.first + i, i == 0);
      for_each([&](float4& sum) {
        sum = {sum.x + in->x, sum.y + in->y, sum.z + in->z, sum.w + in->w};
        in += S::kThreads;
      });
    }
  }

  __device__ void write(const Arguments& arguments, int tile) const {
    const auto write_one = [&](int row, int token, float sum) {
      if (row < arguments.n && token < arguments.m) {
        arguments.y[static_cast<std::int64_t>(token) * arguments.n + row] =
            __float2bfloat16(sum * arguments.scale);
      }
    };
#pragma unroll
    for (int i = 0; i < S::kRowGroups; ++i) {
      const int row = tile * LinearPlan::kRows + first_row() + 16 * i + fragment_row(lane() / 4);
#pragma unroll
      for (int j = 0; j < S::kTokenGroups; ++j) {
        const int tokens = first_token() + 8 * j;
        const int token = tokens + fragment_row(lane() % 4 * 2),
                  next = tokens + fragment_row(lane() % 4 * 2 + 1);
        const float4& sum = sums_[i][j];
        write_one(row, token, sum.x);
        write_one(row, next, sum.y);
        write_one(row + 8, token, sum.z);
        write_one(row + 8, next, sum.w);
      }
    }
  }

  float4 sums_[S::kRowGroups][S::kTokenGroups];
};

/// Works through a block's steps, by `S::kThreads` threads. `pipe.acquire()` waits for the weights
/// of the next chunk, and is a barrier of these threads; `pipe.release()` gives them back.
template <typename S, typename Pipe>
__device__ void multiply_chunks(const Arguments& arguments, XStage<S> (&x)[2], bool& shared_last,
                                Pipe& pipe) {
  const WorkSplit& split = arguments.split;
  int position = split.begin(static_cast<int>(blockIdx.x));
  const int end = split.begin(static_cast<int>(blockIdx.x) + 1);

  WorkChunk chunk = split.chunk(position, end, S::kStageSteps);
  XCarrier<S> carrier(arguments);
  carrier.load(chunk);
  carrier.store(x[0]);
  Sums<S> sums;
  sums.clear();
  bool begins_tile = chunk.step == 0;
  for (unsigned parity = 0; chunk.steps > 0; parity ^= 1) {
    position += chunk.steps;
    const WorkChunk next = split.chunk(position, end, S::kStageSteps);
    carrier.load(next);

    sums.multiply(pipe.acquire(), x[parity], chunk.steps);
    pipe.release();

    carrier.store(x[parity ^ 1]);
    if (next.steps == 0 || next.tile != chunk.tile) {
      sums.finish(arguments, chunk.tile, begins_tile, shared_last);
      sums.clear();
      begins_tile = true;
    }
    chunk = next;
  }
}

}  // namespace gpugauge::linear
