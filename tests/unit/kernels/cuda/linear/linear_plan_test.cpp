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
constexpr LinearDevice kH100Card{132, 90, 50 << 20};

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

LinearPlan plan_hopper(std::int64_t m, std::int64_t n, std::int64_t k, DType weights) {
  return plan_linear_hopper({m, n, k, weights, weights}, 132);
}

/// `whole 32 x 128`: the height of a tile and the blocks.
std::string cut(const LinearPlan& plan) {
  return (plan.split.whole_tiles ? "whole " : "cut ") + std::to_string(plan.rows) + " x " +
         std::to_string(plan.split.blocks);
}

TEST(LinearPlan, OnHopperFewTokensTakeWholeTilesWhereTheyKeepTheMultiprocessorsBusy) {
  EXPECT_EQ(cut(plan_hopper(1, 6144, 4096, kFp8)), "whole 48 x 128");
  EXPECT_EQ(cut(plan_hopper(1, 4096, 4096, kFp8)), "whole 32 x 128");
  EXPECT_EQ(cut(plan_hopper(1, 4096, 14336, kFp8)), "whole 32 x 128");
  EXPECT_EQ(cut(plan_hopper(16, 4096, 4096, kFp8)), "whole 32 x 128");
  EXPECT_EQ(cut(plan_hopper(17, 4096, 4096, kFp8)), "cut 128 x 128");
  // Too few rows for the blocks, and too many bytes for each of the few.
  EXPECT_EQ(cut(plan_hopper(1, 256, 65536, kFp8)), "cut 128 x 132");
}

/// Every linear of the models in configs/models: the cheaper cut is never dearer than the other,
/// and takes little longer than the bytes of w over the read bandwidth: up to 8 tokens 2% and 0.8
/// µs.
TEST(LinearPlan, OnHopperNoLinearOfAModelLosesMuchToItsCut) {
  struct Model {
    std::int64_t hidden, intermediate, heads, kv_heads, vocab;
  };
  constexpr Model kModels[] = {
      {4096, 14336, 32, 8, 128256},  // llama-3.1-8b
      {8192, 28672, 64, 8, 128256},  // llama-3.1-70b
      {5120, 13824, 40, 40, 32000},  // llama-2-13b
      {4096, 14336, 32, 8, 32768},   // mistral-7b-v0.3
      {4096, 12288, 32, 8, 151936},  // qwen3-8b
      {5120, 17408, 40, 8, 151936},  // qwen3-14b
      {5120, 25600, 64, 8, 151936},  // qwen3-32b
  };
  int whole = 0, all = 0;
  for (const Model& model : kModels) {
    const std::int64_t heads = model.heads * 128, keys = model.kv_heads * 128;
    const std::int64_t shapes[][2] = {{heads + 2 * keys, model.hidden},
                                      {model.hidden, heads},
                                      {2 * model.intermediate, model.hidden},
                                      {model.hidden, model.intermediate},
                                      {model.vocab, model.hidden}};
    for (const auto& [n, k] : shapes) {
      for (std::int64_t m : {1, 8, 16}) {
        for (DType weights : {kBf16, kFp8}) {
          const LinearShape shape{m, n, k, weights, weights};
          const LinearPlan chosen = plan_linear_hopper(shape, 132);
          const double bytes = modelled_linear_bytes(shape, chosen, 132);
          EXPECT_LE(bytes, modelled_linear_bytes(shape, plan_linear(shape, 132), 132));
          const double share = static_cast<double>(n * k * size_bytes(weights)) / 132;
          EXPECT_LE(bytes, (m <= 8 ? 1.02 : 1.07) * share + (m <= 8 ? 20e3 : 40e3))
              << cut(chosen) << " of " << m << "x" << n << "x" << k;
          ++all;
          whole += chosen.split.whole_tiles ? 1 : 0;
        }
      }
    }
  }
  EXPECT_GE(whole * 4, all * 3);
}

TEST(LinearPlan, PrefetchesAThirdOfL2) {
  const LinearPlan plan = plan_hopper(1, 4096, 4096, kFp8);
  EXPECT_EQ(linear_prefetch_steps(plan, 50 << 20), 33);  // 132 KiB a block, 17 MB of all
  const std::int64_t bytes = linear_prefetch_steps(plan, 50 << 20) * plan.step_bytes();
  EXPECT_LE(bytes * plan.split.blocks, (50 << 20) / 3);
  EXPECT_GE((bytes + plan.step_bytes()) * plan.split.blocks, (50 << 20) / 3);
  EXPECT_EQ(linear_prefetch_steps(plan, 0), 0);
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
  return linear_unsupported(shape, {132, compute_capability, 50 << 20}).value_or("");
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
