#include <gtest/gtest.h>

#include <string>

#include "kernels/cuda/peak/tensor_peak.hpp"
#include "kernels/implementation.hpp"
#include "tests/gpu/gpu_test.hpp"

namespace gpugauge {

std::span<const Implementation> cuda_tensor_peak();

namespace {

class CudaTensorPeakTest : public GpuTest {
 protected:
  static const Implementation& implementation() { return cuda_tensor_peak().front(); }

  /// Skips the test, with its reason, where the op is not supported.
  void run_and_verify(const TensorPeak& op, const CaseOptions& options = {}) {
    if (const auto reason = implementation().supports(op, device().info())) {
      GTEST_SKIP() << *reason;
    }
    const auto workload = implementation().make(op, device(), options);
    EXPECT_FALSE(workload->details().empty());
    const auto replay = device().capture(*workload, 1);
    const double seconds = replay->run().seconds;
    EXPECT_GT(seconds, 0.0);
    RecordProperty("tflops", std::to_string(static_cast<double>(op.flops) / seconds / 1e12));
    const Verification verification = verify_replay(*workload, *replay);
    EXPECT_TRUE(verification.passed) << verification.reason << " (" << workload->details() << ")";
    RecordProperty("max_error", std::to_string(verification.max_error));
    const double clock = workload->clock_mhz(1).value_or(0);
    RecordProperty("clock_mhz", std::to_string(clock));
    const double most = device().info().max_clock_mhz.value_or(4000);
    EXPECT_TRUE(clock > 0.1 * most && clock < 1.02 * most) << clock << " of " << most << " MHz";
  }
};

struct Case {
  DType dtype;
  bool sparse;
};

class CudaTensorPeakTypeTest : public CudaTensorPeakTest,
                               public testing::WithParamInterface<Case> {};

constexpr std::int64_t kFlops = 4'000'000'000'000;

TEST_P(CudaTensorPeakTypeTest, EveryAccumulatorIsVerified) {
  if (emulated()) GTEST_SKIP() << kTooMuch;
  run_and_verify({GetParam().dtype, GetParam().sparse, kFlops});
}

TEST_P(CudaTensorPeakTypeTest, IsVerifiedForEveryDistribution) {
  if (emulated()) GTEST_SKIP() << kTooMuch;
  for (Distribution data :
       {Distribution::kUniform, Distribution::kZeros, Distribution::kSmallIntegers}) {
    run_and_verify({GetParam().dtype, GetParam().sparse, kFlops}, {.data = data});
  }
}

/// The last sum of 1 to 17 passes, by the launch functions themselves: they take any number.
TEST_P(CudaTensorPeakTypeTest, SumsBeginAnew) {
  const auto [dtype, sparse] = GetParam();
  if (const auto reason =
          implementation().supports(TensorPeak{dtype, sparse, kFlops}, device().info())) {
    GTEST_SKIP() << *reason;
  }
  const bool wgmma = device().info().compute_capability == 90;
  const tensor_peak::Shape shape =
      wgmma ? tensor_peak::wgmma_shape(dtype, sparse) : tensor_peak::mma_shape(dtype, sparse);
  const tensor_peak::Product& product = shape.product;
  const std::int64_t count = shape.units * product.accumulators();
  const Buffer accumulators = device().allocate(4 * count);
  const Buffer clocks = device().allocate(sizeof(KernelClock));
  const KernelClock none{};
  device().copy_to_device(clocks.data(), &none, sizeof none);
  std::uint64_t launches = 0;
  const void* pool =
      device().random_pool(dtype, Distribution::kNormal, shape.units * product.operand_bytes());
  const auto operands =
      fetch<char>(pool, static_cast<std::size_t>(shape.units * product.operand_bytes()));
  for (const std::int64_t wanted : sizes({1, 2, 16, 17, 33}, {1, 17})) {
    const int passes = static_cast<int>(wanted);
    device().poison(accumulators.data(), accumulators.bytes());
    (wgmma ? tensor_peak::launch_wgmma_peak : tensor_peak::launch_mma_peak)(
        device().stream(), dtype, sparse,
        {pool, accumulators.data(), static_cast<KernelClock*>(clocks.data()), 1, passes});
    const KernelClock clock = fetch<KernelClock>(clocks.data(), 1).front();
    EXPECT_EQ(clock.launches, ++launches);
    EXPECT_GT(clock.spans[launches - 1].cycles, 0U);
    const auto found = fetch<std::uint32_t>(accumulators.data(), static_cast<std::size_t>(count));
    for (int unit = 0; unit < shape.units; ++unit) {
      Comparison comparison("unit " + std::to_string(unit), product.n);
      tensor_peak::compare_accumulators(
          comparison, product,
          tensor_peak::reference_sums(
              product, &operands[static_cast<std::size_t>(unit * product.operand_bytes())]),
          &found[static_cast<std::size_t>(unit * product.accumulators())], passes);
      const Verification verification = comparison.result();
      EXPECT_TRUE(verification.passed) << passes << " passes: " << verification.reason;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Types, CudaTensorPeakTypeTest,
                         testing::Values(Case{DType::kBf16, false}, Case{DType::kBf16, true},
                                         Case{DType::kFp16, false}, Case{DType::kFp16, true},
                                         Case{DType::kTf32, false}, Case{DType::kTf32, true},
                                         Case{DType::kFp8E4m3, false}, Case{DType::kFp8E4m3, true},
                                         Case{DType::kInt8, false}, Case{DType::kInt8, true}),
                         [](const auto& each) {
                           return std::string(name_of(each.param.dtype)) +
                                  (each.param.sparse ? "_sparse" : "_dense");
                         });

}  // namespace
}  // namespace gpugauge
