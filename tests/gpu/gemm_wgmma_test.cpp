#include <gtest/gtest.h>

#include <algorithm>

#include "kernels/cuda/gemm/gemm_buffers.hpp"
#include "kernels/cuda/gemm/gemm_rules.hpp"
#include "kernels/cuda/gemm/gemm_wgmma.hpp"
#include "kernels/implementation.hpp"
#include "tests/gpu/gpu_test.hpp"

namespace gpugauge {

std::span<const Implementation> wgmma_gemm();

namespace {

using gemm_wgmma::Accumulation;

struct Type {
  DType dtype;
  Accumulation accumulation;
  const char* implementation;
};

class WgmmaGemmTest : public GpuTest, public testing::WithParamInterface<Type> {
 protected:
  void SetUp() override {
    GpuTest::SetUp();
    if (IsSkipped()) return;
    if (const auto reason =
            implementation().supports(gemm_of(GetParam().dtype, 64, 64, 64), device().info())) {
      GTEST_SKIP() << *reason;
    }
  }

  const Implementation& implementation() const {
    const auto all = wgmma_gemm();
    return *std::find_if(all.begin(), all.end(),
                         [&](const auto& i) { return i.name == GetParam().implementation; });
  }

  void run_and_verify(std::int64_t m, std::int64_t n, std::int64_t k,
                      const CaseOptions& options = {.cache = CacheState::kHot}) {
    const Gemm op = gemm_of(GetParam().dtype, m, n, k);
    SCOPED_TRACE(kind_path(op) + " " + shape_path(op));
    const auto workload = implementation().make(op, device(), options);
    const auto replay = device().capture(*workload, 1);
    EXPECT_GT(replay->run().seconds, 0.0);
    const Verification verification = verify_replay(*workload, *replay);
    EXPECT_TRUE(verification.passed) << verification.reason << " (" << workload->details() << ")";
  }

  /// With that tile and cluster, on as few multiprocessors as that: the ring of stages and the
  /// places of the output go round several times.
  void run_plan(gemm_wgmma::Tile tile, int cluster, std::int64_t m, std::int64_t n, std::int64_t k,
                int multiprocessors) {
    const Gemm op = gemm_of(GetParam().dtype, m, n, k);
    SCOPED_TRACE(testing::Message() << shape_path(op) << ", tile " << tile.m << "x" << tile.n
                                    << ", cluster " << cluster);
    GemmBuffers buffers(op, device(), {.cache = CacheState::kHot});
    const auto plan =
        gemm_wgmma::plan_with(tile, cluster, m, n, k * size_bytes(op.weights), multiprocessors);
    const GemmPointers operands = buffers.pointers(0);
    buffers.poison_outputs();
    gemm_wgmma::launch(device().stream(), op.weights, GetParam().accumulation, plan,
                       gemm_wgmma::tensor_maps(op, plan, operands.x, operands.w, operands.y),
                       static_cast<float>(buffers.scale()));
    const Verification verification = buffers.compare(
        Launches{}, cublaslt::accuracy(op, GetParam().accumulation == Accumulation::kFast));
    EXPECT_TRUE(verification.passed) << verification.reason;
  }
};

TEST_P(WgmmaGemmTest, IsVerifiedFromOneTokenUp) {
  for (std::int64_t m : sizes({1, 64, 65, 200, 512, 2048}, {1, 65}))
    run_and_verify(m, size(1536, 136), size(2048, 128));
}

TEST_P(WgmmaGemmTest, IsVerifiedAtRaggedShapes) {
  run_and_verify(37, size(1048, 56), size(1072, 80));
  run_and_verify(1, 8, 16);
  run_and_verify(size(300, 130), size(264, 136), 16);
  if (emulated()) return;
  run_and_verify(129, 8, 4112);
  run_and_verify(1025, 2056, 528);
}

TEST_P(WgmmaGemmTest, EveryTileIsVerifiedAloneAndInPairs) {
  for (const gemm_wgmma::Tile tile : gemm_wgmma::kTiles) {
    for (int cluster : {1, 2}) {
      for (std::int64_t multiprocessors : sizes({2, 6, 132}, {2})) {
        run_plan(tile, cluster, size(700, 70), size(1032, 264), size(1040, 80),
                 static_cast<int>(multiprocessors));
        if (!emulated()) run_plan(tile, cluster, 1, 520, 64, static_cast<int>(multiprocessors));
      }
    }
  }
}

TEST_P(WgmmaGemmTest, IsVerifiedInEverySlotOfAColdRotation) {
  run_and_verify(size(128, 40), size(4096, 136), size(4096, 128), {});
}

TEST_P(WgmmaGemmTest, IsVerifiedForEveryDistribution) {
  for (Distribution data :
       {Distribution::kUniform, Distribution::kZeros, Distribution::kSmallIntegers}) {
    run_and_verify(size(200, 70), size(512, 64), size(1024, 64),
                   {.cache = CacheState::kHot, .data = data});
  }
}

TEST_P(WgmmaGemmTest, IsVerifiedAtTheSizeThatItIsFor) {
  if (emulated()) GTEST_SKIP() << kTooMuch;
  run_and_verify(4096, 4096, 4096);
}

INSTANTIATE_TEST_SUITE_P(Types, WgmmaGemmTest,
                         testing::Values(Type{DType::kBf16, Accumulation::kPromoted, "wgmma"},
                                         Type{DType::kFp16, Accumulation::kPromoted, "wgmma"},
                                         Type{DType::kFp8E4m3, Accumulation::kPromoted, "wgmma"},
                                         Type{DType::kFp8E4m3, Accumulation::kFast,
                                              "wgmma_fast_accum"}),
                         [](const auto& each) {
                           return std::string(name_of(each.param.dtype)) +
                                  (each.param.accumulation == Accumulation::kFast ? "_fast" : "");
                         });

}  // namespace
}  // namespace gpugauge
