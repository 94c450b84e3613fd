#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "kernels/implementation.hpp"
#include "tests/unit/kernels/small_cache_device.hpp"

namespace gpugauge {
namespace {

using testing::HasSubstr;

const Implementation& onednn() {
  return *find_implementation("onednn", gemm_of(DType::kFp32, 1, 1, 1), Backend::kCpu);
}

struct Shape {
  std::int64_t m, n, k;
};

class OnednnGemm : public testing::TestWithParam<DType> {
 protected:
  void SetUp() override {
    const Op op = gemm_of(GetParam(), 1, 64, 64);
    if (const Unsupported reason = onednn().supports(op, device_.info())) GTEST_SKIP() << *reason;
  }
  std::unique_ptr<Workload> make(Shape shape, CaseOptions options = {}) {
    return onednn().make(gemm_of(GetParam(), shape.m, shape.n, shape.k), device_, options);
  }

  SmallCacheDevice device_;
};

TEST_P(OnednnGemm, IsVerifiedOnRaggedAndWholeShapes) {
  for (const Shape shape :
       {Shape{1, 1, 1}, Shape{1, 1, 17}, Shape{1, 64, 64}, Shape{3, 50, 33}, Shape{5, 48, 64},
        Shape{1, 300, 1000}, Shape{17, 31, 129}, Shape{8, 512, 256}, Shape{64, 1, 100}}) {
    for (CacheState cache : {CacheState::kCold, CacheState::kHot}) {
      const auto workload = make(shape, {.cache = cache});
      const Verification v = verify_replay(*workload, *device_.capture(*workload, 5));
      EXPECT_TRUE(v.passed) << shape.m << "x" << shape.n << "x" << shape.k << ": " << v.reason;
      EXPECT_GT(v.checked, 0);
    }
  }
}

TEST_P(OnednnGemm, IsVerifiedOnEveryDistribution) {
  for (Distribution data : {Distribution::kNormal, Distribution::kUniform, Distribution::kZeros,
                            Distribution::kSmallIntegers}) {
    const auto workload = make({4, 96, 200}, {.data = data});
    const Verification v = verify_replay(*workload, *device_.capture(*workload, 5));
    EXPECT_TRUE(v.passed) << name_of(data) << ": " << v.reason;
  }
}

TEST_P(OnednnGemm, ColdWeightsRotateThroughFiveTimesTheCache) {
  const auto cold = make({1, 128, 128});
  EXPECT_GE(cold->slots() * 128 * 128 * size_bytes(GetParam()) * 2,
            5 * SmallCacheDevice::kCacheBytes);
  EXPECT_GT(cold->slots(), 1);
  EXPECT_EQ(make({1, 128, 128}, {.cache = CacheState::kHot})->slots(), 1);
}

TEST_P(OnednnGemm, RunsInAReplayAndNamesItsKernel) {
  const auto workload = make({2, 128, 128});
  const auto replay = device_.capture(*workload, 7);
  EXPECT_EQ(replay->launches(), 7);
  EXPECT_GT(replay->run().seconds, 0.0);
  EXPECT_FALSE(workload->details().empty());
  EXPECT_TRUE(verify_replay(*workload, *replay).passed);
}

INSTANTIATE_TEST_SUITE_P(Types, OnednnGemm,
                         testing::Values(DType::kFp32, DType::kBf16, DType::kFp16, DType::kInt8),
                         [](const auto& param) { return std::string(name_of(param.param)); });

TEST(OnednnSupport, SaysWhichArithmeticTheProcessorLacks) {
  DeviceInfo plain;
  EXPECT_EQ(onednn().supports(gemm_of(DType::kFp32, 1, 64, 64), plain), std::nullopt);
  EXPECT_THAT(*onednn().supports(gemm_of(DType::kBf16, 1, 64, 64), plain),
              HasSubstr("no bf16 arithmetic"));
  EXPECT_THAT(*onednn().supports(gemm_of(DType::kInt8, 1, 64, 64), plain),
              HasSubstr("avx512_vnni"));
}

TEST(OnednnSupport, RefusesWhatItHasNoTypeFor) {
  DeviceInfo info;
  info.features = {"avx512_bf16", "amx_int8", "avx512_fp16"};
  EXPECT_THAT(*onednn().supports(gemm_of(DType::kFp8E4m3, 1, 64, 64), info), HasSubstr("fp8_e4m3"));
  EXPECT_THAT(*onednn().supports(gemm_of(DType::kTf32, 1, 64, 64), info), HasSubstr("tf32"));
  EXPECT_THAT(*onednn().supports(gemm_of(DType::kFp32, 0, 64, 64), info), HasSubstr("at least 1"));
  Gemm mixed = gemm_of(DType::kFp32, 1, 64, 64);
  mixed.activations = DType::kBf16;
  EXPECT_THAT(*onednn().supports(mixed, info), HasSubstr("one type"));
}

}  // namespace
}  // namespace gpugauge
