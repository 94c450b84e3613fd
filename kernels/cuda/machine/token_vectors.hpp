#pragma once

#include <cuda_bf16.h>
#include <cuda_fp8.h>

#include <bit>
#include <cstdint>
#include <cstring>

#include "harness/base/dtype.hpp"
#include "kernels/cuda/machine/intrinsics.hpp"

/// Eight or sixteen neighbouring elements in a thread's registers: how the token ops read and write
/// device memory, 16 bytes at a time.
namespace gpugauge {

inline constexpr int kVectorElements = 8;  ///< of 16 bytes of BF16

/// An ordinary load: for what the kernel before this one wrote, which `load_streaming` must not
/// read.
__device__ inline uint4 load_vector(const void* bf16, std::int64_t element) {
  return *reinterpret_cast<const uint4*>(static_cast<const __nv_bfloat16*>(bf16) + element);
}

__device__ inline void unpack(uint4 packed, float* values) {
  const std::uint32_t words[4] = {packed.x, packed.y, packed.z, packed.w};
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    values[2 * i] = std::bit_cast<float>(words[i] << 16);
    values[2 * i + 1] = std::bit_cast<float>(words[i] & 0xFFFF0000U);
  }
}

__device__ inline std::uint32_t pack_bf16(float low, float high) {
  const __nv_bfloat162 pair = __floats2bfloat162_rn(low, high);
  std::uint32_t word;
  memcpy(&word, &pair, sizeof(word));
  return word;
}
__device__ inline uint4 pack_bf16(const float* values) {
  return uint4{pack_bf16(values[0], values[1]), pack_bf16(values[2], values[3]),
               pack_bf16(values[4], values[5]), pack_bf16(values[6], values[7])};
}

/// To nearest even; what is too large becomes ±448.
__device__ inline std::uint32_t pack_fp8(const float* values) {
  const auto pair = [](float low, float high) -> std::uint32_t {
    return __nv_cvt_float2_to_fp8x2(float2{low, high}, __NV_SATFINITE, __NV_E4M3);
  };
  return pair(values[0], values[1]) | pair(values[2], values[3]) << 16;
}

/// Writes 8 elements, or 16 where a 16-byte store of FP8 is to be filled.
template <DType dtype, int Count>
__device__ void store_elements(void* array, std::int64_t element, const float (&values)[Count]) {
  static_assert(Count == 8 || Count == 16);
  if constexpr (dtype == DType::kFp8E4m3) {
    auto* const out = static_cast<std::uint8_t*>(array) + element;
    if constexpr (Count == 8) {
      *reinterpret_cast<uint2*>(out) = {pack_fp8(values), pack_fp8(values + 4)};
    } else {
      *reinterpret_cast<uint4*>(out) = {pack_fp8(values), pack_fp8(values + 4),
                                        pack_fp8(values + 8), pack_fp8(values + 12)};
    }
  } else {
    static_assert(dtype == DType::kBf16);
    auto* const out = reinterpret_cast<uint4*>(static_cast<__nv_bfloat16*>(array) + element);
#pragma unroll
    for (int i = 0; i < Count / 8; ++i) out[i] = pack_bf16(values + 8 * i);
  }
}

/// Combines a value of every lane of `Lanes` neighbours; all lanes of the warp call it.
template <int Lanes, typename Value, typename Combine>
__device__ Value combine_lanes(Value value, Combine combine) {
#pragma unroll
  for (int distance = Lanes / 2; distance > 0; distance /= 2) {
    value = combine(value, __shfl_xor_sync(0xFFFFFFFFU, value, distance));
  }
  return value;
}

/// Combines a value of every thread of a block of whole warps; every thread gets it. `Combine` has
/// `Value{}` as its neutral element. `shared` holds one value a warp and is free again after the
/// block's next barrier.
template <typename Value, typename Combine>
__device__ Value combine_block(Value value, Value* shared, Combine combine) {
  const unsigned lane = threadIdx.x % 32, warps = blockDim.x / 32;
  value = combine_lanes<32>(value, combine);
  if (lane == 0) shared[threadIdx.x / 32] = value;
  __syncthreads();
  return combine_lanes<32>(lane < warps ? shared[lane] : Value{}, combine);
}

}  // namespace gpugauge
