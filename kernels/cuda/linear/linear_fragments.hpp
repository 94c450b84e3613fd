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
    std::byte* step = stage[byte / LinearPlan::kStepBytes].bytes;
#pragma unroll
    for (int i = 0; i < kPieces; ++i) {
      const int token = first_token() + i * kTokenStride;
      if (token >= S::kTokens) break;
      std::byte* out = step + swizzled_offset(token, byte % LinearPlan::kStepBytes);
      const uint4 v = pieces_[i];
      if constexpr (S::kTypes == Types::kQuantised) {
        const float scale = arguments_.x_inverse_scale;
        *reinterpret_cast<uint2*>(out) = {quantised(v.x, v.y, scale), quantised(v.z, v.w, scale)};
      } else {
        *reinterpret_cast<uint4*>(out) = v;
      }
    }
  }

 private:
  static constexpr int kPieceElements = 16 / S::kXBytes;
  static constexpr int kRowPieces = S::kStageSteps * S::kStepElements / kPieceElements;
  static constexpr int kTokenStride = S::kThreads / kRowPieces;
  static constexpr int kPieces = (S::kTokens + kTokenStride - 1) / kTokenStride;

  // The place of the first piece; the others are of tokens kTokenStride further.
  __device__ static int first_token() { return static_cast<int>(threadIdx.x) / kRowPieces; }
  __device__ static int element() {
    return static_cast<int>(threadIdx.x) % kRowPieces * kPieceElements;
  }

  const Arguments& arguments_;
  uint4 pieces_[kPieces];
};

/// The 16 bytes of this lane, of each of `Rows` rows that are so many bytes apart.
template <typename S, int Rows>
struct Lines {
  std::uint32_t words[Rows][4];

  __device__ explicit Lines(const std::byte* row, int stride = kSwizzleAtomBytes) {
#pragma unroll
    for (int i = 0; i < Rows; ++i) {
      const uint4 v = *reinterpret_cast<const uint4*>(row + i * stride);
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

template <typename S>
__device__ void multiply_fragments(float4& sum, const std::uint32_t (&a)[4],
                                   const std::uint32_t (&b)[2]) {
  float d[4] = {sum.x, sum.y, sum.z, sum.w};
  if constexpr (S::kFp8Weights) {
    mma_fp16(d, a, b);
  } else {
    mma_bf16(d, a, b);
  }
  sum = {d[0], d[1], d[2], d[3]};
}

/// Writes the sum of a row of w and a token, unless it lies beyond the last.
__device__ inline void write_sum(const Arguments& arguments, int row, int token, float sum) {
  if (row < arguments.n && token < arguments.m) {
    arguments.y[static_cast<std::int64_t>(token) * arguments.n + row] =
        __float2bfloat16(sum * arguments.scale);
  }
}

/// Works through a block's steps, by `S::kThreads` threads. `pipe.acquire()` waits for the weights
/// of the next chunk, and is a barrier of these threads; `pipe.release()` gives them back.
template <typename S, typename Sums, typename Pipe>
__device__ void multiply_chunks(const Arguments& arguments, XStage<S> (&x)[2], Sums sums,
                                Pipe& pipe) {
  const WorkSplit& split = arguments.split;
  int position = split.begin(static_cast<int>(blockIdx.x));
  const int end = split.begin(static_cast<int>(blockIdx.x) + 1);

  WorkChunk chunk = split.chunk(position, end, S::kStageSteps);
  XCarrier<S> carrier(arguments);
  carrier.load(chunk);
  carrier.store(x[0]);
  sums.clear();
  bool begins_tile = chunk.step == 0;
  for (unsigned parity = 0; chunk.steps > 0; parity ^= 1) {
    position += chunk.steps;
    const WorkChunk next = split.chunk(position, end, S::kStageSteps);
    carrier.load(next);

    sums.multiply(pipe.acquire(), x[parity], chunk.steps);
    pipe.release();

    const bool ends = next.steps == 0 || next.tile != chunk.tile;
    if (!Sums::kTakesPlaceOfX || !ends) carrier.store(x[parity ^ 1]);
    if (ends) {
      sums.finish(chunk.tile, begins_tile);
      sums.clear();
      begins_tile = true;
      if (Sums::kTakesPlaceOfX) carrier.store(x[parity ^ 1]);
    }
    chunk = next;
  }
}

}  // namespace gpugauge::linear
