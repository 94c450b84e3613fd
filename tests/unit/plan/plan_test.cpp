#include "harness/plan/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "tests/unit/plan/families/entry.hpp"

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

Suite suite_with(const std::string& keys) {
  const TemporaryFolder folder;
  return load_suite(folder.write("s.yaml", test::one_entry(keys)));
}

std::vector<std::string> names_of(const Plan& plan) {
  std::vector<std::string> names;
  for (const PlannedCase& planned : plan.cases) names.push_back(planned.name);
  return names;
}

TEST(MakePlan, IsTheProductOfAnEntrysLists) {
  const Plan plan = make_plan(suite_with("family: memory, patterns: [read], sizes: [1MiB], "
                                         "cache: [cold, hot], data: [normal, zeros]"),
                              {}, cpu());
  EXPECT_THAT(names_of(plan),
              ElementsAre("memory/read/1MiB/a/cold", "memory/read/1MiB/a/cold/zeros",
                          "memory/read/1MiB/a/hot", "memory/read/1MiB/a/hot/zeros"));
  EXPECT_EQ(plan.cases[0].work.bytes, 1 << 20);
}

TEST(MakePlan, ABurstIsACaseOfItsOwnWithItsOwnSampling) {
  const Plan plan = make_plan(suite_with("family: memory, patterns: [read], sizes: [1MiB], "
                                         "cache: [hot], pace: burst, sampling: {case_seconds: 1}"),
                              {}, cpu());
  EXPECT_THAT(names_of(plan), ElementsAre("memory/read/1MiB/a/hot/burst"));
  const SamplingPolicy& policy = plan.cases.at(0).policy;
  ASSERT_TRUE(policy.rest);
  EXPECT_EQ(policy.rest->seconds, 5);
  EXPECT_EQ(policy.rest->launches, 8);
  EXPECT_EQ(policy.warmup_seconds, 0);
  EXPECT_EQ(policy.case_seconds, 30);
}

TEST(MakePlan, NamesEachCaseOnce) {
  // One and the same BF16 head.
  const Suite suite =
      suite_with("family: gemm, models: [tiny], precisions: [bf16, int8], batches: [1]");
  EXPECT_EQ(make_plan(suite, {test::tiny_model()}, cpu()).cases.size(), 9u);
}

TEST(MakePlan, LeavesOutEntriesForAnotherBackend) {
  const Suite suite = suite_with("family: memory, backend: cuda, patterns: [read], sizes: [1MiB]");
  EXPECT_TRUE(make_plan(suite, {}, cpu()).cases.empty());
}

TEST(MakePlan, OperandsThatTheMemoryCannotHoldAreUnsupported) {
  Suite suite = suite_with("family: gemm, dtypes: [fp32], shapes: [[1, 65536, 65536]]");
  suite.entries[0].implementations = {"onednn"};
  const Plan plan = make_plan(suite, {}, cpu());
  ASSERT_EQ(plan.cases.size(), 1u);
  EXPECT_EQ(plan.cases[0].unsupported, "16 GiB of operands do not fit in the device's 16 GiB");
}

TEST(MakePlan, KeepsWhatTheDeviceCannotRunWithItsReason) {
  Suite suite = suite_with("family: gemm, dtypes: [fp8_e4m3], shapes: [[16, 16, 16]]");
  suite.entries[0].implementations = {"onednn"};
  const Plan plan = make_plan(suite, {}, cpu());
  ASSERT_EQ(plan.cases.size(), 1u);
  EXPECT_TRUE(plan.cases[0].unsupported.has_value());
}

TEST(MakePlan, SaysThatAnImplementationIsNotInThisBuild) {
  const Plan plan =
      make_plan(suite_with("family: gemm, dtypes: [fp32], shapes: [[16, 16, 16]]"), {}, cpu());
  ASSERT_TRUE(plan.cases[0].unsupported.has_value());
  EXPECT_THAT(*plan.cases[0].unsupported, HasSubstr("no implementation 'a' of gemm for cpu"));
}

TEST(MakePlan, RefusesAModelThatWasNotLoaded) {
  const Suite suite =
      suite_with("family: gemm, models: [absent], precisions: [bf16], batches: [1]");
  EXPECT_THROW(make_plan(suite, {}, cpu()), UsageError);
}

TEST(RoofSeconds, IsTheSlowerOfMemoryAndArithmetic) {
  const RoofRates rates{.memory_gbps = 1000, .tflops = {{DType::kBf16, 100}}};
  // 2·8192³ operations at 100 TFLOPS; 3·8192²·2 bytes at 1 TB/s are far less.
  EXPECT_NEAR(*roof_seconds(gemm_of(DType::kBf16, 8192, 8192, 8192), rates), 1.0995e-2, 1e-6);
  // One token streams its 32 MiB of weights and little else.
  EXPECT_NEAR(*roof_seconds(gemm_of(DType::kBf16, 1, 4096, 4096), rates), 33.57e-6, 0.01e-6);
  EXPECT_NEAR(*roof_seconds(MemoryStream{MemoryPattern::kCopy, 1 << 30}, rates), 1.0737e-3, 1e-7);
}

TEST(RoofSeconds, IsUnknownWithoutARateThatBoundsTheOp) {
  EXPECT_EQ(roof_seconds(MemoryStream{MemoryPattern::kRead, 1 << 20}, {}), std::nullopt);
  const RoofRates rates{.memory_gbps = 1000, .tflops = {{DType::kBf16, 100}}};
  EXPECT_EQ(roof_seconds(Transfer{TransferKind::kHostToDevice, 1 << 20}, rates), std::nullopt);
  EXPECT_EQ(roof_seconds(AllReduce{.cards = 2, .bytes = 1 << 20}, rates), std::nullopt);
  EXPECT_EQ(roof_seconds(Latency{LatencyKind::kPointerChase, 1, 1 << 20}, rates), std::nullopt);
}

TEST(RoofSeconds, UsesMemoryAloneForATypeWithoutARate) {
  const RoofRates rates{.memory_gbps = 1000, .tflops = {}};
  EXPECT_TRUE(roof_seconds(gemm_of(DType::kInt8, 64, 64, 64), rates).has_value());
}

}  // namespace
}  // namespace gpugauge
