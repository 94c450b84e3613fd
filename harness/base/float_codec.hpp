#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "harness/base/dtype.hpp"

#if defined(__CUDACC__)
#define GPUGAUGE_HD __host__ __device__
#else
#define GPUGAUGE_HD
#endif

namespace gpugauge {

/// A binary floating-point format no wider than fp32: a sign, then exponent, then mantissa bits.
struct FloatFormat {
  int exponent_bits;
  int mantissa_bits;  ///< without the implicit one
  bool has_infinity;  ///< else the top exponent holds numbers, and only all ones is NaN

  constexpr int bits() const { return 1 + exponent_bits + mantissa_bits; }
  constexpr int bias() const { return (1 << (exponent_bits - 1)) - 1; }
  constexpr std::uint32_t magnitude_mask() const { return (1U << (bits() - 1)) - 1; }
  constexpr std::uint32_t infinity_code() const {
    return ((1U << exponent_bits) - 1) << mantissa_bits;
  }
  constexpr std::uint32_t max_finite_code() const {
    return (has_infinity ? infinity_code() : magnitude_mask()) - 1;
  }
  /// Quiet and positive.
  constexpr std::uint32_t nan_code() const {
    return has_infinity ? infinity_code() | (1U << (mantissa_bits - 1)) : magnitude_mask();
  }
};

inline constexpr FloatFormat kBf16Format{8, 7, true};
inline constexpr FloatFormat kFp16Format{5, 10, true};
// The two FP8 formats: Micikevicius et al., FP8 Formats for Deep Learning, 2022, table 1.
inline constexpr FloatFormat kFp8E4m3Format{4, 3, false};
inline constexpr FloatFormat kFp8E5m2Format{5, 2, true};

/// The code nearest to `value`, ties to even. What is too large becomes infinity, or the largest
/// number in a format that has no infinity. NaN keeps only its sign.
template <FloatFormat F>
GPUGAUGE_HD constexpr std::uint32_t encode_float(float value) {
  constexpr int kMinExponent = 1 - F.bias();
  const auto pattern = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (pattern >> 31) << (F.bits() - 1);
  const std::uint32_t magnitude = pattern & 0x7FFFFFFFU;
  if (magnitude > 0x7F800000U) return sign | F.nan_code();

  const bool is_subnormal = magnitude < 0x00800000U;
  const int exponent = is_subnormal ? -126 : static_cast<int>(magnitude >> 23) - 127;
  const std::uint32_t significand = (magnitude & 0x007FFFFFU) | (is_subnormal ? 0 : 0x00800000U);
  const int below_normal = exponent < kMinExponent ? kMinExponent - exponent : 0;
  const int shift = 23 - F.mantissa_bits + below_normal;
  if (shift > 24) return sign;  // below half of the smallest number

  const std::uint32_t is_odd = (significand >> shift) & 1;
  const std::uint32_t rounded = (significand + (1U << (shift - 1)) - 1 + is_odd) >> shift;
  // The implicit one, and the carry of a mantissa that rounded up, count the exponent up.
  const auto steps = static_cast<std::uint32_t>(exponent + below_normal - kMinExponent);
  const std::uint32_t code = (steps << F.mantissa_bits) + rounded;
  if (code <= F.max_finite_code()) return sign | code;
  return sign | (F.has_infinity ? F.infinity_code() : F.max_finite_code());
}

/// The value of a code, exactly.
template <FloatFormat F>
GPUGAUGE_HD constexpr float decode_float(std::uint32_t code) {
  const std::uint32_t sign = (code >> (F.bits() - 1)) << 31;
  const std::uint32_t magnitude = code & F.magnitude_mask();
  if (magnitude > (F.has_infinity ? F.infinity_code() : F.max_finite_code())) {
    return std::bit_cast<float>(sign | 0x7FC00000U);
  }
  if (F.has_infinity && magnitude == F.infinity_code()) {
    return std::bit_cast<float>(sign | 0x7F800000U);
  }
  if constexpr (F.exponent_bits == 8) {  // fp32's own exponents, subnormals too
    return std::bit_cast<float>(sign | (magnitude << (23 - F.mantissa_bits)));
  } else {
    // Read as fp32, the bits stand for the value with another bias; subnormals have no implicit
    // one.
    constexpr int kMinExponent = 1 - F.bias();
    if ((magnitude >> F.mantissa_bits) == 0) {
      constexpr float kStep = std::bit_cast<float>(
          static_cast<std::uint32_t>(127 + kMinExponent - F.mantissa_bits) << 23);
      const float value = static_cast<float>(magnitude) * kStep;
      return sign != 0 ? -value : value;
    }
    constexpr std::uint32_t kRebias = static_cast<std::uint32_t>(127 - F.bias()) << 23;
    return std::bit_cast<float>(sign | ((magnitude << (23 - F.mantissa_bits)) + kRebias));
  }
}

/// Writes `value` as element `index` of an array of `dtype`: floats to nearest even, integers
/// rounded and clamped to ±127 for int8 (symmetric quantisation). tf32 is stored as fp32,
/// unrounded.
GPUGAUGE_HD inline void store_element(DType dtype, void* array, std::int64_t index, float value) {
  switch (dtype) {
    case DType::kFp32:
    case DType::kTf32:
      static_cast<float*>(array)[index] = value;
      return;
    case DType::kBf16:
      static_cast<std::uint16_t*>(array)[index] =
          static_cast<std::uint16_t>(encode_float<kBf16Format>(value));
      return;
    case DType::kFp16:
      static_cast<std::uint16_t*>(array)[index] =
          static_cast<std::uint16_t>(encode_float<kFp16Format>(value));
      return;
    case DType::kFp8E4m3:
      static_cast<std::uint8_t*>(array)[index] =
          static_cast<std::uint8_t>(encode_float<kFp8E4m3Format>(value));
      return;
    case DType::kFp8E5m2:
      static_cast<std::uint8_t*>(array)[index] =
          static_cast<std::uint8_t>(encode_float<kFp8E5m2Format>(value));
      return;
    case DType::kInt8: {
      const float clamped = value < -127.0F ? -127.0F : (value > 127.0F ? 127.0F : value);
      static_cast<std::int8_t*>(array)[index] = static_cast<std::int8_t>(rintf(clamped));
      return;
    }
    case DType::kInt32:
      static_cast<std::int32_t*>(array)[index] = static_cast<std::int32_t>(rintf(value));
      return;
  }
}

/// Element `index` of an array of `dtype`, exactly.
GPUGAUGE_HD inline double load_element(DType dtype, const void* array, std::int64_t index) {
  switch (dtype) {
    case DType::kFp32:
    case DType::kTf32:
      return static_cast<const float*>(array)[index];
    case DType::kBf16:
      return decode_float<kBf16Format>(static_cast<const std::uint16_t*>(array)[index]);
    case DType::kFp16:
      return decode_float<kFp16Format>(static_cast<const std::uint16_t*>(array)[index]);
    case DType::kFp8E4m3:
      return decode_float<kFp8E4m3Format>(static_cast<const std::uint8_t*>(array)[index]);
    case DType::kFp8E5m2:
      return decode_float<kFp8E5m2Format>(static_cast<const std::uint8_t*>(array)[index]);
    case DType::kInt8:
      return static_cast<const std::int8_t*>(array)[index];
    case DType::kInt32:
      return static_cast<const std::int32_t*>(array)[index];
  }
  return 0.0;
}

}  // namespace gpugauge
