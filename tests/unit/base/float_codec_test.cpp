#include "harness/base/float_codec.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "harness/base/random.hpp"

namespace gpugauge {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

/// The definition, with nothing of the codec: sign, exponent and mantissa by ldexp.
template <FloatFormat F>
double value_by_definition(std::uint32_t code) {
  const int mantissa_values = 1 << F.mantissa_bits;
  const int mantissa = static_cast<int>(code) % mantissa_values;
  const int exponent = static_cast<int>(code) / mantissa_values % (1 << F.exponent_bits);
  const double sign = (code >> (F.exponent_bits + F.mantissa_bits)) != 0 ? -1.0 : 1.0;
  const int top = (1 << F.exponent_bits) - 1;
  const int bias = top / 2;
  if (F.has_infinity && exponent == top) return mantissa == 0 ? sign * kInfinity : kNan;
  if (!F.has_infinity && exponent == top && mantissa == mantissa_values - 1) return kNan;
  if (exponent == 0) return sign * std::ldexp(mantissa, 1 - bias - F.mantissa_bits);
  return sign * std::ldexp(mantissa_values + mantissa, exponent - bias - F.mantissa_bits);
}

template <FloatFormat F>
void expect_every_code_decodes_as_defined() {
  for (std::uint32_t code = 0; code < (1U << F.bits()); ++code) {
    const double expected = value_by_definition<F>(code);
    const float decoded = decode_float<F>(code);
    if (std::isnan(expected)) {
      EXPECT_TRUE(std::isnan(decoded)) << code;
    } else {
      EXPECT_EQ(decoded, expected) << code;
      EXPECT_EQ(std::signbit(decoded), std::signbit(expected)) << code;
    }
  }
}

template <FloatFormat F>
void expect_every_code_survives() {
  for (std::uint32_t code = 0; code < (1U << F.bits()); ++code) {
    const float value = decode_float<F>(code);
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(decode_float<F>(encode_float<F>(value)))) << code;
    } else {
      EXPECT_EQ(encode_float<F>(value), code);
    }
  }
}

/// Between each two neighbours: below the middle, the middle itself and above it, on both sides of
/// zero. This covers every rounding decision there is, subnormal numbers included.
template <FloatFormat F>
void expect_nearest_even_between_all_neighbours() {
  const std::uint32_t sign_bit = 1U << (F.bits() - 1);
  for (std::uint32_t below = 0; below < F.max_finite_code(); ++below) {
    const std::uint32_t above = below + 1;
    const std::uint32_t even = below % 2 == 0 ? below : above;
    ASSERT_LT(decode_float<F>(below), decode_float<F>(above));
    const auto middle =
        static_cast<float>((value_by_definition<F>(below) + value_by_definition<F>(above)) / 2);
    EXPECT_EQ(encode_float<F>(middle), even) << below;
    EXPECT_EQ(encode_float<F>(std::nextafter(middle, 0.0F)), below) << below;
    EXPECT_EQ(encode_float<F>(std::nextafter(middle, kInfinity)), above) << below;
    EXPECT_EQ(encode_float<F>(-middle), even | sign_bit) << below;
    EXPECT_EQ(encode_float<F>(std::nextafter(-middle, 0.0F)), below | sign_bit) << below;
    EXPECT_EQ(encode_float<F>(std::nextafter(-middle, -kInfinity)), above | sign_bit) << below;
  }
}

TEST(FloatCodec, DecodesEveryCodeAsDefined) {
  expect_every_code_decodes_as_defined<kBf16Format>();
  expect_every_code_decodes_as_defined<kFp16Format>();
  expect_every_code_decodes_as_defined<kFp8E4m3Format>();
  expect_every_code_decodes_as_defined<kFp8E5m2Format>();
}

TEST(FloatCodec, EncodesEveryDecodedCodeBackToItself) {
  expect_every_code_survives<kBf16Format>();
  expect_every_code_survives<kFp16Format>();
  expect_every_code_survives<kFp8E4m3Format>();
  expect_every_code_survives<kFp8E5m2Format>();
}

TEST(FloatCodec, RoundsToNearestEvenBetweenAllNeighbours) {
  expect_nearest_even_between_all_neighbours<kBf16Format>();
  expect_nearest_even_between_all_neighbours<kFp16Format>();
  expect_nearest_even_between_all_neighbours<kFp8E4m3Format>();
  expect_nearest_even_between_all_neighbours<kFp8E5m2Format>();
}

TEST(FloatCodec, E4m3HasThePublishedLandmarks) {
  EXPECT_EQ(decode_float<kFp8E4m3Format>(0x7E), 448.0F);
  EXPECT_EQ(decode_float<kFp8E4m3Format>(0x08), 0x1p-6F);  // smallest normal
  EXPECT_EQ(decode_float<kFp8E4m3Format>(0x01), 0x1p-9F);  // smallest subnormal
  EXPECT_TRUE(std::isnan(decode_float<kFp8E4m3Format>(0x7F)));
  EXPECT_TRUE(std::isnan(decode_float<kFp8E4m3Format>(0xFF)));
  EXPECT_EQ(encode_float<kFp8E4m3Format>(kNan), 0x7FU);
}

TEST(FloatCodec, E5m2HasThePublishedLandmarks) {
  EXPECT_EQ(decode_float<kFp8E5m2Format>(0x7B), 57344.0F);
  EXPECT_EQ(decode_float<kFp8E5m2Format>(0x7C), kInfinity);
  EXPECT_EQ(decode_float<kFp8E5m2Format>(0x04), 0x1p-14F);
  EXPECT_EQ(decode_float<kFp8E5m2Format>(0x01), 0x1p-16F);
}

TEST(FloatCodec, E4m3SaturatesBecauseItHasNoInfinity) {
  for (float large : {449.0F, 464.0F, 480.0F, 1e30F, kInfinity}) {
    EXPECT_EQ(encode_float<kFp8E4m3Format>(large), 0x7EU) << large;
    EXPECT_EQ(encode_float<kFp8E4m3Format>(-large), 0xFEU) << large;
  }
}

TEST(FloatCodec, OtherFormatsOverflowToInfinityHalfAStepAboveTheLargestNumber) {
  EXPECT_EQ(encode_float<kFp16Format>(65519.996F), 0x7BFFU);
  EXPECT_EQ(encode_float<kFp16Format>(65520.0F), 0x7C00U);
  EXPECT_EQ(encode_float<kFp8E5m2Format>(61439.0F), 0x7BU);
  EXPECT_EQ(encode_float<kFp8E5m2Format>(61440.0F), 0x7CU);
  EXPECT_EQ(encode_float<kBf16Format>(std::numeric_limits<float>::max()), 0x7F80U);
  EXPECT_EQ(encode_float<kFp16Format>(-kInfinity), 0xFC00U);
}

TEST(FloatCodec, WhatIsTooSmallBecomesZeroWithItsSign) {
  EXPECT_EQ(encode_float<kFp8E4m3Format>(0x1p-10F), 0U);  // a tie with zero, which is even
  EXPECT_EQ(encode_float<kFp8E4m3Format>(-0x1p-30F), 0x80U);
  EXPECT_EQ(encode_float<kFp16Format>(std::numeric_limits<float>::denorm_min()), 0U);
  EXPECT_EQ(encode_float<kBf16Format>(-0.0F), 0x8000U);
}

#if defined(__FLT16_MANT_DIG__)
TEST(FloatCodec, Fp16AgreesWithTheCompilersOwn) {
  for (std::uint64_t i = 0; i < 1000000; ++i) {
    const float value = std::bit_cast<float>(static_cast<std::uint32_t>(random_bits(7, i)));
    const auto half = static_cast<_Float16>(value);
    if (std::isnan(value)) continue;
    std::uint16_t expected;
    std::memcpy(&expected, &half, sizeof expected);
    ASSERT_EQ(encode_float<kFp16Format>(value), expected) << value;
    ASSERT_EQ(decode_float<kFp16Format>(expected), static_cast<float>(half)) << expected;
  }
}
#endif

TEST(Elements, AreStoredAndLoadedInEveryType) {
  for (DType dtype : {DType::kFp32, DType::kTf32, DType::kBf16, DType::kFp16, DType::kFp8E4m3,
                      DType::kFp8E5m2, DType::kInt8, DType::kInt32}) {
    std::array<std::uint32_t, 4> array{};
    store_element(dtype, array.data(), 0, -3.0F);
    store_element(dtype, array.data(), 1, 96.0F);
    EXPECT_EQ(load_element(dtype, array.data(), 0), -3.0) << name_of(dtype);
    EXPECT_EQ(load_element(dtype, array.data(), 1), 96.0) << name_of(dtype);
    EXPECT_EQ(load_element(dtype, array.data(), 2), 0.0) << name_of(dtype);
  }
}

TEST(Elements, Int8IsRoundedToEvenAndClampedSymmetrically) {
  std::array<std::int8_t, 4> array{};
  store_element(DType::kInt8, array.data(), 0, 2.5F);
  store_element(DType::kInt8, array.data(), 1, 3.5F);
  store_element(DType::kInt8, array.data(), 2, -1000.0F);
  store_element(DType::kInt8, array.data(), 3, 1000.0F);
  EXPECT_EQ(array, (std::array<std::int8_t, 4>{2, 4, -127, 127}));
}

TEST(Elements, PoisonIsNanInEveryFloatAndMinusOneInIntegers) {
  const std::uint32_t poison = 0xFFFFFFFFU;
  for (DType dtype :
       {DType::kFp32, DType::kTf32, DType::kBf16, DType::kFp16, DType::kFp8E4m3, DType::kFp8E5m2}) {
    EXPECT_TRUE(std::isnan(load_element(dtype, &poison, 0))) << name_of(dtype);
  }
  EXPECT_EQ(load_element(DType::kInt8, &poison, 0), -1.0);
  EXPECT_EQ(load_element(DType::kInt32, &poison, 0), -1.0);
}

}  // namespace
}  // namespace gpugauge
