#pragma once

#include <bit>
#include <cstdint>

#include "kernels/cuda/machine/intrinsics.hpp"
#include "kernels/ops/op.hpp"
#include "kernels/reference/memory_reference.hpp"

namespace gpugauge {

constexpr bool reads_two_arrays(MemoryPattern pattern) {
  return pattern == MemoryPattern::kAdd || pattern == MemoryPattern::kTriad;
}

/// The element that a pattern writes, as the 32 bits of its fp32: from b or, where it reads two
/// arrays, from b and c.
template <MemoryPattern kPattern>
__device__ inline std::uint32_t written_word(std::uint32_t b_word, std::uint32_t c_word) {
  const auto b = std::bit_cast<float>(b_word);
  const auto c = std::bit_cast<float>(c_word);
  if constexpr (kPattern == MemoryPattern::kCopy) return b_word;
  if constexpr (kPattern == MemoryPattern::kScale)
    return std::bit_cast<std::uint32_t>(kMemoryScale * b);
  if constexpr (kPattern == MemoryPattern::kAdd) return std::bit_cast<std::uint32_t>(b + c);
  return std::bit_cast<std::uint32_t>(__fmaf_rn(kMemoryScale, c, b));
}

/// Four of them.
template <MemoryPattern kPattern>
__device__ inline uint4 written_words(const uint4& b, const uint4& c) {
  return {written_word<kPattern>(b.x, c.x), written_word<kPattern>(b.y, c.y),
          written_word<kPattern>(b.z, c.z), written_word<kPattern>(b.w, c.w)};
}

/// The sum modulo 2^32 over the block's first `kWarps` warps, which all call it; known to thread 0.
template <int kWarps>
__device__ std::uint32_t block_sum(std::uint32_t sum, std::uint32_t (&warp_sums)[kWarps]) {
  sum = __reduce_add_sync(0xFFFFFFFFU, sum);
  if (threadIdx.x % 32 == 0) warp_sums[threadIdx.x / 32] = sum;
  sync_named(1, kWarps * 32);
  if (threadIdx.x != 0) return 0;
#pragma unroll
  for (int warp = 1; warp < kWarps; ++warp) sum += warp_sums[warp];
  return sum;
}

}  // namespace gpugauge
