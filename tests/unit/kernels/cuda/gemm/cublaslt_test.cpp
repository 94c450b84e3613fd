#if GPUGAUGE_HAS_CUDA

#include "kernels/cuda/gemm/cublaslt.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "harness/base/error.hpp"
#include "kernels/implementation.hpp"

namespace gpugauge {

std::span<const Implementation> cublaslt_gemm();

namespace {

const Implementation& implementation(std::string_view name) {
  for (const Implementation& candidate : cublaslt_gemm()) {
    if (candidate.name == name) return candidate;
  }
  throw std::out_of_range(std::string(name));
}

DeviceInfo hopper() {
  DeviceInfo info;
  info.backend = Backend::kCuda;
  info.compute_capability = 90;
  return info;
}

TEST(CublasLtLibrary, IsEitherHereOrSaysWhatInstallsIt) {
  const CublasLtLibrary& library = cublaslt_library();
  if (library.api) {
    EXPECT_EQ(library.api->version() / 10000, static_cast<std::size_t>(CUBLAS_VER_MAJOR));
    EXPECT_EQ(&cublaslt_api(), &*library.api);
  } else {
    EXPECT_NE(library.absence.find("pip install nvidia-cublas"), std::string::npos);
    EXPECT_THROW(cublaslt_api(), EnvironmentError);
  }
}

TEST(CublasLtLibrary, AFailedCallSaysWhatAndWhy) {
  if (!cublaslt_library().api) GTEST_SKIP() << cublaslt_library().absence;
  const CublasLtApi& api = cublaslt_api();
  EXPECT_NO_THROW(api.check(CUBLAS_STATUS_SUCCESS, "cublasLtMatmul"));
  EXPECT_THROW(api.check(CUBLAS_STATUS_ALLOC_FAILED, "cublasLtMatmul"), OutOfMemory);
  try {
    api.check(CUBLAS_STATUS_NOT_SUPPORTED, "cublasLtMatmul");
    FAIL() << "it did not throw";
  } catch (const EnvironmentError& error) {
    EXPECT_NE(std::string(error.what())
                  .find("cublasLtMatmul: the requested functionality is not supported"),
              std::string::npos)
        << error.what();
  }
}

TEST(CublasLtGemm, FirstAnswersAreWhatFrameworksRun) {
  std::vector<std::string_view> library, others;
  for (const Implementation& candidate : cublaslt_gemm())
    (candidate.is_library ? library : others).push_back(candidate.name);
  EXPECT_THAT(library,
              testing::UnorderedElementsAre("cublaslt", "cublaslt_padded", "cublaslt_fast_accum",
                                            "cublaslt_fast_accum_padded"));
  EXPECT_THAT(others, testing::SizeIs(4));
}

TEST(CublasLtGemm, PaddingIsForFewTokensOfFp8) {
  for (std::string_view name : {"cublaslt_padded", "cublaslt_fast_accum_padded"}) {
    const auto reason =
        implementation(name).supports(gemm_of(DType::kFp8E4m3, 17, 16, 16), hopper());
    EXPECT_NE(reason.value_or("").find("pad M to 17"), std::string::npos) << name;
  }
}

TEST(CublasLtGemm, FastAccumulationIsForFp8Only) {
  for (std::string_view name : {"cublaslt_fast_accum", "cublaslt_fast_accum_search"}) {
    const auto reason = implementation(name).supports(gemm_of(DType::kBf16, 1, 16, 16), hopper());
    EXPECT_NE(reason.value_or("").find("fast accumulation"), std::string::npos) << name;
  }
}

TEST(CublasLtGemm, IsSupportedWhereTheLibraryIs) {
  const bool present = cublaslt_library().api.has_value();
  for (const Implementation& candidate : cublaslt_gemm()) {
    const auto reason = candidate.supports(gemm_of(DType::kFp8E4m3, 1, 16, 16), hopper());
    EXPECT_EQ(reason.has_value(), !present) << candidate.name << ": " << reason.value_or("");
  }
}

TEST(CublasLtGemm, RulesComeBeforeTheLibrary) {
  EXPECT_NE(implementation("cublaslt").supports(gemm_of(DType::kFp8E4m3, 1, 17, 16), hopper()),
            std::nullopt);
}

}  // namespace
}  // namespace gpugauge

#endif
