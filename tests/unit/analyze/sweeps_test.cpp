#include "harness/analyze/sweeps.hpp"

#include <gmock/gmock.h>

#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

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
                    gemm(3, "lib", 512, {.data = Distribution::kZeros}), timeless, gemm(5)})};
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

}  // namespace
}  // namespace gpugauge
