// Links what is in builds with CUDA only.
#if GPUGAUGE_HAS_CUDA

#include <gmock/gmock.h>

#include <algorithm>

#include "kernels/implementation.hpp"

namespace gpugauge {

std::span<const Implementation> wgmma_gemm();

namespace {

using testing::HasSubstr;
using testing::Optional;

Unsupported supports(std::string_view name, const Gemm& op, int compute_capability = 90) {
  DeviceInfo info;
  info.compute_capability = compute_capability;
  const auto all = wgmma_gemm();
  return std::find_if(all.begin(), all.end(), [&](const auto& i) { return i.name == name; })
      ->supports(op, info);
}

TEST(WgmmaGemm, RunsOnHopperAlone) {
  const Gemm op = gemm_of(DType::kBf16, 128, 256, 512);
  EXPECT_EQ(supports("wgmma", op), std::nullopt);
  for (int other : {80, 89, 100, 120}) {
    EXPECT_THAT(supports("wgmma", op, other), Optional(HasSubstr("compute capability 9.0")));
  }
}

TEST(WgmmaGemm, FastAccumulationIsForFp8Alone) {
  for (DType dtype : {DType::kBf16, DType::kFp16, DType::kFp8E4m3}) {
    EXPECT_EQ(supports("wgmma", gemm_of(dtype, 1, 16, 16)), std::nullopt);
  }
  EXPECT_EQ(supports("wgmma_fast_accum", gemm_of(DType::kFp8E4m3, 1, 16, 16)), std::nullopt);
  EXPECT_THAT(supports("wgmma_fast_accum", gemm_of(DType::kBf16, 1, 16, 16)),
              Optional(HasSubstr("FP8 only")));
  EXPECT_THAT(supports("wgmma", gemm_of(DType::kInt8, 1, 16, 16)), Optional(HasSubstr("int8")));
}

TEST(WgmmaGemm, RefusesRowsThatTheCopyEngineCannotMove) {
  EXPECT_EQ(supports("wgmma", gemm_of(DType::kBf16, 3, 8, 8)), std::nullopt);
  EXPECT_THAT(supports("wgmma", gemm_of(DType::kBf16, 3, 8, 12)),
              Optional(HasSubstr("K in multiples of 8")));
  EXPECT_THAT(supports("wgmma", gemm_of(DType::kFp8E4m3, 3, 8, 24)),
              Optional(HasSubstr("K in multiples of 16")));
  EXPECT_THAT(supports("wgmma", gemm_of(DType::kFp8E4m3, 3, 12, 32)),
              Optional(HasSubstr("N in multiples of 8")));
  EXPECT_THAT(supports("wgmma", gemm_of(DType::kBf16, 0, 8, 8)), Optional(HasSubstr("at least 1")));
}

TEST(WgmmaGemm, RefusesMixedTypes) {
  EXPECT_THAT(supports("wgmma", Gemm{1, 16, 16, DType::kBf16, DType::kFp8E4m3, DType::kBf16}),
              Optional(HasSubstr("must have one type")));
}

}  // namespace
}  // namespace gpugauge

#endif  // GPUGAUGE_HAS_CUDA
