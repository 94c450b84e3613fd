// Links what is in builds with CUDA only.
#if GPUGAUGE_HAS_CUDA

#include "kernels/cuda/linear/linear_plan.hpp"

#include <gmock/gmock.h>

#include <set>
#include <string>

#include "kernels/cuda/machine/shared_layout.hpp"

namespace gpugauge {
namespace {

constexpr DType kBf16 = DType::kBf16, kFp8 = DType::kFp8E4m3;
constexpr LinearDevice kH100Card{132, 90};

LinearPlan plan(std::int64_t m, std::int64_t n, std::int64_t k, DType weights) {
  return plan_linear({m, n, k, kBf16, weights}, 132);
}

TEST(LinearPlan, TakesTheFewestTokensThatHoldM) {
  for (std::int64_t m = 1; m <= 64; ++m) {
    const int tokens = plan(m, 4096, 4096, kFp8).tokens;
    EXPECT_GE(tokens, m);
    EXPECT_TRUE(tokens == 8 || tokens < 2 * m);
    EXPECT_THAT(tokens, testing::AnyOf(8, 16, 32, 64));
  }
}

TEST(LinearPlan, CutsTheWeightsOfAnEightBillionModel) {
  EXPECT_EQ(plan(1, 4096, 4096, kFp8).split.tiles, 32);
  EXPECT_EQ(plan(1, 4096, 4096, kFp8).split.steps_per_tile, 32);
  EXPECT_EQ(plan(1, 4096, 4096, kFp8).split.blocks, 128);  // four a tile
  EXPECT_EQ(plan(1, 4096, 4096, kBf16).split.steps_per_tile, 64);
  EXPECT_EQ(plan(1, 28672, 4096, kFp8).split.blocks, 132);
  EXPECT_EQ(plan(1, 128256, 4096, kBf16).split.tiles, 1002);
}

TEST(LinearPlan, NoShapeNeedsMoreThanItsCoverOfTheWeights) {
  for (std::int64_t n : {1, 127, 128, 129, 6144}) {
    for (std::int64_t k : {16, 112, 128, 144, 4096, 14336}) {
      const LinearPlan whole = plan(8, n, k, kFp8);
      const std::int64_t rows = std::int64_t{LinearPlan::kRows} * whole.split.tiles;
      const std::int64_t bytes = std::int64_t{LinearPlan::kStepBytes} * whole.split.steps_per_tile;
      EXPECT_TRUE(rows >= n && rows < n + LinearPlan::kRows) << n;
      EXPECT_TRUE(bytes >= k && bytes < k + LinearPlan::kStepBytes) << k;
    }
  }
}

TEST(LinearPlan, TheWorkspaceHoldsCountersAndTwoTilesABlock) {
  const LinearShape shape{64, 28672, 4096, kFp8, kFp8};
  EXPECT_EQ(linear_workspace_bytes(shape, kH100Card), 4096 + 2 * 132 * 128 * 64 * 4);
  const LinearPlan enormous = plan_linear(shape, 5000);
  EXPECT_LE(enormous.split.blocks, WorkSplit::kMostBlocks);
}

TEST(FragmentRow, AQuarterWarpMeetsAllBanks) {
  std::set<int> rows;
  for (int i = 0; i < 8; ++i) rows.insert(fragment_row(i));
  EXPECT_THAT(rows, testing::ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
  for (int quarter = 0; quarter < 4; ++quarter) {
    std::set<int> eighths;  // of the 128 bytes that all banks are wide
    for (int lane = 8 * quarter; lane < 8 * quarter + 8; ++lane) {
      eighths.insert(swizzled_offset(fragment_row(lane / 4), lane % 4 * 16) % 128 / 16);
    }
    EXPECT_EQ(eighths.size(), 8U) << quarter;
  }
}

std::string reason(const LinearShape& shape, int compute_capability = 90) {
  return linear_unsupported(shape, {132, compute_capability}).value_or("");
}

TEST(LinearUnsupported, TakesTheThreePairsOfTypes) {
  EXPECT_EQ(reason({1, 1, 8, kBf16, kBf16}, 80), "");
  EXPECT_EQ(reason({64, 4097, 4096, kBf16, kFp8}, 89), "");
  EXPECT_EQ(reason({64, 4097, 4096, kFp8, kFp8}, 100), "");
}

TEST(LinearUnsupported, SaysWhyNot) {
  using testing::HasSubstr;
  EXPECT_THAT(reason({1, 16, 16, kFp8, kBf16}), HasSubstr("fp8_e4m3 activations with bf16"));
  EXPECT_THAT(reason({1, 16, 16, DType::kFp16, DType::kFp16}), HasSubstr("fp16"));
  EXPECT_THAT(reason({65, 16, 16, kBf16, kBf16}), HasSubstr("65"));
  EXPECT_THAT(reason({0, 16, 16, kBf16, kBf16}), HasSubstr("at least 1"));
  EXPECT_THAT(reason({1, 16, 12, kBf16, kBf16}), HasSubstr("multiples of 8"));
  EXPECT_THAT(reason({1, 16, 24, kFp8, kFp8}), HasSubstr("multiples of 16"));
  EXPECT_THAT(reason({1, 16, 16, kFp8, kFp8}, 86), HasSubstr("8.9"));
  EXPECT_THAT(reason({1, 16, 16, kBf16, kBf16}, 75), HasSubstr("8.0"));
  EXPECT_THAT(reason({1, 1LL << 31, 16, kBf16, kBf16}), HasSubstr("32 GiB"));
  EXPECT_THAT(reason({1, 1LL << 24, 1LL << 20, kBf16, kBf16}), HasSubstr("32 GiB"));
}

}  // namespace
}  // namespace gpugauge

#endif  // GPUGAUGE_HAS_CUDA
