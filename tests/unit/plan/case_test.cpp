#include "harness/plan/case.hpp"

#include <gtest/gtest.h>

namespace gpugauge {
namespace {

TEST(CaseName, ReadsFromTheGeneralToTheParticular) {
  const Case c{.op = gemm_of(DType::kFp8E4m3, 8, 28672, 4096),
               .implementation = "cublaslt",
               .options = {},
               .model = "llama-3.1-8b",
               .role = "gate_up"};
  EXPECT_EQ(case_name(c), "gemm/fp8_e4m3/llama-3.1-8b/gate_up/m:8/n:28672/k:4096/cublaslt/cold");
}

TEST(CaseName, LeavesOutTheModelWhereThereIsNone) {
  const Case c{.op = MemoryStream{MemoryPattern::kTriad, std::int64_t{1} << 30},
               .implementation = "openmp",
               .options = {.cache = CacheState::kHot},
               .model = {},
               .role = {}};
  EXPECT_EQ(case_name(c), "memory/triad/1GiB/openmp/hot");
}

TEST(CaseName, NamesOnlyDataThatIsNotNormal) {
  Case c{.op = gemm_of(DType::kBf16, 64, 64, 64),
         .implementation = "onednn",
         .options = {},
         .model = {},
         .role = {}};
  c.options.data = Distribution::kZeros;
  EXPECT_EQ(case_name(c), "gemm/bf16/m:64/n:64/k:64/onednn/cold/zeros");
}

TEST(CaseName, NamesAPace) {
  Case c{.op = gemm_of(DType::kBf16, 64, 64, 64),
         .implementation = "wgmma",
         .options = {.cache = CacheState::kHot, .pace = Pace::kBurst},
         .model = {},
         .role = {}};
  EXPECT_EQ(case_name(c), "gemm/bf16/m:64/n:64/k:64/wgmma/hot/burst");
  c.options.data = Distribution::kZeros;
  EXPECT_EQ(case_name(c), "gemm/bf16/m:64/n:64/k:64/wgmma/hot/zeros/burst");
}

}  // namespace
}  // namespace gpugauge
