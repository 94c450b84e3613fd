#include "harness/answer/overview_answer.hpp"

#include <gtest/gtest.h>

#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

/// A point whose card costs so much for a million tokens.
PricedDecode point(const std::string& file, const std::string& model, std::int64_t batch,
                   double dollars) {
  PricedDecode p;
  p.decode.file = file;
  p.decode.model = model;
  p.decode.point.batch = batch;
  p.decode.library.emplace();
  Cost cost;
  cost.rate.kind = RateKind::kOnDemand;
  cost.library = Estimate{.value = dollars, .low = dollars, .high = dollars};
  p.costs.push_back(cost);
  return p;
}

TEST(CardOverview, BeginsWithWhatMostFilesHaveAndIsCheapestOverAllThatFits) {
  std::vector<PricedDecode> points{point("a", "mine", 1, 1.5), point("a", "ours", 8, 2),
                                   point("a", "ours", 1, 5), point("a", "ours", 64, 1),
                                   point("b", "ours", 1, 0.1)};
  points[3].decode.fit = FitFinding{.weight_bytes = 2, .usable_bytes = 1, .cards_needed = {}};
  DatasheetReport report;
  report.file = "a";
  const CardOverview overview = card_overview(report, points);
  EXPECT_EQ(overview.smallest_batch, &points[2]);
  EXPECT_EQ(overview.cheapest, &points[0]) << "the precision of a model that only it has, too";
  EXPECT_EQ(overview.read, nullptr);
}

TEST(CardOverview, NamesTheMemoryReadAndTheFastestType) {
  DatasheetReport report;
  const auto add = [&](const char* metric, const char* unit, std::optional<Estimate> measured) {
    DatasheetFinding& f = report.findings.emplace_back();
    f.metric = metric;
    f.unit = unit;
    f.measured = measured;
  };
  add("memory read", "GB/s", Estimate{.value = 900});
  add("bf16 dense GEMM", "TFLOPS", Estimate{.value = 80});
  add("fp8 dense GEMM", "TFLOPS", Estimate{.value = 160});
  add("int8 dense GEMM", "TFLOPS", std::nullopt);
  const CardOverview overview = card_overview(report, {});
  EXPECT_EQ(overview.read, &report.findings[0]);
  EXPECT_EQ(overview.fastest, &report.findings[2]);
  EXPECT_EQ(overview.cheapest, nullptr);
}

TEST(RentAnswer, LeavesOutWhatOnlyOneFileHas) {
  const std::vector<PricedDecode> points{point("a", "mine", 1, 1), point("a", "ours", 1, 3),
                                         point("b", "ours", 1, 2)};
  const std::vector<Rent> rents = rent_answer(points);
  ASSERT_EQ(rents.size(), 1u);
  EXPECT_EQ(rents[0].leads.at(0).first, &points[2]);
}

TEST(ContextSweep, TakesThreeBatchesOverAllMeasuredContexts) {
  std::vector<Measurement> all;
  for (const std::int64_t context : {1024, 4096})
    all.push_back(fake::at_gbps(AttentionDecode{1, context, 32, 8, 128, DType::kBf16}, 800));
  Record record = fake::record(std::move(all));
  const CardResult result{.record = &record, .models = {fake::llama_8b()}};
  std::vector<PricedDecode> points;
  for (const std::int64_t batch : {1, 2, 4, 8, 16}) points.push_back(point("a", "ours", batch, 1));
  std::vector<std::pair<std::int64_t, std::int64_t>> found;
  for (const PricedDecode& p : context_sweep({&result, 1}, {}, points))
    found.emplace_back(p.decode.point.context, p.decode.point.batch);
  EXPECT_EQ(found, (std::vector<std::pair<std::int64_t, std::int64_t>>{
                       {1024, 1}, {1024, 4}, {1024, 16}, {4096, 1}, {4096, 4}, {4096, 16}}));
  record.measurements.pop_back();
  EXPECT_TRUE(context_sweep({&result, 1}, {}, points).empty());
}

}  // namespace
}  // namespace gpugauge
