#pragma once

#include <bit>
#include <cstdint>
#include <span>

#include "kernels/reference/comparison.hpp"

namespace gpugauge {

/// What the memory kernels compute, on fp32 elements: read sums the 32-bit patterns, write stores
/// kMemoryWriteValue, copy is a[i] = b[i], scale is a[i] = kMemoryScale · b[i], add is
/// a[i] = b[i] + c[i], and triad is a[i] = b[i] + kMemoryScale · c[i].
inline constexpr std::uint8_t kMemoryWriteByte = 0x3F;
/// Four equal bytes, so that a memset writes it too: 0.747, neither poison nor a round number.
inline constexpr float kMemoryWriteValue = std::bit_cast<float>(0x01010101U * kMemoryWriteByte);
inline constexpr float kMemoryScale = 3.0F;

/// The sum modulo 2^32 of the 32-bit words: exact whatever the order, so that every launch is
/// compared for equality.
std::uint32_t word_checksum(std::span<const float> data);

/// Each compares every element it is given; `first_index` is where the spans begin in their array.
void compare_checksum(Comparison& comparison, std::uint32_t found, std::uint32_t expected);
void compare_write(Comparison& comparison, std::span<const float> found,
                   std::int64_t first_index = 0);
void compare_copy(Comparison& comparison, std::span<const float> found, std::span<const float> b,
                  std::int64_t first_index = 0);
/// Scale and add round once: exact.
void compare_scale(Comparison& comparison, std::span<const float> found, std::span<const float> b,
                   std::int64_t first_index = 0);
void compare_add(Comparison& comparison, std::span<const float> found, std::span<const float> b,
                 std::span<const float> c, std::int64_t first_index = 0);
/// Within the rounding of a multiplication and an addition, fused or not.
void compare_triad(Comparison& comparison, std::span<const float> found, std::span<const float> b,
                   std::span<const float> c, std::int64_t first_index = 0);

}  // namespace gpugauge
