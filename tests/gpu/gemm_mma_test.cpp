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
    const auto replay = device().capture(*workload, 1);
    EXPECT_GT(replay->run().seconds, 0.0);
    const Verification verification = verify_replay(*workload, *replay);
    EXPECT_TRUE(verification.passed) << verification.reason << " (" << workload->details() << ")";
    EXPECT_GT(verification.checked, 0);
    RecordProperty("max_error", std::to_string(verification.max_error));
  }
};

TEST_P(CudaMmaGemmTest, IsVerifiedFromOneTokenUp) {
  for (std::int64_t m : sizes({1, 8, 33, 512, 2048}, {1, 33})) {
    run_and_verify(gemm_of(GetParam(), m, size(1536, 96), size(2048, 128)));
  }
}

TEST_P(CudaMmaGemmTest, IsVerifiedAtRaggedShapes) {
  run_and_verify(gemm_of(GetParam(), 37, size(1048, 56), size(1072, 80)));
  run_and_verify(gemm_of(GetParam(), 1, 8, 16));
  run_and_verify(gemm_of(GetParam(), 3, 16, size(8208, 528)));
  run_and_verify(gemm_of(GetParam(), size(4099, 67), size(4104, 72), size(4112, 80)));
}

TEST_P(CudaMmaGemmTest, IsVerifiedInEverySlotOfAColdRotation) {
  run_and_verify(gemm_of(GetParam(), size(256, 40), size(4096, 136), size(4096, 128)), {});
}

TEST_P(CudaMmaGemmTest, IsVerifiedForEveryDistribution) {
  for (Distribution data :
       {Distribution::kUniform, Distribution::kZeros, Distribution::kSmallIntegers}) {
    run_and_verify(gemm_of(GetParam(), size(256, 33), size(512, 64), size(1024, 64)),
                   {.cache = CacheState::kHot, .data = data});
  }
}

TEST_P(CudaMmaGemmTest, EveryTileIsVerified) {
  const Gemm op = gemm_of(GetParam(), size(1000, 130), size(3000, 136), size(1008, 80));
  GemmBuffers buffers(op, device(), {.cache = CacheState::kHot});
  const bool converted = GetParam() == DType::kFp8E4m3 &&
                         gemm_mma::fp8_is_emulated(*device().info().compute_capability);
  const GemmPointers operands = buffers.pointers(0);
  for (int tile = converted ? gemm_mma::kSmallestTile : 0; tile <= gemm_mma::kSmallestTile;
       ++tile) {
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
    const Verification verification = buffers.compare(Launches{}, cublaslt::accuracy(op, true));
    EXPECT_TRUE(verification.passed) << verification.reason << " (tile " << tile << ")";
  }
}

INSTANTIATE_TEST_SUITE_P(Types, CudaMmaGemmTest,
                         testing::Values(DType::kBf16, DType::kFp16, DType::kFp8E4m3, DType::kInt8),
                         [](const auto& each) { return std::string(name_of(each.param)); });

}  // namespace
}  // namespace gpugauge
