#include "harness/analyze/step/tokens.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/config/model_ops.hpp"
#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using fake::at_gbps;
using fake::memory;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// A card that reads 1000 GB/s and streams the linears at 800 GB/s, at these batches.
Record decoding_card(std::vector<std::int64_t> batches, Precision precision = Precision::kFp8) {
  std::vector<Measurement> all{at_gbps(memory(MemoryPattern::kRead), 1000)};
  for (const std::int64_t batch : batches) {
    for (Measurement& m : fake::linears(fake::llama_8b(), precision, batch, 800))
      all.push_back(std::move(m));
  }
  return fake::record(std::move(all));
}

DecodeFinding at(const Record& record, const DecodePoint& point) {
  return decode_findings(StepTimes(record), fake::llama_8b(), {&point, 1}).at(0);
}

constexpr DecodePoint kFp8Batch8{.precision = Precision::kFp8, .batch = 8, .context = 1024};

TEST(DecodeFindings, TheMemoryBoundIsTheBytesOverTheReadBandwidth) {
  const DecodeFinding f = at(decoding_card({8}), kFp8Batch8);
  const double step_ns = decode_bytes(fake::llama_8b(), kFp8Batch8) / 1000;
  ASSERT_TRUE(f.memory_bound_tokens_per_second);
  EXPECT_NEAR(f.memory_bound_tokens_per_second->value, 8 / step_ns * 1e9, 1e-6);
  EXPECT_NEAR(f.memory_bound_tokens_per_second->low, 8 / step_ns * 1e9 / 1.01, 1e-6);
  EXPECT_EQ(f.model, "llama-3.1-8b");
  EXPECT_EQ(f.file, "results/run.json");
}

TEST(DecodeFindings, TheSumIsOfEveryOpTimesItsCountAndSlowerThanTheMemoryBound) {
  const DecodeFinding f = at(decoding_card({8}), kFp8Batch8);
  ASSERT_TRUE(f.library);
  Estimate total;
  for (const OpLine& line : f.library->ops) {
    const auto count = static_cast<double>(line.step.count);
    total.value += count * line.time.time_ns.value;
    total.low += count * line.time.time_ns.low;
    total.high += count * line.time.time_ns.high;
  }
  EXPECT_NEAR(f.library->step_ns.value, total.value, 1e-3);
  // Families that are modelled do not all err the same way.
  EXPECT_GT(f.library->step_ns.low, total.low);
  EXPECT_LT(f.library->step_ns.high, total.high);
  EXPECT_NEAR(f.library->tokens_per_second.value, 8e9 / total.value, 1e-6);
  EXPECT_NEAR(f.library->tokens_per_second.low, 8e9 / f.library->step_ns.high, 1e-6);
  EXPECT_LT(f.library->tokens_per_second.value, f.memory_bound_tokens_per_second->value);
  EXPECT_THAT(f.warnings, IsEmpty());
  EXPECT_TRUE(f.reason.empty());
}

TEST(DecodeFindings, SharesAddUpToTheStep) {
  const DecodeFinding f = at(decoding_card({4, 16}), kFp8Batch8);
  const EngineStep& step = f.best.value();
  EXPECT_NEAR(step.share_of(OpGroup::kLinears) + step.share_of(OpGroup::kAttention) +
                  step.share_of(OpGroup::kHead) + step.share_of(OpGroup::kOther),
              1, 1e-9);
  EXPECT_NEAR(step.share_of(Origin::kInterpolated) + step.share_of(Origin::kModelled), 1, 1e-9);
  EXPECT_EQ(step.share_of(Origin::kMeasured), 0);
  EXPECT_GT(step.share_of(Origin::kInterpolated), 0.5);
}

TEST(DecodeFindings, AFasterKernelOfOurOwnShowsInBestOnly) {
  Record record = decoding_card({8});
  Measurement own = record.measurements.at(1);
  own.is_library = false;
  own.c.implementation = "own";
  own.name = case_name(own.c);
  own.time_ns = {
      .value = own.time_ns.value / 2, .low = own.time_ns.low / 2, .high = own.time_ns.high / 2};
  record.measurements.push_back(own);
  const DecodeFinding f = at(record, kFp8Batch8);
  EXPECT_GT(f.best->tokens_per_second.value, f.library->tokens_per_second.value);
  EXPECT_EQ(f.preferred(), &*f.library);
}

TEST(DecodeFindings, WithoutALibraryLinearThereIsOnlyBest) {
  Record record = decoding_card({8});
  for (Measurement& m : record.measurements) m.is_library = false;
  const DecodeFinding f = at(record, kFp8Batch8);
  EXPECT_FALSE(f.library);
  ASSERT_TRUE(f.best);
  EXPECT_EQ(f.preferred(), &*f.best);
}

TEST(DecodeFindings, RefusesToInventAPrecisionThatWasNotMeasured) {
  const DecodeFinding f = at(decoding_card({8}, Precision::kBf16), kFp8Batch8);
  EXPECT_FALSE(f.best);
  EXPECT_FALSE(f.library);
  EXPECT_EQ(f.preferred(), nullptr);
  EXPECT_THAT(f.reason, HasSubstr("no linear of llama-3.1-8b at fp8 in this file"));
  EXPECT_THAT(f.reason, HasSubstr("--filter 'gemm/fp8_e4m3/llama-3.1-8b/'"));
  EXPECT_TRUE(f.memory_bound_tokens_per_second);
}

TEST(DecodeFindings, RefusesABatchOutsideWhatWasMeasured) {
  const DecodeFinding f =
      at(decoding_card({1, 32}), {.precision = Precision::kFp8, .batch = 64, .context = 1024});
  EXPECT_FALSE(f.best);
  EXPECT_THAT(f.reason, HasSubstr("batch 64 is outside the measured range"));
  EXPECT_THAT(f.reason, HasSubstr("m 1 to 32"));
}

TEST(DecodeFindings, TheHeadAloneIsNotAModel) {
  Record record = decoding_card({8}, Precision::kBf16);
  std::erase_if(record.measurements,
                [](const Measurement& m) { return !m.c.role.empty() && m.c.role != "lm_head"; });
  EXPECT_FALSE(at(record, {.precision = Precision::kBf16, .batch = 8}).best);
}

TEST(DecodeFindings, RefusesWithoutAMemoryRead) {
  Record record = decoding_card({8});
  record.measurements.erase(record.measurements.begin());
  const DecodeFinding f = at(record, kFp8Batch8);
  EXPECT_FALSE(f.memory_bound_tokens_per_second);
  EXPECT_FALSE(f.best);
  EXPECT_THAT(f.reason, HasSubstr("no cold memory read"));
}

TEST(DecodeFindings, WarnsOfLinearsThatAreModelled) {
  Record record = decoding_card({8});
  std::erase_if(record.measurements,
                [](const Measurement& m) { return m.c.role == "down" || m.c.role == "lm_head"; });
  const DecodeFinding f = at(record, kFp8Batch8);
  ASSERT_TRUE(f.best);
  EXPECT_THAT(f.warnings, ElementsAre("modelled, not measured: down, lm_head"));
}

TEST(DecodeFindings, SaysWhereTheReadRateIsQuoted) {
  Record record = decoding_card({8});
  std::erase_if(record.measurements,
                [](const Measurement& m) { return std::holds_alternative<MemoryStream>(m.c.op); });
  for (Measurement& m : record.measurements) m.origin = Origin::kImported;
  record.device.pin_rate_gbps = 864;
  EXPECT_THAT(at(record, kFp8Batch8).warnings, Contains(HasSubstr("the quoted 864 GB/s")));
  EXPECT_THAT(at(decoding_card({8}), kFp8Batch8).warnings, Not(Contains(HasSubstr("quoted"))));
}

TEST(DecodeFindings, RefusesABatchOfZero) {
  EXPECT_THROW(at(decoding_card({8}), {.precision = Precision::kFp8, .batch = 0}), UsageError);
}

Measurement graph(double step_ns, std::string implementation,
                  const DecodePoint& point = kFp8Batch8) {
  Measurement m = fake::measurement(
      decode_step_of(fake::llama_8b(), point.precision, point.batch, point.context, point.kv),
      step_ns, std::move(implementation));
  m.is_library = m.c.implementation == "graph_library";
  return m;
}

TEST(StepGraph, OfEachEngineStandsBesideItsSum) {
  Record record = decoding_card({8});
  record.measurements.push_back(graph(12e6, "graph_library"));
  record.measurements.push_back(graph(11e6, "graph_library_pdl"));
  record.measurements.push_back(graph(10e6, "graph_best"));
  record.measurements.push_back(graph(9e6, "graph_best_pdl"));
  const DecodeFinding f = at(record, kFp8Batch8);
  EXPECT_DOUBLE_EQ(f.library_graph.value().step_ns.value, 12e6);
  EXPECT_NEAR(f.library_graph->tokens_per_second.value, 8e9 / 12e6, 1e-9);
  EXPECT_NEAR(f.library_graph->tokens_per_second.low, 8e9 / 12e6 / 1.01, 1e-9);
  EXPECT_DOUBLE_EQ(f.best_graph.value().step_ns.value, 9e6);
  EXPECT_EQ(f.preferred(), &*f.library_graph);
  EXPECT_EQ(f.step(Engine::kBest), &*f.best_graph);
  EXPECT_EQ(f.explained(), &*f.library);
  EXPECT_NEAR(f.preferred()->share_of(Origin::kMeasured), 1, 1e-12);
}

TEST(StepGraph, OfAnotherPointIsNotThisOne) {
  Record record = decoding_card({8});
  for (DecodePoint other : {DecodePoint{Precision::kFp8, 4, 1024, DType::kBf16},
                            DecodePoint{Precision::kFp8, 8, 2048, DType::kBf16},
                            DecodePoint{Precision::kFp8, 8, 1024, DType::kFp8E4m3},
                            DecodePoint{Precision::kBf16, 8, 1024, DType::kBf16}})
    record.measurements.push_back(graph(12e6, "graph_library", other));
  const DecodeFinding f = at(record, kFp8Batch8);
  EXPECT_FALSE(f.library_graph);
  EXPECT_EQ(f.preferred(), &*f.library);
}

TEST(StepGraph, SpeaksAloneWhereNoLinearIsKnown) {
  const Record record =
      fake::record({at_gbps(memory(MemoryPattern::kRead), 1000), graph(12e6, "graph_library")});
  const DecodeFinding f = at(record, kFp8Batch8);
  EXPECT_EQ(f.preferred(), &f.library_graph.value());
  EXPECT_EQ(f.explained(), nullptr);
}

std::vector<std::int64_t> batches_of(const std::vector<DecodePoint>& points) {
  std::vector<std::int64_t> batches;
  for (const DecodePoint& point : points) batches.push_back(point.batch);
  return batches;
}

TEST(DecodePoints, AreWhatTheFileHolds) {
  Record record = decoding_card({1, 8});
  record.provenance.contexts = {1024, 4096};
  const auto points = decode_points(record, fake::llama_8b(), {});
  ASSERT_EQ(points.size(), 4u);
  EXPECT_EQ(points[0].precision, Precision::kFp8);
  EXPECT_EQ(points[0].batch, 1);
  EXPECT_EQ(points[1].batch, 8);
  EXPECT_EQ(points[1].context, 1024);
  EXPECT_EQ(points[2].context, 4096);
}

TEST(DecodePoints, FollowTheSelection) {
  const auto points =
      decode_points(decoding_card({1, 8}), fake::llama_8b(),
                    {.precisions = {Precision::kBf16}, .batches = {3}, .contexts = {100, 200}});
  ASSERT_EQ(points.size(), 2u);
  EXPECT_EQ(points[1].precision, Precision::kBf16);
  EXPECT_EQ(points[1].batch, 3);
  EXPECT_EQ(points[1].context, 200);
}

TEST(DecodePoints, OfAModelThatIsNotInTheFileLeadToARefusalThatSaysSo) {
  const Record record = fake::record({at_gbps(memory(MemoryPattern::kRead), 1000)});
  const auto points = decode_points(record, fake::llama_8b(), {});
  ASSERT_EQ(points.size(), 1u);
  EXPECT_EQ(points[0].precision, Precision::kBf16);
  EXPECT_EQ(points[0].context, 1024);
  EXPECT_FALSE(at(record, points[0]).reason.empty());
}

TEST(DecodePoints, LeaveOutASquareThatHappensToHaveTheShapeOfALinear) {
  Record record = decoding_card({1, 8});
  record.measurements.push_back(fake::at_tflops(fake::square(DType::kFp8E4m3, 4096), 500));
  record.measurements.push_back(fake::at_tflops(fake::square(DType::kBf16, 4096), 500));
  for (const DecodePoint& point : decode_points(record, fake::llama_8b(), {})) {
    EXPECT_EQ(point.precision, Precision::kFp8);
    EXPECT_LE(point.batch, 8);
  }
}

TEST(DecodePoints, TakeALinearOfAnotherModelAndTheSweepsOfImportedTables) {
  Record other = decoding_card({1, 8});
  for (Measurement& m : other.measurements) m.c.model = m.c.model.empty() ? "" : "its-twin";
  EXPECT_THAT(batches_of(decode_points(other, fake::llama_8b(), {})), ElementsAre(1, 8));

  Record table = decoding_card({1, 8});
  table.measurements.push_back(fake::at_tflops(fake::square(DType::kBf16, 4096), 500));
  for (Measurement& m : table.measurements) {
    m.origin = Origin::kImported;
    m.c.model.clear();
    m.c.role.clear();
  }
  const auto points = decode_points(table, fake::llama_8b(), {});
  EXPECT_THAT(batches_of(points), ElementsAre(1, 8));
  EXPECT_EQ(points[0].precision, Precision::kFp8);
}

TEST(ModelsIn, NamesEachOnce) {
  EXPECT_THAT(models_in(decoding_card({1, 8})), ElementsAre("llama-3.1-8b"));
}

}  // namespace
}  // namespace gpugauge
