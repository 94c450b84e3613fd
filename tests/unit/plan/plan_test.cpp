#include "harness/plan/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/error.hpp"

namespace gpugauge {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

DeviceInfo cpu() {
  DeviceInfo info;
  info.id = "cpu";
  info.backend = Backend::kCpu;
  info.memory_bytes = std::int64_t{16} << 30;
  info.cache_bytes = 32 << 20;
  return info;
}

ModelConfig tiny_model() {
  ModelConfig model;
  model.name = "tiny";
  model.num_hidden_layers = 2;
  model.hidden_size = 64;
  model.intermediate_size = 128;
  model.num_attention_heads = 4;
  model.num_key_value_heads = 2;
  model.head_dim = 16;
  model.vocab_size = 256;
  return model;
}

SuiteEntry entry(const std::string& family) {
  SuiteEntry e;
  e.family = family;
  e.cache = {CacheState::kCold};
  e.data = {Distribution::kNormal};
  e.implementations = {family == "memory" ? "openmp" : "onednn"};
  return e;
}

Suite suite_of(std::vector<SuiteEntry> entries) {
  Suite suite;
  suite.name = "test";
  suite.entries = std::move(entries);
  return suite;
}

std::vector<std::string> names_of(const Plan& plan) {
  std::vector<std::string> names;
  for (const PlannedCase& planned : plan.cases) names.push_back(planned.name);
  return names;
}

TEST(MakePlan, IsTheProductOfAnEntrysLists) {
  SuiteEntry memory = entry("memory");
  memory.patterns = {MemoryPattern::kRead, MemoryPattern::kTriad};
  memory.sizes_bytes = {1 << 20, 1 << 30};
  memory.cache = {CacheState::kCold, CacheState::kHot};
  EXPECT_EQ(make_plan(suite_of({memory}), {}, cpu()).cases.size(), 8u);
}

TEST(MakePlan, UsesTheModelsOwnLinearsWithTheHeadInItsOwnType) {
  SuiteEntry gemm = entry("gemm");
  gemm.models = {"tiny"};
  gemm.precisions = {Precision::kInt8};
  gemm.batches = {3};
  const Plan plan = make_plan(suite_of({gemm}), {tiny_model()}, cpu());
  EXPECT_THAT(names_of(plan), ElementsAre("gemm/int8/tiny/qkv/m:3/n:128/k:64/onednn/cold",
                                          "gemm/int8/tiny/o/m:3/n:64/k:64/onednn/cold",
                                          "gemm/int8/tiny/gate_up/m:3/n:256/k:64/onednn/cold",
                                          "gemm/int8/tiny/down/m:3/n:64/k:128/onednn/cold",
                                          "gemm/bf16/tiny/lm_head/m:3/n:256/k:64/onednn/cold"));
  EXPECT_EQ(plan.cases[0].work.flops, 2.0 * 3 * 128 * 64);
}

TEST(MakePlan, KeepsOnlyTheLinearsThatWereAskedFor) {
  SuiteEntry gemm = entry("gemm");
  gemm.models = {"tiny"};
  gemm.precisions = {Precision::kBf16};
  gemm.batches = {1};
  gemm.linears = {LinearRole::kDown};
  EXPECT_EQ(make_plan(suite_of({gemm}), {tiny_model()}, cpu()).cases.size(), 1u);
}

TEST(MakePlan, NamesEachCaseOnce) {
  SuiteEntry gemm = entry("gemm");
  gemm.models = {"tiny"};
  gemm.precisions = {Precision::kBf16, Precision::kInt8};  // one and the same BF16 head
  gemm.batches = {1};
  const Plan plan = make_plan(suite_of({gemm}), {tiny_model()}, cpu());
  EXPECT_EQ(plan.cases.size(), 9u);
}

TEST(MakePlan, LeavesOutEntriesForAnotherBackend) {
  SuiteEntry memory = entry("memory");
  memory.patterns = {MemoryPattern::kRead};
  memory.sizes_bytes = {1 << 20};
  memory.backend = Backend::kCuda;
  EXPECT_TRUE(make_plan(suite_of({memory}), {}, cpu()).cases.empty());
}

TEST(MakePlan, KeepsWhatTheDeviceCannotRunWithItsReason) {
  SuiteEntry gemm = entry("gemm");
  gemm.dtypes = {DType::kFp8E4m3};
  gemm.shapes = {gemm_of(DType::kFp8E4m3, 16, 16, 16)};
  const Plan plan = make_plan(suite_of({gemm}), {}, cpu());
  ASSERT_EQ(plan.cases.size(), 1u);
  EXPECT_TRUE(plan.cases[0].unsupported.has_value());
}

TEST(MakePlan, SaysThatAnImplementationIsNotInThisBuild) {
  SuiteEntry gemm = entry("gemm");
  gemm.implementations = {"magic"};
  gemm.dtypes = {DType::kFp32};
  gemm.shapes = {gemm_of(DType::kFp32, 16, 16, 16)};
  const Plan plan = make_plan(suite_of({gemm}), {}, cpu());
  ASSERT_TRUE(plan.cases[0].unsupported.has_value());
  EXPECT_THAT(*plan.cases[0].unsupported, HasSubstr("no implementation 'magic' of gemm for cpu"));
}

TEST(MakePlan, MakesTheOpsOfAModelsStep) {
  SuiteEntry attention = entry("attention_decode");
  attention.models = {"tiny"};
  attention.batches = {2};
  attention.contexts = {128};
  attention.kv = {DType::kBf16};
  attention.page_tokens = {16, 64};
  SuiteEntry prefill = entry("attention_prefill");
  prefill.models = {"tiny"};
  prefill.batches = {1};
  prefill.tokens = {256};
  prefill.dtypes = {DType::kBf16};
  SuiteEntry token = entry("token_op");
  token.models = {"tiny"};
  token.batches = {2};
  token.token_ops = {TokenOpKind::kGatedActivation, TokenOpKind::kQuantize};
  SuiteEntry step = entry("decode_step");
  step.models = {"tiny"};
  step.batches = {2};
  step.precisions = {Precision::kFp8};
  step.contexts = {128};
  step.kv = {DType::kBf16};
  const Plan plan = make_plan(suite_of({attention, prefill, token, step}), {tiny_model()}, cpu());
  EXPECT_THAT(names_of(plan),
              ElementsAre("attention_decode/bf16/tiny/b:2/c:128/h:4/kv:2/d:16/p:16/onednn/cold",
                          "attention_decode/bf16/tiny/b:2/c:128/h:4/kv:2/d:16/p:64/onednn/cold",
                          "attention_prefill/bf16/tiny/b:1/t:256/h:4/kv:2/d:16/onednn/cold",
                          "token_op/gated_activation/bf16/tiny/t:2/w:128/onednn/cold",
                          "token_op/quantize/fp8_e4m3/tiny/t:2/w:64/onednn/cold",
                          "token_op/quantize/fp8_e4m3/tiny/t:2/w:128/onednn/cold",
                          "decode_step/fp8_e4m3/tiny/b:2/c:128/kv:bf16/onednn/cold"));
}

TEST(MakePlan, MakesTheOpsOfADevice) {
  SuiteEntry peak = entry("tensor_peak");
  peak.dtypes = {DType::kBf16};
  peak.sparsity = {Sparsity::kDense, Sparsity::kSparse};
  peak.gflop = 2000;
  SuiteEntry latency = entry("latency");
  latency.latencies = {LatencyKind::kPointerChase, LatencyKind::kPointerChaseFar,
                       LatencyKind::kGraphNode};
  latency.count = 100;
  latency.sizes_bytes = {1 << 14, 1 << 20};
  SuiteEntry transfer = entry("transfer");
  transfer.transfers = {TransferKind::kHostToDevice};
  transfer.sizes_bytes = {1 << 20};
  const Plan plan = make_plan(suite_of({peak, latency, transfer}), {}, cpu());
  EXPECT_THAT(names_of(plan), ElementsAre("tensor_peak/bf16/dense/gflop:2000/onednn/cold",
                                          "tensor_peak/bf16/sparse/gflop:2000/onednn/cold",
                                          "latency/pointer_chase/16KiB/x:100/onednn/cold",
                                          "latency/pointer_chase/1MiB/x:100/onednn/cold",
                                          "latency/pointer_chase_far/16KiB/x:100/onednn/cold",
                                          "latency/pointer_chase_far/1MiB/x:100/onednn/cold",
                                          "latency/graph_node/x:100/onednn/cold",
                                          "transfer/host_to_device/1MiB/onednn/cold"));
  EXPECT_EQ(plan.cases[0].work.flops, 2e12);
}

TEST(MakePlan, MixesTheTypesOfAGemmWhereAsked) {
  SuiteEntry gemm = entry("gemm");
  gemm.models = {"tiny"};
  gemm.precisions = {Precision::kFp8};
  gemm.batches = {1};
  gemm.linears = {LinearRole::kO};
  gemm.activations = DType::kBf16;
  EXPECT_THAT(names_of(make_plan(suite_of({gemm}), {tiny_model()}, cpu())),
              ElementsAre("gemm/bf16_x_fp8_e4m3/tiny/o/m:1/n:64/k:64/onednn/cold"));
}

TEST(MakePlan, RefusesAModelThatWasNotLoaded) {
  SuiteEntry gemm = entry("gemm");
  gemm.models = {"absent"};
  gemm.precisions = {Precision::kBf16};
  gemm.batches = {1};
  EXPECT_THROW(make_plan(suite_of({gemm}), {}, cpu()), UsageError);
}

TEST(FloorSeconds, IsTheSlowerOfMemoryAndArithmetic) {
  const FloorRates rates{.memory_gbps = 1000, .tflops = {{DType::kBf16, 100}}};
  // 2·8192³ operations at 100 TFLOPS; 3·8192²·2 bytes at 1 TB/s are far less.
  EXPECT_NEAR(*floor_seconds(gemm_of(DType::kBf16, 8192, 8192, 8192), rates), 1.0995e-2, 1e-6);
  // One token streams its 32 MiB of weights and little else.
  EXPECT_NEAR(*floor_seconds(gemm_of(DType::kBf16, 1, 4096, 4096), rates), 33.57e-6, 0.01e-6);
  EXPECT_NEAR(*floor_seconds(MemoryStream{MemoryPattern::kCopy, 1 << 30}, rates), 1.0737e-3, 1e-7);
}

TEST(FloorSeconds, IsUnknownWithoutARateThatBoundsTheOp) {
  EXPECT_EQ(floor_seconds(MemoryStream{MemoryPattern::kRead, 1 << 20}, {}), std::nullopt);
  const FloorRates rates{.memory_gbps = 1000, .tflops = {{DType::kBf16, 100}}};
  EXPECT_EQ(floor_seconds(Transfer{TransferKind::kHostToDevice, 1 << 20}, rates), std::nullopt);
  EXPECT_EQ(floor_seconds(AllReduce{.cards = 2, .bytes = 1 << 20}, rates), std::nullopt);
  EXPECT_EQ(floor_seconds(Latency{LatencyKind::kPointerChase, 1, 1 << 20}, rates), std::nullopt);
}

TEST(FloorSeconds, UsesMemoryAloneForATypeWithoutARate) {
  const FloorRates rates{.memory_gbps = 1000, .tflops = {}};
  EXPECT_TRUE(floor_seconds(gemm_of(DType::kInt8, 64, 64, 64), rates).has_value());
}

}  // namespace
}  // namespace gpugauge
