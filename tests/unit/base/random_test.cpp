#include "harness/base/random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <set>
#include <vector>

namespace gpugauge {
namespace {

constexpr std::uint64_t kSeed = 1;
constexpr int kDraws = 1 << 20;

/// Mean and the second to fourth central moments.
struct Moments {
  double mean = 0, variance = 0, skewness = 0, kurtosis = 0;
};

Moments moments_of(const std::vector<double>& values) {
  Moments m;
  const auto n = static_cast<double>(values.size());
  for (double v : values) m.mean += v / n;
  double third = 0, fourth = 0;
  for (double v : values) {
    const double d = v - m.mean;
    m.variance += d * d / n;
    third += d * d * d / n;
    fourth += d * d * d * d / n;
  }
  m.skewness = third / std::pow(m.variance, 1.5);
  m.kurtosis = fourth / (m.variance * m.variance);
  return m;
}

std::vector<double> draw(Distribution data, int count = kDraws) {
  std::vector<double> values;
  for (int i = 0; i < count; ++i) {
    values.push_back(random_value(data, kSeed, static_cast<std::uint64_t>(i)));
  }
  return values;
}

TEST(RandomBits, AgreeWithThePublishedGenerator) {
  // The first outputs of SplitMix64 from seed 1234567, as in the reference implementation's tests.
  EXPECT_EQ(random_bits(1234567, 0), 6457827717110365317ULL);
  EXPECT_EQ(random_bits(1234567, 1), 3203168211198807973ULL);
  EXPECT_EQ(random_bits(1234567, 2), 9817491932198370423ULL);
}

// Bounds are five standard errors of a million draws: sqrt(1/n), sqrt(2/n), sqrt(6/n), sqrt(24/n).
TEST(RandomValue, NormalHasTheMomentsOfANormal) {
  const Moments m = moments_of(draw(Distribution::kNormal));
  EXPECT_NEAR(m.mean, 0.0, 0.005);
  EXPECT_NEAR(m.variance, 1.0, 0.007);
  EXPECT_NEAR(m.skewness, 0.0, 0.012);
  EXPECT_NEAR(m.kurtosis, 3.0, 0.024);
}

TEST(RandomValue, NormalReachesIntoItsTailsAndIsClipped) {
  double largest = 0;
  for (double v : draw(Distribution::kNormal)) largest = std::max(largest, std::abs(v));
  EXPECT_GT(largest, 4.0);
  EXPECT_LE(largest, 6.0);
}

TEST(RandomValue, NeighboursAreUncorrelated) {
  const std::vector<double> values = draw(Distribution::kNormal);
  for (std::size_t lag : {1U, 2U, 64U, 4096U}) {
    double sum = 0;
    for (std::size_t i = lag; i < values.size(); ++i) sum += values[i] * values[i - lag];
    EXPECT_NEAR(sum / static_cast<double>(values.size() - lag), 0.0, 0.005) << lag;
  }
}

TEST(RandomValue, UniformHasUnitVarianceAndItsOwnKurtosis) {
  const Moments m = moments_of(draw(Distribution::kUniform));
  EXPECT_NEAR(m.mean, 0.0, 0.005);
  EXPECT_NEAR(m.variance, 1.0, 0.007);
  EXPECT_NEAR(m.kurtosis, 1.8, 0.01);
}

TEST(RandomValue, SmallIntegersAreMinusOneZeroAndOneAlikeOften) {
  std::array<int, 3> counts{};
  for (double v : draw(Distribution::kSmallIntegers)) ++counts.at(static_cast<std::size_t>(v + 1));
  for (int count : counts) EXPECT_NEAR(count, kDraws / 3, 2500);
}

TEST(RandomValue, ZerosAreZeros) {
  EXPECT_EQ(std::set<double>({0.0}), [] {
    const auto values = draw(Distribution::kZeros, 100);
    return std::set<double>(values.begin(), values.end());
  }());
}

TEST(RandomValue, DependsOnTheSeedAndTheIndexAlone) {
  EXPECT_EQ(random_value(Distribution::kNormal, 3, 99), random_value(Distribution::kNormal, 3, 99));
  EXPECT_NE(random_value(Distribution::kNormal, 3, 99), random_value(Distribution::kNormal, 4, 99));
}

TEST(QuantizationScale, SpreadsSixSigmaOverTheWholeRange) {
  EXPECT_FLOAT_EQ(quantization_scale(DType::kFp8E4m3), 6.0F / 448.0F);
  EXPECT_FLOAT_EQ(quantization_scale(DType::kFp8E5m2), 6.0F / 57344.0F);
  EXPECT_FLOAT_EQ(quantization_scale(DType::kInt8), 6.0F / 127.0F);
  for (DType dtype : {DType::kFp32, DType::kTf32, DType::kBf16, DType::kFp16}) {
    EXPECT_EQ(quantization_scale(dtype), 1.0F);
  }
}

TEST(QuantizationScale, IsOneWhereIntegersAreStored) {
  EXPECT_EQ(quantization_scale(DType::kFp8E4m3, Distribution::kSmallIntegers), 1.0F);
  EXPECT_EQ(quantization_scale(DType::kInt8, Distribution::kZeros), 1.0F);
}

TEST(StoreRandom, IsTheQuantisedNormalInEveryType) {
  for (DType dtype :
       {DType::kFp32, DType::kBf16, DType::kFp16, DType::kFp8E4m3, DType::kFp8E5m2, DType::kInt8}) {
    const int count = 1 << 16;
    std::vector<float> array(count);
    std::vector<double> values;
    for (int i = 0; i < count; ++i) {
      store_random(dtype, Distribution::kNormal, kSeed, array.data(), i);
      values.push_back(load_element(dtype, array.data(), i) * quantization_scale(dtype));
    }
    const Moments m = moments_of(values);
    EXPECT_NEAR(m.mean, 0.0, 0.02) << name_of(dtype);
    EXPECT_NEAR(m.variance, 1.0, 0.03) << name_of(dtype);
    EXPECT_NEAR(m.kurtosis, 3.0, 0.12) << name_of(dtype);
  }
}

TEST(StoreRandom, SmallIntegersStayIntegersInFp8) {
  std::array<std::uint8_t, 64> array;
  for (int i = 0; i < 64; ++i) {
    store_random(DType::kFp8E4m3, Distribution::kSmallIntegers, kSeed, array.data(), i);
    const double value = load_element(DType::kFp8E4m3, array.data(), i);
    EXPECT_TRUE(value == -1 || value == 0 || value == 1) << value;
  }
}

}  // namespace
}  // namespace gpugauge
