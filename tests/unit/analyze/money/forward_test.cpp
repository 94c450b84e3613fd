#include "harness/analyze/money/forward.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using fake::at_gbps;
using fake::at_tflops;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

EncoderConfig encoder() {
  EncoderConfig e;
  e.name = "bge";
  e.num_hidden_layers = 24;
  e.hidden_size = 1024;
  e.intermediate_size = 4096;
  e.num_attention_heads = 16;
  e.vocab_size = 30522;
  e.max_position_embeddings = 512;
  e.type_vocab_size = 2;
  return e;
}

DiffusionConfig image_model() {
  DiffusionConfig m;
  m.name = "sd";
  m.text_tokens = 77;
  m.cross_attention_dim = 2048;
  m.passes_per_step = 2;
  m.num_inference_steps = 50;
  m.stages = {{.block = BlockKind::kCross,
               .num_layers = 10,
               .num_attention_heads = 10,
               .attention_head_dim = 64,
               .intermediate_size = 2560,
               .pixels_per_token = 16}};
  return m;
}

constexpr ForwardPoint kEmbedding{.batch = 8, .extent = 512};
constexpr ForwardPoint kImage{.batch = 2, .extent = 1024, .steps = 30, .guidance_passes = 2};

/// 1000 GB/s and 100 TFLOPS in BF16.
std::vector<Measurement> peaks() {
  return {at_gbps(fake::memory(MemoryPattern::kRead), 1000),
          at_tflops(fake::square(DType::kBf16, 8192), 100)};
}

ForwardFinding found(const Record& record, const ForwardPass& pass,
                     const std::optional<MemoryBudget>& budget = {}) {
  return forward_finding(StepTimes(record), pass, budget);
}

TEST(ForwardPass, CountsTheEncodersOpsAndWhatItHolds) {
  const ForwardPass pass = forward_pass(encoder(), kEmbedding);
  EXPECT_EQ(pass.unit, ForwardUnit::kEmbedding);
  double flops = 0;
  for (const StepOp& op : pass.ops) flops += work_of(op.op).flops * static_cast<double>(op.count);
  const double linears = 24 * 2.0 * 4096 * (4.0 * 1024 * 1024 + 2.0 * 1024 * 4096);
  EXPECT_NEAR(flops, linears + 24 * 4.0 * 8 * 1024 * 512 * 513, 1);
  EXPECT_EQ(pass.weight_bytes, static_cast<double>(encoder().weight_bytes(Precision::kBf16)));
  EXPECT_EQ(pass.activation_bytes, 2.0 * 4096 * (1024 + 4096));
  EXPECT_THROW(forward_pass(encoder(), {.batch = 1, .extent = 513}), UsageError);
  EXPECT_THROW(forward_pass(encoder(), {.batch = 1, .extent = 8, .steps = 2}), UsageError);
}

TEST(ForwardPass, ProductsOfActivationsAreAttention) {
  const ForwardPass pass = forward_pass(image_model(), kImage);
  for (const StepOp& op : pass.ops) {
    const bool is_attention =
        op.name == "attention" || op.name == "cross_scores" || op.name == "cross_values";
    EXPECT_EQ(op.group, is_attention ? OpGroup::kAttention : OpGroup::kLinears) << op.name;
  }
  EXPECT_THROW(forward_pass(image_model(), {.batch = 1, .extent = 1024, .steps = 0}), UsageError);
}

TEST(ForwardFinding, AddsUpTheOpsAndCountsAnHour) {
  const Record record = fake::record(peaks());
  const ForwardFinding f = found(record, forward_pass(encoder(), kEmbedding));
  ASSERT_TRUE(f.library);
  double ns = 0;
  for (const OpLine& line : f.library->ops)
    ns += line.time.time_ns.value * static_cast<double>(line.step.count);
  EXPECT_NEAR(f.library->step_ns.value, ns, 1e-3);
  EXPECT_NEAR(f.units_per_hour(Engine::kLibrary)->value, 8 * 3600e9 / ns, 1e-6);
  const Estimate per_hour = *f.units_per_hour(Engine::kLibrary);
  EXPECT_LT(per_hour.low, per_hour.value);
  EXPECT_NEAR(f.dollars(Engine::kLibrary, 2.5)->value, 2.5 / per_hour.value * 1e6, 1e-9);
  EXPECT_NEAR(f.library->share_of(OpGroup::kLinears) + f.library->share_of(OpGroup::kAttention), 1,
              1e-9);
  EXPECT_THAT(f.warnings,
              Contains(HasSubstr("modelled, not measured: qkv, attention, o, mlp_up, mlp_down")));
  EXPECT_THROW(f.dollars(Engine::kLibrary, -1), UsageError);
}

TEST(ForwardFinding, AnImageTakesItsStepsAndPasses) {
  const Record record = fake::record(peaks());
  const ForwardFinding f = found(record, forward_pass(image_model(), kImage));
  EXPECT_NEAR(f.units_per_hour(Engine::kBest)->value, 2 * 3600e9 / (30 * f.best->step_ns.value),
              1e-9);
  EXPECT_NEAR(f.dollars(Engine::kBest, 2)->value, 2 / f.units_per_hour(Engine::kBest)->value * 1000,
              1e-9);
  ForwardPoint unguided = kImage;
  unguided.guidance_passes = 1;
  const ForwardFinding one = found(record, forward_pass(image_model(), unguided));
  EXPECT_NEAR(f.best->step_ns.value / one.best->step_ns.value, 2, 0.1);
}

TEST(ForwardFinding, WhatIsMeasuredIsNotModelled) {
  std::vector<Measurement> all = peaks();
  for (const auto& [n, k] :
       {std::pair{3072, 1024}, std::pair{1024, 1024}, std::pair{4096, 1024}, std::pair{1024, 4096}})
    all.push_back(at_tflops(gemm_of(DType::kBf16, 4096, n, k), 80));
  const Record record = fake::record(std::move(all));
  const ForwardFinding f = found(record, forward_pass(encoder(), kEmbedding));
  EXPECT_NEAR(f.library->share_of(Origin::kMeasured), f.library->share_of(OpGroup::kLinears), 1e-9);
  EXPECT_THAT(f.warnings, Contains(HasSubstr("modelled, not measured: attention")));
}

TEST(ForwardFinding, RefusesWhatNothingIsKnownOf) {
  const Record no_gemm = fake::record({at_gbps(fake::memory(MemoryPattern::kRead), 1000)});
  const ForwardFinding f = found(no_gemm, forward_pass(encoder(), kEmbedding));
  EXPECT_FALSE(f.best);
  EXPECT_FALSE(f.units_per_hour(Engine::kBest));
  EXPECT_THAT(f.reason, HasSubstr("gpugauge run --suite datasheet --filter 'gemm/bf16/'"));
  EXPECT_THAT(found(fake::record({}), forward_pass(encoder(), kEmbedding)).reason,
              HasSubstr("no cold memory read"));
}

TEST(ForwardFinding, SaysWhatDoesNotFit) {
  const Record record = fake::record(peaks());
  const ForwardPass pass = forward_pass(encoder(), kEmbedding);
  EXPECT_EQ(found(record, pass).fits(), std::nullopt);
  const double needed = pass.weight_bytes + pass.activation_bytes;
  const MemoryBudget enough{.device_bytes = needed, .utilisation = 1, .reserve_bytes = 0};
  EXPECT_EQ(found(record, pass, enough).fits(), true);
  EXPECT_THAT(found(record, pass, enough).warnings, Not(Contains(HasSubstr("does not fit"))));
  const MemoryBudget less{.device_bytes = needed - 1, .utilisation = 1, .reserve_bytes = 0};
  EXPECT_EQ(found(record, pass, less).fits(), false);
  EXPECT_THAT(found(record, pass, less).warnings, Contains(HasSubstr("batch 8 does not fit")));
}

}  // namespace
}  // namespace gpugauge
