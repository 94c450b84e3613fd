#include <gmock/gmock.h>

#include <algorithm>

#include "kernels/cuda/gemm/cublaslt_matmul.hpp"
#include "kernels/cuda/gemm/gemm_buffers.hpp"
#include "kernels/cuda/gemm/gemm_rules.hpp"
#include "kernels/implementation.hpp"
#include "tests/gpu/gpu_test.hpp"

namespace gpugauge {

std::span<const Implementation> cublaslt_gemm();

namespace {

const Implementation& cublaslt_row(std::string_view name) {
  const auto all = cublaslt_gemm();
  return *std::find_if(all.begin(), all.end(), [&](const auto& i) { return i.name == name; });
}

class CudaGemmTest : public GpuTest {
 protected:
  /// Skips the test, with its reason, where the op is not supported.
  void run_and_verify(std::string_view name, const Gemm& op, const CaseOptions& options = {}) {
    SCOPED_TRACE(testing::Message() << name << " " << kind_path(op) << " " << shape_path(op));
    if (const auto reason = cublaslt_row(name).supports(op, device().info())) {
      GTEST_SKIP() << *reason;
    }
    const auto workload = cublaslt_row(name).make(op, device(), options);
    EXPECT_FALSE(workload->details().empty());
    const auto replay = device().capture(*workload, 1);
    EXPECT_GT(replay->run().seconds, 0.0);
    const Verification verification = verify_replay(*workload, *replay);
    EXPECT_TRUE(verification.passed) << verification.reason << " (" << workload->details() << ")";
    EXPECT_GT(verification.checked, 0);
    RecordProperty("max_error", std::to_string(verification.max_error));
  }
};

class CudaGemmTypeTest : public CudaGemmTest, public testing::WithParamInterface<DType> {};

TEST_P(CudaGemmTypeTest, IsVerifiedFromOneTokenUp) {
  for (std::int64_t m : sizes({1, 8, 33, 512}, {1, 33})) {
    run_and_verify("cublaslt", gemm_of(GetParam(), m, size(1536, 96), size(2048, 128)),
                   {.cache = CacheState::kHot});
  }
}

TEST_P(CudaGemmTypeTest, IsVerifiedInEverySlotOfAColdRotation) {
  run_and_verify("cublaslt", gemm_of(GetParam(), 8, size(4096, 64), size(4096, 512)));
}

TEST_P(CudaGemmTypeTest, IsVerifiedAtRaggedShapes) {
  // Multiples of 16 in N and K, as FP8 wants them, and of no tile.
  run_and_verify("cublaslt", gemm_of(GetParam(), 37, size(1040, 80), size(1072, 112)),
                 {.cache = CacheState::kHot});
  run_and_verify("cublaslt", gemm_of(GetParam(), 1, 16, 16), {.cache = CacheState::kHot});
  run_and_verify("cublaslt", gemm_of(GetParam(), 3, 16, size(8192, 512)),
                 {.cache = CacheState::kHot});
}

TEST_P(CudaGemmTypeTest, SearchIsVerified) {
  if (emulated()) GTEST_SKIP() << kTooMuch;
  run_and_verify("cublaslt_search", gemm_of(GetParam(), 16, 2048, 4096));
}

TEST_P(CudaGemmTypeTest, IsVerifiedForEveryDistribution) {
  for (Distribution data :
       {Distribution::kUniform, Distribution::kZeros, Distribution::kSmallIntegers}) {
    run_and_verify("cublaslt", gemm_of(GetParam(), 5, size(256, 32), size(512, 64)),
                   {.cache = CacheState::kHot, .data = data});
  }
}

INSTANTIATE_TEST_SUITE_P(Types, CudaGemmTypeTest,
                         testing::Values(DType::kFp32, DType::kTf32, DType::kBf16, DType::kFp16,
                                         DType::kFp8E4m3, DType::kInt8),
                         [](const auto& each) { return std::string(name_of(each.param)); });

TEST_F(CudaGemmTest, OddShapesAreLegalWithoutTensorCoreRules) {
  run_and_verify("cublaslt", gemm_of(DType::kBf16, 7, 131, 77), {.cache = CacheState::kHot});
  run_and_verify("cublaslt", gemm_of(DType::kFp32, 7, 131, 77), {.cache = CacheState::kHot});
}

TEST_F(CudaGemmTest, FastAccumulationIsVerifiedWithinItsOwnTolerance) {
  for (std::int64_t k : sizes({512, 4096, 14336, 28672}, {512})) {
    for (const char* name :
         {"cublaslt_fast_accum", "cublaslt_fast_accum_padded", "cublaslt_padded"})
      run_and_verify(name, gemm_of(DType::kFp8E4m3, 16, size(4096, 64), k));
  }
  if (emulated()) return;  // a search takes too long there
  run_and_verify("cublaslt_fast_accum_search", gemm_of(DType::kFp8E4m3, 16, 4096, 4096));
}

TEST_F(CudaGemmTest, AnOutputThatWasNotWrittenIsSeen) {
  const Gemm op = gemm_of(DType::kBf16, 4, 256, 512);
  GemmBuffers buffers(op, device(), {.cache = CacheState::kHot});
  buffers.poison_outputs();
  EXPECT_FALSE(buffers.compare(Launches{}, cublaslt::accuracy(op, false)).passed);
}

TEST_F(CudaGemmTest, APlantedErrorIsSeen) {
  if (const auto& library = cublaslt_library(); !library.api) GTEST_SKIP() << library.absence;
  const Gemm op = gemm_of(DType::kBf16, 4, 256, 512);  // small enough to be compared as a whole
  const GemmAccuracy accuracy = cublaslt::accuracy(op, false);
  GemmBuffers buffers(op, device(), {.cache = CacheState::kHot});
  const CublasLtMatmul matmul(op, {}, false);
  const auto algorithms = matmul.suggest(1, 0, Reductions::kComputeType);
  ASSERT_EQ(algorithms.size(), 1U);
  buffers.poison_outputs();
  matmul.run(device().stream(), algorithms.front(), buffers.pointers(0), nullptr);
  const Verification before = buffers.compare(Launches{}, accuracy);
  EXPECT_TRUE(before.passed) << before.reason;

  auto* const element = static_cast<std::uint16_t*>(buffers.pointers(0).y) + 2 * op.n + 131;
  std::uint16_t code = fetch<std::uint16_t>(element, 1).front();
  code = static_cast<std::uint16_t>(code ^ 0x8000U);  // the sign
  device().copy_to_device(element, &code, sizeof(code));
  const Verification after = buffers.compare(Launches{}, accuracy);
  EXPECT_FALSE(after.passed);
  EXPECT_THAT(after.reason, testing::HasSubstr("[2, 131]"));
}

TEST_F(CudaGemmTest, MoreThanThereIsRoomForIsOutOfMemory) {
  const Gemm op = gemm_of(DType::kBf16, 1, 1LL << 24, 1LL << 20);
  if (const auto reason = cublaslt_row("cublaslt").supports(op, device().info())) {
    GTEST_SKIP() << *reason;
  }
  EXPECT_THROW(cublaslt_row("cublaslt").make(op, device(), {}), OutOfMemory);
}

}  // namespace
}  // namespace gpugauge
