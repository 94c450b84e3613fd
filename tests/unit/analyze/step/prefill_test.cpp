#include "harness/analyze/step/prefill.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>

#include "harness/base/error.hpp"
#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using fake::at_gbps;
using fake::at_tflops;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr PrefillPoint kFp8At1024{.precision = Precision::kFp8, .tokens = 1024};

StepOp op_named(const std::vector<StepOp>& ops, const std::string& name) {
  const auto found =
      std::find_if(ops.begin(), ops.end(), [&](const StepOp& op) { return op.name == name; });
  if (found == ops.end()) throw std::runtime_error("no op " + name);
  return *found;
}

/// Reads 1000 GB/s; GEMMs reach 200 TFLOPS in FP8 and 100 in BF16.
std::vector<Measurement> prefill_peaks() {
  return {at_gbps(fake::memory(MemoryPattern::kRead), 1000),
          at_tflops(fake::square(DType::kFp8E4m3, 8192), 200),
          at_tflops(fake::square(DType::kBf16, 8192), 100)};
}

Record prefill_card(std::vector<std::int64_t> linears_at) {
  std::vector<Measurement> all = prefill_peaks();
  for (const std::int64_t m : linears_at) {
    for (Measurement& linear : fake::linears(fake::llama_8b(), Precision::kFp8, m, 10))
      all.push_back(std::move(linear));
  }
  return fake::record(std::move(all));
}

PrefillFinding of(const Record& record, const PrefillPoint& point = kFp8At1024) {
  return prefill_finding(StepTimes(record), fake::llama_8b(), point);
}

TEST(PrefillOps, LinearsTakeAllTokensAndTheHeadTheLastOne) {
  const std::vector<StepOp> ops = prefill_ops(fake::llama_8b(), kFp8At1024);
  const auto qkv = std::get<Gemm>(op_named(ops, "qkv").op);
  EXPECT_EQ(qkv.m, 1024);
  EXPECT_EQ(qkv.n, 6144);
  EXPECT_EQ(qkv.weights, DType::kFp8E4m3);
  EXPECT_EQ(op_named(ops, "qkv").count, 32);
  EXPECT_EQ(std::get<Gemm>(op_named(ops, "lm_head").op).m, 1);
  EXPECT_EQ(std::get<TokenOp>(op_named(ops, "argmax").op).tokens, 1);
  EXPECT_EQ(std::get<TokenOp>(op_named(ops, "rms_norm").op).tokens, 1024);
}

TEST(PrefillOps, AttentionIsThePromptToItself) {
  const StepOp op = op_named(prefill_ops(fake::llama_8b(), kFp8At1024), "attention");
  const auto& attention = std::get<AttentionPrefill>(op.op);
  EXPECT_EQ(attention.batch, 1);
  EXPECT_EQ(attention.tokens, 1024);
  EXPECT_EQ(attention.kv_heads, 8);
  EXPECT_EQ(attention.dtype, DType::kBf16);
  EXPECT_EQ(op.count, 32);
}

TEST(PrefillOps, AreThoseOfADecodeStepAsOften) {
  /// By name and, of norms, by what they write.
  const auto counts = [](const std::vector<StepOp>& ops) {
    std::map<std::pair<std::string, std::optional<DType>>, std::int64_t> all;
    for (const StepOp& step : ops) {
      const auto* op = std::get_if<TokenOp>(&step.op);
      EXPECT_TRUE(all.emplace(std::pair(step.name, op ? std::optional(op->output) : std::nullopt),
                              step.count)
                      .second)
          << step.name;
    }
    return all;
  };
  EXPECT_EQ(counts(prefill_ops(fake::llama_8b(), kFp8At1024)),
            counts(decode_ops(fake::llama_8b(), {.precision = Precision::kFp8})));
}

TEST(PrefillFinding, SaysWhereTheLibrarysAttentionIsSlowerThanWhatEnginesRun) {
  const auto warnings = [](int capability, double tflops, Origin origin = Origin::kMeasured) {
    Record record = prefill_card({1024});
    record.device.compute_capability = capability;
    record.measurements.push_back(
        at_tflops(std::get<AttentionPrefill>(
                      op_named(prefill_ops(fake::llama_8b(), kFp8At1024), "attention").op),
                  tflops));
    record.measurements.back().origin = origin;
    return of(record).warnings;
  };
  const auto pessimistic = testing::Contains(testing::AllOf(
      testing::HasSubstr("library is pessimistic"), testing::HasSubstr("330 TFLOPS at 1024 tokens"),
      testing::HasSubstr("444 to 520 at 4096 on an H100 SXM")));
  EXPECT_THAT(warnings(90, 330), pessimistic);
  EXPECT_THAT(warnings(90, 450), testing::Not(pessimistic));
  EXPECT_THAT(warnings(89, 330), testing::Not(pessimistic));
  EXPECT_THAT(warnings(90, 330, Origin::kImported), testing::Not(pessimistic));
}

TEST(PrefillOps, NeedATokenAndAPrompt) {
  EXPECT_THROW(prefill_ops(fake::llama_8b(), {.tokens = 0}), UsageError);
  EXPECT_THROW(prefill_ops(fake::llama_8b(), {.prompts = 0}), UsageError);
}

TEST(PrefillOps, PromptsShareTheLinearsAndAttendApart) {
  PrefillPoint eight = kFp8At1024;
  eight.prompts = 8;
  const std::vector<StepOp> ops = prefill_ops(fake::llama_8b(), eight);
  EXPECT_EQ(std::get<Gemm>(op_named(ops, "qkv").op).m, 8192);
  EXPECT_EQ(std::get<TokenOp>(op_named(ops, "rms_norm").op).tokens, 8192);
  EXPECT_EQ(std::get<Gemm>(op_named(ops, "lm_head").op).m, 8);
  EXPECT_EQ(std::get<TokenOp>(op_named(ops, "argmax").op).tokens, 8);
  const auto attention = std::get<AttentionPrefill>(op_named(ops, "attention").op);
  EXPECT_EQ(attention.batch, 8);
  EXPECT_EQ(attention.tokens, 1024);
}

TEST(PrefillFinding, BoundsAreBytesOverBandwidthAndOperationsOverTheRateOfTheirType) {
  const PrefillFinding f = of(prefill_card({1024}));
  // 8.03e9 bytes of weights, and 131,072 of KV for each token, at 1000 GB/s.
  const ModelConfig model = fake::llama_8b();
  const auto bytes = static_cast<double>(model.streamed_weight_bytes(Precision::kFp8) +
                                         1024 * model.kv_bytes_per_token(DType::kBf16));
  EXPECT_NEAR(f.memory_bound_ns.value().value, bytes / 1000, 1);
  // 32 layers of 2·1024·(4096·(6144 + 4096 + 28672) + 14336·4096) at 200 TFLOPS, and of
  // 4·32·128·1024·1025/2 at 100.
  const double linears = 32 * 2.0 * 1024 * (4096.0 * (6144 + 4096 + 28672) + 14336.0 * 4096);
  const double attention = 32 * 4.0 * 32 * 128 * 1024 * 1025 / 2;
  EXPECT_NEAR(f.compute_bound_ns.value().value, linears / 200e3 + attention / 100e3, 1);
  EXPECT_LT(f.compute_bound_ns->low, f.compute_bound_ns->value);
}

TEST(PrefillFinding, SumsTheOpsAndCountsThePrompt) {
  const PrefillFinding f = of(prefill_card({1024}));
  ASSERT_TRUE(f.library);
  EXPECT_GT(f.library->step_ns.value, f.compute_bound_ns->value);
  EXPECT_NEAR(f.library->tokens_per_second.value, 1024e9 / f.library->step_ns.value, 1e-6);
  EXPECT_GT(f.library->share_of(Origin::kMeasured), 0.5);
  EXPECT_TRUE(f.reason.empty());
  EXPECT_EQ(f.step(Engine::kLibrary), &*f.library);
}

TEST(PrefillFinding, LinearsBeyondWhatWasMeasuredAreModelledAndNamed) {
  const PrefillFinding f = of(prefill_card({1, 64}));
  ASSERT_TRUE(f.best);
  EXPECT_THAT(f.warnings, ElementsAre(HasSubstr("modelled, not measured: qkv, o, gate_up, down")));
  EXPECT_GE(f.best->step_ns.value, f.compute_bound_ns->value * 0.95);
  for (const OpLine& line : f.best->ops)
    EXPECT_EQ(line.time.origin, line.step.name == "lm_head" ? Origin::kMeasured : Origin::kModelled)
        << line.step.name;
}

TEST(PrefillFinding, RefusesWithoutALinearAndWithoutARateOfItsType) {
  std::vector<Measurement> all = prefill_peaks();
  all.erase(all.begin() + 1);
  const Record record = fake::record(std::move(all));
  const PrefillFinding f = of(record);
  EXPECT_FALSE(f.compute_bound_ns);
  EXPECT_EQ(f.step(Engine::kBest), nullptr);
  EXPECT_THAT(f.reason, HasSubstr("--filter 'gemm/fp8_e4m3/'"));
  EXPECT_THAT(f.warnings, IsEmpty());
}

TEST(PrefillFinding, RefusesWithoutAMemoryRead) {
  const PrefillFinding f = of(fake::record({at_tflops(fake::square(DType::kBf16, 8192), 100)}));
  EXPECT_FALSE(f.best);
  EXPECT_THAT(f.reason, HasSubstr("no cold memory read"));
}

TEST(PrefillOps, AttentionOfAWindowHasThePairsOfTheWindow) {
  ModelConfig model = fake::llama_8b();
  model.sliding_window = 1024;
  model.windowed_layers = 24;
  const auto ops = prefill_ops(model, {.tokens = 4096});
  const StepOp whole = op_named(ops, "attention"), window = op_named(ops, "attention_window");
  EXPECT_EQ(std::get<AttentionPrefill>(whole.op).tokens, 4096);
  EXPECT_EQ(whole.count, 8);
  EXPECT_EQ(std::get<AttentionPrefill>(window.op).tokens, 1024);
  EXPECT_EQ(std::get<AttentionPrefill>(window.op).batch, 7);
  EXPECT_EQ(window.count, 24);
}

}  // namespace
}  // namespace gpugauge
