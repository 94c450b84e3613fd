#pragma once

// What a type of operands means to the mma.sync GEMM: its product, and how its sums are stored.

#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include <cstdint>
#include <cstring>

#include "kernels/cuda/machine/intrinsics.hpp"

namespace gpugauge::gemm_mma {

/// Two 16-bit numbers as the machine holds them.
template <typename Pair>
__device__ std::uint32_t bits_of(const Pair& pair) {
  static_assert(sizeof(Pair) == sizeof(std::uint32_t));
  std::uint32_t bits;
  std::memcpy(&bits, &pair, sizeof(bits));
  return bits;
}

struct Bf16 {
  using Sum = float;
  static constexpr int kBytes = 2;
  static __device__ void multiply(float (&d)[4], const std::uint32_t (&a)[4],
                                  const std::uint32_t (&b)[2]) {
    mma_bf16(d, a, b);
  }
  /// Stores eight sums of one row.
  static __device__ void store(void* y, std::int64_t index, const float (&sums)[8], float scale) {
    const auto pair = [&](int i) {
      return bits_of(__floats2bfloat162_rn(scale * sums[i], scale * sums[i + 1]));
    };
    store_streaming(static_cast<__nv_bfloat16*>(y) + index,
                    uint4{pair(0), pair(2), pair(4), pair(6)});
  }
};

struct Fp16 {
  using Sum = float;
  static constexpr int kBytes = 2;
  static __device__ void multiply(float (&d)[4], const std::uint32_t (&a)[4],
                                  const std::uint32_t (&b)[2]) {
    mma_fp16(d, a, b);
  }
  static __device__ void store(void* y, std::int64_t index, const float (&sums)[8], float scale) {
    const auto pair = [&](int i) {
      return bits_of(__floats2half2_rn(scale * sums[i], scale * sums[i + 1]));
    };
    store_streaming(static_cast<__half*>(y) + index, uint4{pair(0), pair(2), pair(4), pair(6)});
  }
};

struct Fp8 : Bf16 {
  static constexpr int kBytes = 1;
  static __device__ void multiply(float (&d)[4], const std::uint32_t (&a)[4],
                                  const std::uint32_t (&b)[2]) {
    mma_fp8(d, a, b);
  }
};

struct Int8 {
  using Sum = std::int32_t;
  static constexpr int kBytes = 1;
  static __device__ void multiply(std::int32_t (&d)[4], const std::uint32_t (&a)[4],
                                  const std::uint32_t (&b)[2]) {
    mma_int8(d, a, b);
  }
  static __device__ void store(void* y, std::int64_t index, const std::int32_t (&sums)[8], float) {
    const auto word = [&](int i) { return static_cast<std::uint32_t>(sums[i]); };
    auto* const out = static_cast<std::int32_t*>(y) + index;
    store_streaming(out, uint4{word(0), word(1), word(2), word(3)});
    store_streaming(out + 4, uint4{word(4), word(5), word(6), word(7)});
  }
};

}  // namespace gpugauge::gemm_mma
