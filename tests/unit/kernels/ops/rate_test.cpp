#include "kernels/ops/op.hpp"

#include <gtest/gtest.h>

namespace gpugauge {
namespace {

TEST(RateOf, ALargeGemmIsArithmetic) {
  const CaseRate rate = rate_of(gemm_of(DType::kBf16, 8192, 8192, 8192), 1'374'389.534'72);
  EXPECT_EQ(rate.unit, RateUnit::kTflops);
  EXPECT_DOUBLE_EQ(rate.value, 800.0);
}

TEST(RateOf, ADecodeLinearIsBytes) {
  const CaseRate rate = rate_of(gemm_of(DType::kBf16, 1, 4096, 4096), 10'000);
  EXPECT_EQ(rate.unit, RateUnit::kGbps);
  EXPECT_NEAR(rate.value, 3357.1, 0.1);
}

TEST(RateOf, PeakHasNoBytes) {
  const CaseRate rate = rate_of(TensorPeak{DType::kBf16, false, 1'000'000'000'000}, 1e6);
  EXPECT_EQ(rate.unit, RateUnit::kTflops);
  EXPECT_DOUBLE_EQ(rate.value, 1000.0);
}

TEST(RateOf, AStepIsTokensOfTheWholeBatch) {
  DecodeStep step{};
  step.batch = 4;
  const CaseRate rate = rate_of(step, 8e6);
  EXPECT_EQ(rate.unit, RateUnit::kTokensPerSecond);
  EXPECT_DOUBLE_EQ(rate.value, 500.0);
}

TEST(RateOf, LatencyIsOfOneLoad) {
  const CaseRate rate = rate_of(Latency{LatencyKind::kPointerChase, 1000, 1 << 20}, 31'000);
  EXPECT_EQ(rate.unit, RateUnit::kNsEach);
  EXPECT_DOUBLE_EQ(rate.value, 31.0);
}

}  // namespace
}  // namespace gpugauge
