#pragma once

#include <cmath>
#include <cstdint>

#include "harness/base/case_options.hpp"
#include "harness/base/dtype.hpp"
#include "harness/base/float_codec.hpp"

/// What the inputs of every case hold: the one definition for all devices. Values are a function of
/// a seed and an index, so that any thread can make any element. Two devices may differ in a
/// value's last bits (their log and cos do), which nothing here relies on.
namespace gpugauge {

/// Normal values are clipped here; beyond it lies 2e-9 of the distribution.
inline constexpr float kNormalLimit = 6.0F;

/// What one unit of a quantised value stands for: stored = value / scale. fp8 and int8 use their
/// whole range for ±kNormalLimit; small integers and zeros are stored as they are.
GPUGAUGE_HD constexpr float quantization_scale(DType dtype,
                                               Distribution data = Distribution::kNormal) {
  if (data == Distribution::kZeros || data == Distribution::kSmallIntegers) return 1.0F;
  switch (dtype) {
    case DType::kFp8E4m3:
      return kNormalLimit / 448.0F;
    case DType::kFp8E5m2:
      return kNormalLimit / 57344.0F;
    case DType::kInt8:
      return kNormalLimit / 127.0F;
    case DType::kFp32:
    case DType::kTf32:
    case DType::kBf16:
    case DType::kFp16:
    case DType::kInt32:
      break;
  }
  return 1.0F;
}

/// 64 random bits. SplitMix64 addressed by its counter: Steele, Lea & Flood, Fast Splittable
/// Pseudorandom Number Generators, OOPSLA 2014.
GPUGAUGE_HD constexpr std::uint64_t random_bits(std::uint64_t seed, std::uint64_t index) {
  std::uint64_t z = seed + (index + 1) * 0x9E3779B97F4A7C15ULL;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

/// N(0,1) by Box and Muller's transform, U(−√3, √3), which has the same variance, −1, 0 or 1, or 0.
GPUGAUGE_HD inline float random_value(Distribution data, std::uint64_t seed, std::uint64_t index) {
  constexpr float kUnit = 0x1p-32F;
  const std::uint64_t bits = random_bits(seed, index);
  const auto low = static_cast<float>(static_cast<std::uint32_t>(bits));
  const auto high = static_cast<float>(static_cast<std::uint32_t>(bits >> 32));
  switch (data) {
    case Distribution::kNormal: {
      const float radius = sqrtf(-2.0F * logf((low + 1.0F) * kUnit));  // (0, 1], never log(0)
      const float value = radius * cosf(6.2831853F * high * kUnit);
      return value < -kNormalLimit ? -kNormalLimit : (value > kNormalLimit ? kNormalLimit : value);
    }
    case Distribution::kUniform:
      return 1.7320508F * (2.0F * high * kUnit - 1.0F);
    case Distribution::kSmallIntegers:
      return static_cast<float>((bits >> 32) * 3 >> 32) - 1.0F;
    case Distribution::kZeros:
      return 0.0F;
  }
  return 0.0F;
}

/// Writes element `index` of an array of random `dtype` values: its quantised random value.
GPUGAUGE_HD inline void store_random(DType dtype, Distribution data, std::uint64_t seed,
                                     void* array, std::int64_t index) {
  const float value = random_value(data, seed, static_cast<std::uint64_t>(index));
  store_element(dtype, array, index, value / quantization_scale(dtype, data));
}

}  // namespace gpugauge
