// Links what is in builds with CUDA only.
#if GPUGAUGE_HAS_CUDA

#include <gmock/gmock.h>

#include <string>

#include "kernels/implementation.hpp"

namespace gpugauge {

std::span<const Implementation> mma_gemm();

namespace {

constexpr int kA100 = 80, kL40s = 89, kH100 = 90;

/// Why an op is refused on a device of that compute capability; empty if it is not.
std::string mma_refusal(const Gemm& op, int compute_capability = kL40s) {
  DeviceInfo info;
  info.compute_capability = compute_capability;
  return mma_gemm().front().supports(op, info).value_or("");
}

TEST(GemmMmaSupports, WhatTheTensorCoresMultiplyWithoutHoppersInstructions) {
  for (DType dtype : {DType::kBf16, DType::kFp16, DType::kInt8}) {
    for (int capability : {kA100, kL40s, kH100}) {
      EXPECT_EQ(mma_refusal(gemm_of(dtype, 1, 8, 16), capability), "") << name_of(dtype);
    }
  }
  EXPECT_EQ(mma_refusal(gemm_of(DType::kFp8E4m3, 8192, 8192, 8192), kL40s), "");
  EXPECT_EQ(mma_refusal(gemm_of(DType::kFp8E4m3, 8192, 8192, 8192), kH100), "");
}

TEST(GemmMmaSupports, RefusesTypesAndDevices) {
  EXPECT_THAT(mma_refusal(gemm_of(DType::kFp8E4m3, 16, 128, 128), kA100),
              testing::HasSubstr("8.9"));
  EXPECT_THAT(mma_refusal(gemm_of(DType::kBf16, 16, 128, 128), 75), testing::HasSubstr("8.0"));
  EXPECT_THAT(mma_refusal(gemm_of(DType::kTf32, 16, 128, 128)), testing::HasSubstr("tf32"));
  Gemm mixed = gemm_of(DType::kFp8E4m3, 16, 128, 128);
  mixed.activations = DType::kBf16;
  EXPECT_THAT(mma_refusal(mixed), testing::HasSubstr("one type"));
}

TEST(GemmMmaSupports, RefusesShapes) {
  for (DType dtype : {DType::kBf16, DType::kFp16, DType::kFp8E4m3, DType::kInt8}) {
    EXPECT_THAT(mma_refusal(gemm_of(dtype, 16, 132, 128)),
                testing::HasSubstr("N in multiples of 8"));
    EXPECT_THAT(mma_refusal(gemm_of(dtype, 16, 128, 132)), testing::HasSubstr("K in multiples of"));
    EXPECT_THAT(mma_refusal(gemm_of(dtype, 0, 128, 128)), testing::HasSubstr("at least 1"));
    EXPECT_THAT(mma_refusal(gemm_of(dtype, 16, std::int64_t{1} << 40, 128)),
                testing::HasSubstr("below 2^31"));
  }
}

}  // namespace
}  // namespace gpugauge

#endif  // GPUGAUGE_HAS_CUDA
