#include "kernels/reference/token_ops_reference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>

#include "harness/base/float_codec.hpp"

namespace gpugauge {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(RmsNormReference, HasUnitMeanSquareBeforeTheWeight) {
  const auto normed = rms_norm(std::array{3.0, -4.0, 0.0, 0.0}, std::array{1.0, 1.0, 7.0, 2.0});
  EXPECT_THAT(normed, ElementsAre(DoubleNear(1.2, 1e-5), DoubleNear(-1.6, 1e-5), 0.0, 0.0));
  EXPECT_THAT(rms_norm(std::array{0.0, 0.0}, std::array{1.0, 1.0}), ElementsAre(0.0, 0.0));
}

TEST(GatedActivationReference, IsSiluOfTheGateTimesUp) {
  const auto y =
      gated_activation(std::array{0.0, 1.0, -100.0, 100.0}, std::array{5.0, 2.0, 3.0, 3.0});
  EXPECT_THAT(y, ElementsAre(0.0, DoubleNear(2 / (1 + std::exp(-1.0)), 1e-15),
                             DoubleNear(0.0, 1e-30), DoubleNear(300.0, 1e-12)));
}

TEST(RotateHeadReference, TurnsPlanesOfBothHalves) {
  const std::array head{1.0, 1.0, 0.0, 0.0};
  EXPECT_THAT(rotate_head(head, 0), ElementsAre(1.0, 1.0, 0.0, 0.0));
  const double slow = std::pow(kRopeBase, -0.5);
  EXPECT_THAT(rotate_head(head, 3),
              ElementsAre(DoubleNear(std::cos(3.0), 1e-15), DoubleNear(std::cos(3 * slow), 1e-15),
                          DoubleNear(std::sin(3.0), 1e-15), DoubleNear(std::sin(3 * slow), 1e-15)));
}

TEST(RotateHeadReference, ProductsDependOnTheDistanceOnly) {
  const std::array q{0.3, -1.0, 2.0, 0.5}, k{1.5, 0.2, -0.7, 1.0};
  const auto product = [&](std::int64_t a, std::int64_t b) {
    const auto left = rotate_head(q, a), right = rotate_head(k, b);
    double sum = 0.0;
    for (std::size_t i = 0; i < left.size(); ++i) sum += left[i] * right[i];
    return sum;
  };
  EXPECT_NEAR(product(5, 2), product(1003, 1000), 1e-12);
  EXPECT_GT(std::abs(product(5, 2) - product(5, 3)), 1e-3);
}

TEST(RotaryTable, HoldsCosinesAndThenSinesOfEveryPosition) {
  const auto table = rotary_table(4, 4);
  ASSERT_EQ(table.size(), 16U);
  EXPECT_FLOAT_EQ(table[3 * 4 + 0], static_cast<float>(std::cos(3.0)));
  EXPECT_FLOAT_EQ(table[3 * 4 + 2], static_cast<float>(std::sin(3.0)));
  EXPECT_FLOAT_EQ(table[3 * 4 + 3], static_cast<float>(std::sin(3 * std::pow(kRopeBase, -0.5))));
}

TEST(ArgmaxReference, TakesTheLowestOfEquals) {
  EXPECT_EQ(argmax(std::array{-3.0, 2.0, 1.0, 2.0}), 1);
  EXPECT_EQ(argmax(std::array{-0.0, 0.0}), 0);
  EXPECT_EQ(argmax(std::array{-5.0}), 0);
}

template <typename Code, std::size_t N>
Verification compare(DType dtype, const std::array<Code, N>& found,
                     const std::array<double, N>& expected, double scale = 1.0,
                     double absolute = 0.0) {
  Comparison comparison("y");
  compare_elements(comparison, dtype, found.data(), 0, expected, scale, absolute);
  return comparison.result();
}

TEST(CompareElements, PassesWhatIsRoundedToNearest) {
  std::array<std::uint16_t, 200> bf16{};
  std::array<std::uint8_t, 200> fp8{};
  std::array<double, 200> values{};
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = 0.01 * static_cast<double>(i * i) * (i % 2 == 0 ? 1 : -1);
    const auto index = static_cast<std::int64_t>(i);
    store_element(DType::kBf16, bf16.data(), index, static_cast<float>(values[i]));
    store_element(DType::kFp8E4m3, fp8.data(), index, static_cast<float>(values[i] / 0.5));
  }
  EXPECT_TRUE(compare(DType::kBf16, bf16, values).passed);
  EXPECT_TRUE(compare(DType::kFp8E4m3, fp8, values, 0.5).passed);
}

TEST(CompareElements, SeesASingleStep) {
  std::array<std::uint16_t, 1> bf16{0x3F80};  // 1
  std::array<std::uint8_t, 1> fp8{0x38};      // 1
  EXPECT_TRUE(compare(DType::kBf16, bf16, {1.003}).passed);
  EXPECT_FALSE(compare(DType::kBf16, bf16, {1.0078125}).passed);
  EXPECT_TRUE(compare(DType::kBf16, bf16, {1.0078125}, 1.0, 0.01).passed);
  EXPECT_TRUE(compare(DType::kFp8E4m3, fp8, {1.06}).passed);
  EXPECT_FALSE(compare(DType::kFp8E4m3, fp8, {1.125}).passed);
}

TEST(CompareElements, ExpectsTheLargestNumberBeyondTheRange) {
  EXPECT_TRUE(
      compare(DType::kFp8E4m3, std::array<std::uint8_t, 2>{0x7E, 0xFE}, {1e6, -1e6}).passed);
}

TEST(CompareElements, RefusesPoisonAndNamesIt) {
  for (double expected : {0.0, 1.0}) {
    EXPECT_FALSE(compare(DType::kFp8E4m3, std::array<std::uint8_t, 1>{0xFF}, {expected}).passed);
    const auto result = compare(DType::kBf16, std::array<std::uint16_t, 1>{0xFFFF}, {expected});
    EXPECT_FALSE(result.passed);
    EXPECT_THAT(result.reason, HasSubstr("y, element 0"));
  }
}

}  // namespace
}  // namespace gpugauge
