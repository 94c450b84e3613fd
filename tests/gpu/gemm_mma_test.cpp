#include "kernels/cuda/gemm/gemm_mma.hpp"
#include "kernels/cuda/gemm/gemm_buffers.hpp"
#include "kernels/cuda/gemm/gemm_rules.hpp"
#include "kernels/implementation.hpp"
#include "tests/gpu/gpu_test.hpp"

namespace gpugauge {

std::span<const Implementation> mma_gemm();

namespace {

class CudaMmaGemmTest : public GpuTest, public testing::WithParamInterface<DType> {
 protected:
  void SetUp() override {
    GpuTest::SetUp();
    if (IsSkipped()) return;
    if (const auto reason = supports(gemm_of(GetParam(), 128, 128, 128))) GTEST_SKIP() << *reason;
  }

  Unsupported supports(const Gemm& op) { return mma_gemm().front().supports(op, device().info()); }

  void run_and_verify(const Gemm& op, const CaseOptions& options = {.cache = CacheState::kHot}) {
    SCOPED_TRACE(testing::Message() << kind_path(op) << " " << shape_path(op));
    ASSERT_EQ(supports(op), std::nullopt);
    const auto workload = mma_gemm().front().make(op, device(), options);
    EXPECT_GT(device().capture(*workload, 1)->run().seconds, 0.0);
    const Verification verification = workload->verify();
    EXPECT_TRUE(verification.passed) << verification.reason << " (" << workload->details() << ")";
    EXPECT_GT(verification.checked, 0);
    RecordProperty("max_error", std::to_string(verification.max_error));
  }
};

TEST_P(CudaMmaGemmTest, IsVerifiedFromOneTokenUp) {
  for (std::int64_t m : {1, 8, 33, 512, 2048}) {
    run_and_verify(gemm_of(GetParam(), m, 1536, 2048));
  }
}

TEST_P(CudaMmaGemmTest, IsVerifiedAtRaggedShapes) {
  run_and_verify(gemm_of(GetParam(), 37, 1048, 1072));
  run_and_verify(gemm_of(GetParam(), 1, 8, 16));
  run_and_verify(gemm_of(GetParam(), 3, 16, 8208));
  run_and_verify(gemm_of(GetParam(), 4099, 4104, 4112));
}

TEST_P(CudaMmaGemmTest, IsVerifiedInEverySlotOfAColdRotation) {
  run_and_verify(gemm_of(GetParam(), 256, 4096, 4096), {});
}

TEST_P(CudaMmaGemmTest, IsVerifiedForEveryDistribution) {
  for (Distribution data :
       {Distribution::kUniform, Distribution::kZeros, Distribution::kSmallIntegers}) {
    run_and_verify(gemm_of(GetParam(), 256, 512, 1024), {.cache = CacheState::kHot, .data = data});
  }
}

TEST_P(CudaMmaGemmTest, EveryTileIsVerified) {
  const Gemm op = gemm_of(GetParam(), 1000, 3000, 1008);
  GemmBuffers buffers(op, device(), {.cache = CacheState::kHot});
  const bool emulated = GetParam() == DType::kFp8E4m3 &&
                        gemm_mma::fp8_is_emulated(*device().info().compute_capability);
  const GemmPointers operands = buffers.pointers(0);
  for (int tile = emulated ? gemm_mma::kSmallestTile : 0; tile <= gemm_mma::kSmallestTile; ++tile) {
    buffers.poison_outputs();
    launch_gemm_mma(device().stream(),
                    {.dtype = op.weights,
                     .m = op.m,
                     .n = op.n,
                     .k = op.k,
                     .x = operands.x,
                     .w = operands.w,
                     .y = operands.y,
                     .scale = static_cast<float>(buffers.scale())},
                    gemm_mma::plan_with(tile, op.m, op.n, device().info().compute_units));
    const Verification verification = buffers.compare(cublaslt::accuracy(op, true));
    EXPECT_TRUE(verification.passed) << verification.reason << " (tile " << tile << ")";
  }
}

INSTANTIATE_TEST_SUITE_P(Types, CudaMmaGemmTest,
                         testing::Values(DType::kBf16, DType::kFp16, DType::kFp8E4m3, DType::kInt8),
                         [](const auto& each) { return std::string(name_of(each.param)); });

}  // namespace
}  // namespace gpugauge
