#pragma once

// What the type of a cache means to decode attention: how its elements become 16-bit operands of
// the tensor cores.

#include <cuda_fp16.h>

#include <bit>
#include <cstdint>

#include "kernels/cuda/machine/fp8_to_fp16.hpp"
#include "kernels/cuda/machine/intrinsics.hpp"
#include "kernels/cuda/machine/token_vectors.hpp"

namespace gpugauge::attention_decode {

struct Bf16Cache {
  static constexpr int kBytes = 2;
  static constexpr int kPairs = 1;  ///< of 16-bit elements in a 32-bit word
  static __device__ void widen(std::uint32_t word, std::uint32_t* pairs) { pairs[0] = word; }
  static __device__ std::uint32_t query(std::uint32_t bf16_pair) { return bf16_pair; }
  static __device__ std::uint32_t pack(float low, float high) { return pack_bf16(low, high); }
  static __device__ void multiply(float (&d)[4], const std::uint32_t (&a)[4],
                                  const std::uint32_t (&b)[2]) {
    mma_bf16(d, a, b);
  }
};

/// FP16 holds every e4m3 number exactly, and every query that is neither above 65504 nor so small
/// that it does not matter.
struct Fp8Cache {
  static constexpr int kBytes = 1;
  static constexpr int kPairs = 2;
  static __device__ void widen(std::uint32_t word, std::uint32_t* pairs) {
    pairs[0] = fp16_of_fp8(word & 0xFFFF);
    pairs[1] = fp16_of_fp8(word >> 16);
  }
  static __device__ std::uint32_t query(std::uint32_t bf16_pair) {
    return pack(std::bit_cast<float>(bf16_pair << 16),
                std::bit_cast<float>(bf16_pair & 0xFFFF0000U));
  }
  static __device__ std::uint32_t pack(float low, float high) {
    return std::bit_cast<std::uint32_t>(__half2_raw(__floats2half2_rn(low, high)));
  }
  static __device__ void multiply(float (&d)[4], const std::uint32_t (&a)[4],
                                  const std::uint32_t (&b)[2]) {
    mma_fp16(d, a, b);
  }
};

}  // namespace gpugauge::attention_decode
