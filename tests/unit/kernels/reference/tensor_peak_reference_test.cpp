#include "kernels/reference/tensor_peak_reference.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>
#include <vector>

#include "harness/base/random.hpp"

namespace gpugauge::tensor_peak {
namespace {

const auto kFloats = testing::Values(DType::kBf16, DType::kFp16, DType::kTf32, DType::kFp8E4m3);

std::vector<std::uint8_t> random_operands(const Product& product,
                                          Distribution data = Distribution::kNormal) {
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(product.operand_bytes()));
  const std::int64_t count = product.operand_bytes() / size_bytes(product.dtype);
  for (std::int64_t i = 0; i < count; ++i) store_random(product.dtype, data, 3, bytes.data(), i);
  return bytes;
}

double element(const Product& product, const std::vector<std::uint8_t>& bytes, std::int64_t i) {
  if (product.dtype != DType::kTf32) return load_element(product.dtype, bytes.data(), i);
  const auto value = static_cast<float>(load_element(DType::kFp32, bytes.data(), i));
  return std::bit_cast<float>(operand_word(DType::kTf32, std::bit_cast<std::uint32_t>(value)));
}

class TensorPeakReferenceTest : public testing::TestWithParam<DType> {};

TEST_P(TensorPeakReferenceTest, DenseIsAPlainProduct) {
  const Product product{GetParam(), false, 5, 3, 2};
  const auto bytes = random_operands(product);
  const auto sums = reference_sums(product, bytes.data());
  ASSERT_EQ(sums.size(), 15U);
  const std::int64_t k = product.b_row_bytes() / size_bytes(product.dtype);
  for (std::int64_t m = 0; m < 5; ++m) {
    for (std::int64_t n = 0; n < 3; ++n) {
      double value = 0, magnitude = 0;
      for (std::int64_t i = 0; i < k; ++i) {
        const double term =
            element(product, bytes, m * k + i) * element(product, bytes, (5 + n) * k + i);
        value += term;
        magnitude += std::abs(term);
      }
      const Sum& sum = sums[static_cast<std::size_t>(3 * m + n)];
      EXPECT_NEAR(sum.value, value, 1e-9 * magnitude);
      EXPECT_NEAR(sum.magnitude, magnitude, 1e-9 * magnitude);
    }
  }
}

/// Each stored element of A meets the element of B at its place among the zeros, whatever the
/// order: B holds its own index along K, A is one at one stored element after another.
TEST_P(TensorPeakReferenceTest, SparseTakesTheElementsThatTheMetadataName) {
  const DType dtype = GetParam();
  const Product product{dtype, true, 1, 1, 2};
  const std::int64_t stored = product.a_row_bytes() / size_bytes(dtype);
  std::vector<std::int64_t> places;
  for (std::int64_t i = 0; i < stored; ++i) {
    // One bit of the index at a time, since no 8-bit type holds all of them exactly.
    std::int64_t place = 0;
    for (int bit = 0; bit < 7; ++bit) {
      std::vector<std::uint8_t> bytes(static_cast<std::size_t>(product.operand_bytes()));
      store_element(dtype, bytes.data(), i, 1.0F);
      for (std::int64_t k = 0; k < 2 * stored; ++k) {
        store_element(dtype, bytes.data(), stored + k, static_cast<float>(k >> bit & 1));
      }
      place |= static_cast<std::int64_t>(reference_sums(product, bytes.data())[0].value) << bit;
    }
    places.push_back(place);
  }
  const std::int64_t chunk = dtype == DType::kTf32 ? 2 : 4;
  EXPECT_TRUE(std::is_sorted(places.begin(), places.end()));
  EXPECT_EQ(std::adjacent_find(places.begin(), places.end()), places.end());
  for (std::int64_t i = 0; i < stored; ++i) {
    EXPECT_EQ(places[static_cast<std::size_t>(i)] / chunk, i / (chunk / 2)) << i;
  }
}

TEST_P(TensorPeakReferenceTest, MetadataAreLegal) {
  for (int slice = 0; slice < 4; ++slice) {
    for (int chunk = 0; chunk < 4; ++chunk) {
      const std::uint32_t nibble = sparse_pattern(GetParam(), slice) >> (4 * chunk) & 0xFU;
      if (GetParam() == DType::kTf32) {
        EXPECT_TRUE(nibble == 0b0100 || nibble == 0b1110);
      } else {
        EXPECT_LT(nibble & 3U, nibble >> 2);
      }
    }
  }
}

/// Sums as the matrix units make them: in floats of that many bits, cut, not rounded.
std::vector<float> accumulate(const Product& product, const std::vector<Sum>& sums,
                              std::int64_t passes, int bits) {
  std::vector<float> result;
  for (const Sum& sum : sums) {
    double d = 0;
    for (std::int64_t i = 0; i < passes * product.slices; ++i) {
      d += sum.value / product.slices;
      int exponent = 0;
      const double mantissa = std::frexp(d, &exponent);
      d = std::ldexp(std::trunc(std::ldexp(mantissa, bits)), exponent - bits);
    }
    result.push_back(static_cast<float>(d));
  }
  return result;
}

Verification verify(const Product& product, const std::vector<Sum>& sums, const void* found,
                    std::int64_t passes) {
  Comparison comparison("unit 0", product.n);
  compare_accumulators(comparison, product, sums, found, passes);
  return comparison.result();
}

class FloatTensorPeakReferenceTest : public TensorPeakReferenceTest {};

TEST_P(FloatTensorPeakReferenceTest, CutSumsPassAndAMissingPassDoesNot) {
  const DType dtype = GetParam();
  const Product product{dtype, false, 16, 8, 4};
  const auto sums = reference_sums(product, random_operands(product).data());
  const int bits = dtype == DType::kFp8E4m3 ? 14 : 24;
  for (std::int64_t passes : {1, 5, 16}) {
    const Verification good =
        verify(product, sums, accumulate(product, sums, passes, bits).data(), passes);
    EXPECT_TRUE(good.passed) << good.reason;
    EXPECT_EQ(good.checked, 128);
    EXPECT_FALSE(
        verify(product, sums, accumulate(product, sums, passes + 1, bits).data(), passes).passed);
    // After 16 passes the sum begins anew.
    EXPECT_TRUE(
        verify(product, sums, accumulate(product, sums, passes, bits).data(), passes + 160).passed);
  }
}

TEST_P(TensorPeakReferenceTest, PoisonDoesNotPass) {
  const Product product{GetParam(), true, 16, 8, 2};
  const auto sums = reference_sums(product, random_operands(product).data());
  const std::vector<std::uint32_t> poison(128, 0xFFFFFFFFU);
  EXPECT_FALSE(verify(product, sums, poison.data(), 3).passed);
}

TEST_P(TensorPeakReferenceTest, ZerosGiveZeros) {
  const Product product{GetParam(), true, 16, 8, 2};
  const auto sums = reference_sums(product, random_operands(product, Distribution::kZeros).data());
  const std::vector<std::uint32_t> zeros(128);
  EXPECT_TRUE(verify(product, sums, zeros.data(), 1000).passed);
}

constexpr auto kTypeName = [](const auto& each) { return std::string(name_of(each.param)); };
INSTANTIATE_TEST_SUITE_P(Floats, TensorPeakReferenceTest, kFloats, kTypeName);
INSTANTIATE_TEST_SUITE_P(Integers, TensorPeakReferenceTest, testing::Values(DType::kInt8),
                         kTypeName);
INSTANTIATE_TEST_SUITE_P(Floats, FloatTensorPeakReferenceTest, kFloats, kTypeName);

TEST(TensorPeakReference, IntegersWrapAndMustBeEqual) {
  const Product product{DType::kInt8, false, 1, 1, 1};
  const std::vector<Sum> sums{{-123'457.0, 1e6}};
  constexpr std::int64_t kPasses = 1'000'003;
  const auto wrapped =
      static_cast<std::int32_t>(static_cast<std::uint32_t>(-123'457LL * kPasses));  // below −2^31
  EXPECT_TRUE(verify(product, sums, &wrapped, kPasses).passed);
  const std::int32_t other = wrapped + 1;
  EXPECT_FALSE(verify(product, sums, &other, kPasses).passed);
  EXPECT_FALSE(verify(product, sums, &wrapped, kPasses + 1).passed);
}

}  // namespace
}  // namespace gpugauge::tensor_peak
