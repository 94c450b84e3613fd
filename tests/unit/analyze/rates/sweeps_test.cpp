#include "harness/analyze/rates/sweeps.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using fake::at_gbps;
using fake::at_tflops;
using fake::kGiB;
using fake::memory;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::IsEmpty;

Measurement gemm(std::int64_t m, std::string implementation = "lib", std::int64_t n = 512,
                 CaseOptions options = {}) {
  return fake::measurement(gemm_of(DType::kBf16, m, n, 256), 1000, std::move(implementation),
                           options);
}

Measurement of_role(std::string role, std::int64_t m) {
  Measurement measured = gemm(m);
  measured.c.model = "llama-3.1-8b";
  measured.c.role = std::move(role);
  return measured;
}

std::vector<GemmSweep> sweeps_of(const std::vector<Record>& records) {
  std::vector<const Record*> pointers;
  for (const Record& record : records) pointers.push_back(&record);
  return gemm_sweeps(pointers);
}

/// The batches of a line, read back from the records that its places point into.
std::vector<std::int64_t> batches(const std::vector<Record>& records, const SweepLine& line) {
  std::vector<std::int64_t> found;
  for (const CasePlace& place : line.cases) {
    const Measurement& m = records.at(place.record).measurements.at(place.measurement);
    EXPECT_EQ(m.c.implementation, line.implementation);
    found.push_back(std::get<Gemm>(m.c.op).m);
  }
  return found;
}

TEST(GemmSweeps, AreInTheOrderOfTheBatchHoweverTheyWereMeasured) {
  const std::vector<Record> records{fake::record({gemm(64), gemm(1), gemm(8)})};
  const auto sweeps = sweeps_of(records);
  ASSERT_EQ(sweeps.size(), 1U);
  EXPECT_EQ(sweeps[0].weights, DType::kBf16);
  EXPECT_EQ(sweeps[0].n, 512);
  EXPECT_EQ(sweeps[0].k, 256);
  EXPECT_EQ(sweeps[0].model, "");
  ASSERT_EQ(sweeps[0].lines.size(), 1U);
  EXPECT_THAT(batches(records, sweeps[0].lines[0]), ElementsAre(1, 8, 64));
}

TEST(GemmSweeps, OneBatchOfEveryProductIsNone) {
  EXPECT_THAT(sweeps_of({fake::record({gemm(8, "lib", 512), gemm(8, "lib", 1024)})}), IsEmpty());
  EXPECT_THAT(sweeps_of({}), IsEmpty());
  EXPECT_THAT(sweeps_of({fake::record({})}), IsEmpty());
}

TEST(GemmSweeps, TwoCardsWithOneBatchEachAreNoSweep) {
  EXPECT_THAT(sweeps_of({fake::record({gemm(1)}), fake::record({gemm(8)})}), IsEmpty());
}

TEST(GemmSweeps, EveryImplementationOfEveryCardIsALineAndSinglePointsStandBesideThem) {
  const std::vector<Record> records{
      fake::record({gemm(1), gemm(8), gemm(1, "wgmma")}),
      fake::record({fake::measurement(fake::memory(MemoryPattern::kRead), 1e6), gemm(8), gemm(1)})};
  const auto sweeps = sweeps_of(records);
  ASSERT_EQ(sweeps.size(), 1U);
  ASSERT_EQ(sweeps[0].lines.size(), 3U);
  EXPECT_EQ(sweeps[0].lines[0].implementation, "lib");
  EXPECT_EQ(sweeps[0].lines[1].implementation, "wgmma");
  EXPECT_THAT(batches(records, sweeps[0].lines[1]), ElementsAre(1));
  EXPECT_EQ(sweeps[0].lines[2].cases.front().record, 1U);
  EXPECT_THAT(batches(records, sweeps[0].lines[2]), ElementsAre(1, 8));
}

TEST(GemmSweeps, WeightsOfAnotherRoleTypeOrWidthAreAnotherProduct) {
  Measurement fp8 = gemm(1), fp8_8 = gemm(8);
  fp8.c.op = gemm_of(DType::kFp8E4m3, 1, 512, 256);
  fp8_8.c.op = gemm_of(DType::kFp8E4m3, 8, 512, 256);
  const auto sweeps =
      sweeps_of({fake::record({of_role("o", 1), fp8, of_role("qkv", 1), gemm(1), of_role("o", 8),
                               of_role("qkv", 8), gemm(8), fp8_8, gemm(16, "lib", 1024)})});
  ASSERT_EQ(sweeps.size(), 4U);  // in the order in which they were first met
  EXPECT_EQ(sweeps[0].role, "o");
  EXPECT_EQ(sweeps[0].model, "llama-3.1-8b");
  EXPECT_EQ(sweeps[1].weights, DType::kFp8E4m3);
  EXPECT_EQ(sweeps[2].role, "qkv");
  EXPECT_EQ(sweeps[3].role, "");
}

TEST(GemmSweeps, OfRepetitionsTheFirstSpeaks) {
  Measurement again = gemm(1);
  again.repetition = 1;
  const auto sweeps = sweeps_of({fake::record({gemm(8), gemm(1), again})});
  ASSERT_EQ(sweeps.size(), 1U);
  ASSERT_EQ(sweeps[0].lines[0].cases.size(), 2U);
  EXPECT_EQ(sweeps[0].lines[0].cases[0].measurement, 1U);
}

TEST(GemmSweeps, LeaveOutWhatSpeaksForNoCard) {
  Measurement timeless = gemm(4);
  timeless.time_ns = {};
  const std::vector<Record> records{
      fake::record({gemm(1), gemm(2, "lib", 512, {.cache = CacheState::kHot}),
                    gemm(3, "lib", 512, {.data = Distribution::kZeros}),
                    gemm(6, "lib", 512, {.pace = Pace::kBurst}), timeless, gemm(5)})};
  const auto sweeps = sweeps_of(records);
  ASSERT_EQ(sweeps.size(), 1U);
  EXPECT_THAT(batches(records, sweeps[0].lines[0]), ElementsAre(1, 5));
}

Record at_contexts(const std::vector<std::int64_t>& contexts) {
  std::vector<Measurement> all{gemm(1)};
  for (const std::int64_t context : contexts) {
    AttentionDecode op{};
    op.kv = DType::kBf16;
    op.batch = 1;
    op.context = context;
    op.heads = op.kv_heads = 8;
    op.head_dim = 128;
    op.page_tokens = 16;
    all.push_back(fake::measurement(op, 1000));
  }
  return fake::record(std::move(all));
}

std::vector<std::int64_t> contexts_of(const std::vector<Record>& records, std::size_t most = 16) {
  std::vector<const Record*> pointers;
  for (const Record& record : records) pointers.push_back(&record);
  return measured_contexts(pointers, most);
}

TEST(MeasuredContexts, AreThoseOfAllCardsEachOnceAndAscending) {
  EXPECT_THAT(contexts_of({at_contexts({4096, 1000, 4096}), at_contexts({128, 1000})}),
              ElementsAre(128, 1000, 4096));
  EXPECT_THAT(contexts_of({at_contexts({})}), IsEmpty());
}

TEST(MeasuredContexts, OfTooManyThePowersOfTwoStay) {
  const std::vector<Record> records{at_contexts({512, 1000, 1024, 1536, 2048})};
  EXPECT_THAT(contexts_of(records, 5), ElementsAre(512, 1000, 1024, 1536, 2048));
  EXPECT_THAT(contexts_of(records, 4), ElementsAre(512, 1024, 2048));
}

TEST(RateSweeps, AreByWhatElseIsTheSameAndBySize) {
  const std::vector<Measurement> all{
      at_gbps(memory(MemoryPattern::kRead, 4 * kGiB), 900),
      at_gbps(memory(MemoryPattern::kRead, kGiB), 800),
      at_gbps(memory(MemoryPattern::kWrite, kGiB), 700),
      at_gbps(memory(MemoryPattern::kRead, 2 * kGiB), 950),
      at_gbps(memory(MemoryPattern::kRead, kGiB), 500, "other"),
  };
  const std::vector<RateSweep> sweeps = rate_sweeps(all);
  ASSERT_EQ(sweeps.size(), 1u);
  EXPECT_THAT(sweeps[0].cases, ElementsAre(1u, 3u, 0u));
  EXPECT_THAT(sweeps[0].rates,
              ElementsAre(DoubleNear(800, 1e-6), DoubleNear(950, 1e-6), DoubleNear(900, 1e-6)));
}

TEST(RateSweeps, OfRepetitionsTheFirstCounts) {
  std::vector<Measurement> all{at_gbps(memory(MemoryPattern::kRead, kGiB), 800),
                               at_gbps(memory(MemoryPattern::kRead, kGiB), 1)};
  EXPECT_THAT(rate_sweeps(all, 2), IsEmpty());
  EXPECT_THAT(rate_sweeps(all, 1).front().rates, ElementsAre(DoubleNear(800, 1e-6)));
}

TEST(RateSweeps, OneUnitFromEndToEndThatOfTheLargest) {
  std::vector<Measurement> all;
  for (const std::int64_t m : {1, 64, 4096})
    all.push_back(at_tflops(gemm_of(DType::kBf16, m, 4096, 4096), 0.1 * static_cast<double>(m)));
  const std::vector<RateSweep> long_sweep = rate_sweeps(all);
  ASSERT_EQ(long_sweep.size(), 1u);
  EXPECT_EQ(long_sweep[0].unit, RateUnit::kTflops);
  EXPECT_THAT(long_sweep[0].rates,
              ElementsAre(DoubleNear(0.1, 1e-9), DoubleNear(6.4, 1e-9), DoubleNear(409.6, 1e-6)));
  all.pop_back();
  EXPECT_EQ(rate_sweeps(all, 2).front().unit, RateUnit::kGbps);
}

TEST(RateSweeps, SquaresAreNone) {
  std::vector<Measurement> all;
  for (const std::int64_t n : {1024, 2048, 4096})
    all.push_back(at_tflops(fake::square(DType::kBf16, n), 100));
  EXPECT_THAT(rate_sweeps(all), IsEmpty());
}

TEST(RateSweeps, ADecodeStepIsSweptByItsBatchInTokens) {
  std::vector<Measurement> all;
  DecodeStep step{};
  step.context = 1024;
  for (const std::int64_t batch : {1, 8, 32}) {
    step.batch = batch;
    all.push_back(fake::measurement(step, 1e7));
  }
  ASSERT_EQ(rate_sweeps(all).size(), 1u);
  EXPECT_THAT(rate_sweeps(all)[0].rates,
              ElementsAre(DoubleNear(100, 1e-9), DoubleNear(800, 1e-9), DoubleNear(3200, 1e-9)));
}

}  // namespace
}  // namespace gpugauge
