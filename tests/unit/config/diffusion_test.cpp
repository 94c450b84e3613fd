#include "harness/config/diffusion.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/config/temporary_folder.hpp"

namespace gpugauge {
namespace {

DiffusionConfig one_stage(BlockKind block) {
  return {.name = "tiny",
          .source = "",
          .text_tokens = 8,
          .cross_attention_dim = 48,
          .passes_per_step = 2,
          .num_inference_steps = 10,
          .stages = {{.block = block,
                      .num_layers = 3,
                      .num_attention_heads = 2,
                      .attention_head_dim = 16,
                      .intermediate_size = 128,
                      .pixels_per_token = 16}}};
}

/// Of 64 x 64 pixels: 16 image tokens.
std::vector<ForwardOp> ops_of(BlockKind block, std::int64_t images = 1) {
  return diffusion_ops(one_stage(block), Precision::kBf16, {.images = images, .side = 64});
}

/// A multiply-add for every weight and token, twice over, for the image's and the text's tokens.
constexpr double kC = 32, kMlp = 128, kImage = 16, kText = 8, kLayers = 3, kPasses = 2;

TEST(DiffusionOps, OfADoubleBlockGiveEachStreamItsOwnWeights) {
  const double stream = 4 * kC * kC + 2 * kC * kMlp;
  const double all = kImage + kText;
  EXPECT_DOUBLE_EQ(
      flops_of(ops_of(BlockKind::kDouble)),
      kLayers * kPasses * (2 * all * stream + 2 * 2 * 6 * kC * kC + 4 * all * (all + 1) * kC));
  EXPECT_EQ(one_stage(BlockKind::kDouble).parameters(), 3 * 2 * (4 + 6 + 8) * 32 * 32);
}

TEST(DiffusionOps, OfASingleBlockTakeBothStreamsThroughOneLinearInAndOneOut) {
  const double all = kImage + kText;
  const double weights = kC * (3 * kC + kMlp) + (kC + kMlp) * kC;
  EXPECT_DOUBLE_EQ(
      flops_of(ops_of(BlockKind::kSingle)),
      kLayers * kPasses * (2 * all * weights + 2 * 3 * kC * kC + 4 * all * (all + 1) * kC));
  EXPECT_EQ(one_stage(BlockKind::kSingle).parameters(), 3 * (7 + 5 + 3) * 32 * 32);
}

TEST(DiffusionOps, OfACrossBlockAttendToTheImageAndToTheText) {
  const double weights = 6 * kC * kC + 3 * kC * kMlp;
  const double text = 2 * kText * 2 * kC * 48 + 4 * kImage * kText * kC;
  EXPECT_DOUBLE_EQ(
      flops_of(ops_of(BlockKind::kCross)),
      kLayers * kPasses * (2 * kImage * weights + text + 4 * kImage * (kImage + 1) * kC));
  EXPECT_EQ(one_stage(BlockKind::kCross).parameters(), 3 * (6 * 1024 + 2 * 32 * 48 + 3 * 32 * 128));
}

TEST(DiffusionOps, OfABatchAreThoseOfItsImages) {
  for (const BlockKind block : {BlockKind::kDouble, BlockKind::kSingle, BlockKind::kCross})
    EXPECT_DOUBLE_EQ(flops_of(ops_of(block, 5)), 5 * flops_of(ops_of(block)));
}

TEST(DiffusionOps, KeepAttentionInBf16WhereTheLinearsAreFp8) {
  for (const ForwardOp& op : diffusion_ops(one_stage(BlockKind::kCross), Precision::kFp8, {})) {
    if (const auto* attention = std::get_if<AttentionPrefill>(&op.op)) {
      EXPECT_EQ(attention->dtype, DType::kBf16);
    } else {
      const bool product = op.name == "cross_scores" || op.name == "cross_values";
      EXPECT_EQ(std::get<Gemm>(op.op).weights, product ? DType::kBf16 : DType::kFp8E4m3) << op.name;
    }
  }
}

TEST(DiffusionOps, RefuseImagesThatAreNoWholeNumberOfTokens) {
  const DiffusionConfig model = one_stage(BlockKind::kSingle);
  EXPECT_THROW(diffusion_ops(model, Precision::kBf16, {.images = 1, .side = 1000}), UsageError);
  EXPECT_THROW(diffusion_ops(model, Precision::kBf16, {.images = 1, .side = 0}), UsageError);
  EXPECT_THROW(diffusion_ops(model, Precision::kBf16, {.images = 1, .side = -16}), UsageError);
  EXPECT_THROW(diffusion_ops(model, Precision::kBf16, {.images = 1, .side = 1 << 20}), UsageError);
  EXPECT_THROW(diffusion_ops(model, Precision::kBf16, {.images = 0, .side = 64}), UsageError);
}

constexpr std::string_view kDiffusion = R"(name: tiny
kind: diffusion
source: https://example.com/config.json
text_tokens: 77
passes_per_step: 1
num_inference_steps: 4
stages:
  - block: double
    num_layers: 2
    num_attention_heads: 4
    attention_head_dim: 16
    intermediate_size: 128
    pixels_per_token: 16
)";

std::string diffusion_error(std::string_view from, std::string_view to) {
  std::string text(kDiffusion);
  text.replace(text.find(from), from.size(), to);
  return TemporaryFolder().error_of(load_diffusion, "tiny.yaml", text);
}

TEST(LoadDiffusion, ReadsStages) {
  const DiffusionConfig model = load_diffusion(TemporaryFolder().write("tiny.yaml", kDiffusion));
  ASSERT_EQ(model.stages.size(), 1U);
  EXPECT_EQ(model.stages[0].block, BlockKind::kDouble);
  EXPECT_EQ(model.stages[0].channels(), 64);
  EXPECT_EQ(model.num_inference_steps, 4);
}

TEST(LoadDiffusion, RefusesWhatIsWrong) {
  EXPECT_EQ(diffusion_error("block: double", "block: duble"),
            "tiny.yaml:8:12: 'stages[0].block' is 'duble', expected one of double, single, cross; "
            "did you mean 'double'?");
  EXPECT_EQ(diffusion_error("block: double", "block: cross"),
            "tiny.yaml:1:1: 'cross_attention_dim' is missing");
  EXPECT_THAT(diffusion_error("text_tokens: 77", "text_tokens: 77\ncross_attention_dim: 2048"),
              testing::HasSubstr("unknown key 'cross_attention_dim'"));
  EXPECT_EQ(diffusion_error("num_layers: 2", "num_layers: 0"),
            "tiny.yaml:9:17: 'stages[0].num_layers' is '0', expected a whole number from 1 to "
            "1000");
}

}  // namespace
}  // namespace gpugauge
