#include "tests/simt/simt.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/base/random.hpp"
#include "kernels/cuda/peak/tensor_peak.cu"
#include "kernels/cuda/peak/tensor_peak_sm90a.cu"
#include "kernels/reference/tensor_peak_reference.hpp"

namespace gpugauge::tensor_peak {
namespace {

struct Case {
  DType dtype;
  bool sparse;
};

std::string name_of_case(const testing::TestParamInfo<Case>& info) {
  return std::string(name_of(info.param.dtype)) + (info.param.sparse ? "_sparse" : "_dense");
}

constexpr Case kCases[] = {{DType::kBf16, false},  {DType::kFp16, false},    {DType::kTf32, false},
                           {DType::kInt8, false},  {DType::kFp8E4m3, false}, {DType::kBf16, true},
                           {DType::kFp16, true},   {DType::kTf32, true},     {DType::kInt8, true},
                           {DType::kFp8E4m3, true}};

/// Launches on poisoned accumulators and compares every one of every unit.
void expect_verified(void (*launch_peak)(Stream, DType, bool, const Launch&), const Shape& shape,
                     int blocks, int passes) {
  const Product& product = shape.product;
  const std::int64_t distinct = std::int64_t{1} * kOperandSets * shape.units;
  std::vector<unsigned char> operands(static_cast<std::size_t>(distinct * product.operand_bytes()));
  const std::int64_t elements =
      static_cast<std::int64_t>(operands.size()) / size_bytes(product.dtype);
  for (std::int64_t i = 0; i < elements; ++i) {
    store_random(product.dtype, Distribution::kNormal, 1, operands.data(), i);
  }
  const std::int64_t units = std::int64_t{1} * blocks * shape.units;
  const auto found = simt::in_all_schedules([&] {
    std::vector<KernelClock> clocks(static_cast<std::size_t>(blocks));
    std::vector<std::uint32_t> accumulators(
        static_cast<std::size_t>(units * product.accumulators()), 0xFFFFFFFFU);
    launch_peak(Stream{}, product.dtype, product.sparse,
                {operands.data(), accumulators.data(), clocks.data(), blocks, passes});
    for (const KernelClock& clock : clocks) {
      EXPECT_EQ(clock.launches, 1U);
      EXPECT_GE(clock.spans[0].cycles, 1U);
    }
    EXPECT_EQ(kernel_clock_mhz(clocks, 1), 1000);  // a cycle is a nanosecond here
    return accumulators;
  });
  for (std::int64_t unit = 0; unit < units; ++unit) {
    const auto sums =
        reference_sums(product, operands.data() + unit % distinct * product.operand_bytes());
    Comparison comparison("unit " + std::to_string(unit), product.n);
    compare_accumulators(comparison, product, sums,
                         &found[static_cast<std::size_t>(unit * product.accumulators())], passes);
    const Verification verification = comparison.result();
    ASSERT_TRUE(verification.passed) << verification.reason;
  }
}

class TensorPeakKernelTest : public testing::TestWithParam<Case> {};

TEST_P(TensorPeakKernelTest, MmaAccumulatorsAreTheSumsOfThePasses) {
  expect_verified(launch_mma_peak, mma_shape(GetParam().dtype, GetParam().sparse), 1, 3);
}

TEST_P(TensorPeakKernelTest, WgmmaAccumulatorsAreTheSumsOfThePasses) {
  expect_verified(launch_wgmma_peak, wgmma_shape(GetParam().dtype, GetParam().sparse), 1, 3);
}

INSTANTIATE_TEST_SUITE_P(Types, TensorPeakKernelTest, testing::ValuesIn(kCases), name_of_case);

TEST(TensorPeakKernel, FloatSumsBeginAnewAndIntegerSumsDoNot) {
  for (DType dtype : {DType::kBf16, DType::kInt8}) {
    expect_verified(launch_mma_peak, mma_shape(dtype, false), 1, kPassesPerSum + 1);
    expect_verified(launch_wgmma_peak, wgmma_shape(dtype, true), 1, kPassesPerSum + 1);
  }
}

TEST(TensorPeakKernel, BlocksTakeTheirOwnOperands) {
  expect_verified(launch_mma_peak, mma_shape(DType::kTf32, true), kOperandSets + 1, 1);
  expect_verified(launch_wgmma_peak, wgmma_shape(DType::kTf32, true), kOperandSets + 1, 1);
}

}  // namespace
}  // namespace gpugauge::tensor_peak
