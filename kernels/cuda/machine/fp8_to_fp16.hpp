#pragma once

#include <cuda_fp16.h>
#include <cuda_fp8.h>

#include <bit>
#include <cstdint>

/// e4m3 as fp16, which holds every e4m3 number exactly.
namespace gpugauge {

/// Two e4m3 numbers as fp16 in seven instructions, none of which needs Ada: NVIDIA's own conversion
/// is a loop there. The bits of e4m3 are those of an fp16 number that is too small by the
/// difference of the exponents' biases, 2^8, subnormal numbers included. NaN becomes 0x7FFF, as the
/// instruction has it.
__device__ inline std::uint32_t fp16_by_bits(std::uint32_t two_fp8) {
  const std::uint32_t high_bytes = (two_fp8 & 0xFF) << 8 | (two_fp8 & 0xFF00) << 16;
  const std::uint32_t magnitude = high_bytes >> 1 & 0x3F803F80;
  const std::uint32_t if_nan = (magnitude + 0x00800080) & 0x40004000;  // makes fp16's NaN of e4m3's
  const std::uint32_t bits = (high_bytes & 0x80008000) | magnitude | if_nan;
  const __half2 product =
      __hmul2(std::bit_cast<__half2_raw>(bits), __half2_raw{0x5C00, 0x5C00});  // 256
  return std::bit_cast<std::uint32_t>(static_cast<__half2_raw>(product));
}

/// Two e4m3 numbers as fp16, the lower byte in the lower half.
__device__ inline std::uint32_t fp16_of_fp8(std::uint32_t two_fp8) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 890
  return std::bit_cast<std::uint32_t>(
      __nv_cvt_fp8x2_to_halfraw2(static_cast<__nv_fp8x2_storage_t>(two_fp8), __NV_E4M3));
#else
  return fp16_by_bits(two_fp8);
#endif
}

}  // namespace gpugauge
