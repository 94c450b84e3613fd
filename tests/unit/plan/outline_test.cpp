#include "harness/plan/outline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gpugauge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

PlannedCase planned(const Op& op, std::string implementation, double case_seconds,
                    Unsupported unsupported = {}) {
  PlannedCase one;
  one.c = {.op = op,
           .implementation = std::move(implementation),
           .options = {},
           .model = {},
           .role = {}};
  one.name = case_name(one.c);
  one.policy.case_seconds = case_seconds;
  one.policy.warmup_seconds = 0.5;
  one.unsupported = std::move(unsupported);
  return one;
}

const MemoryStream kRead{.pattern = MemoryPattern::kRead, .bytes = 1 << 20};

TEST(Outline, CountsByFamilyWhateverTheOrder) {
  const Gemm gemm = gemm_of(DType::kBf16, 64, 64, 64);
  const Plan plan{{planned(kRead, "stream", 1), planned(gemm, "cublaslt", 2),
                   planned(gemm, "wgmma", 2, "needs compute capability 9.0"),
                   planned(kRead, "bulk", 1), planned(kRead, "stream", 1)}};
  const PlanOutline outline = outline_of(plan, 2);
  ASSERT_EQ(outline.families.size(), 2u);
  EXPECT_EQ(outline.families[0].family, "memory");
  EXPECT_EQ(outline.families[0].supported, 3u);
  EXPECT_THAT(outline.families[0].implementations, ElementsAre("stream", "bulk"));
  EXPECT_DOUBLE_EQ(outline.families[0].seconds, 4.5);
  EXPECT_EQ(outline.families[1].family, "gemm");
  EXPECT_EQ(outline.families[1].unsupported, 1u);
  EXPECT_THAT(outline.families[1].implementations, ElementsAre("cublaslt"));
  EXPECT_EQ(outline.supported, 4u);
  EXPECT_EQ(outline.unsupported, 1u);
  EXPECT_DOUBLE_EQ(outline.seconds, 4.5 + 2.5 + 2);
}

TEST(Outline, WhatCannotRunTakesNoTime) {
  const PlanOutline outline = outline_of({{planned(kRead, "stream", 1, "no such memory")}}, 2);
  EXPECT_EQ(outline.supported, 0u);
  EXPECT_DOUBLE_EQ(outline.seconds, 0);
  EXPECT_THAT(outline.families.front().implementations, IsEmpty());
}

}  // namespace
}  // namespace gpugauge
