#include "harness/render/answers/tokens_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/config/model_ops.hpp"
#include "harness/render/answers/cost_table.hpp"
#include "harness/render/answers/ops_table.hpp"
#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using fake::at_gbps;
using fake::memory;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

Record card() {
  std::vector<Measurement> all{at_gbps(memory(MemoryPattern::kRead), 1000)};
  for (const std::int64_t batch : {1, 8}) {
    for (Measurement& m : fake::linears(fake::llama_8b(), Precision::kFp8, batch, 800))
      all.push_back(std::move(m));
  }
  return fake::record(std::move(all));
}

Rate on_demand(double dollars) {
  return {.kind = RateKind::kOnDemand,
          .dollars_per_gpu_hour = dollars,
          .provider = "Spheron",
          .observed_at = "2026-05-26",
          .source = "a page",
          .min_gpus = 8};
}

std::vector<PricedDecode> priced(const Record& record, const DecodeSelection& selection,
                                 const std::vector<Rate>& rates) {
  const auto points = decode_points(record, fake::llama_8b(), selection);
  std::vector<PricedDecode> all;
  for (DecodeFinding& f : decode_findings(StepTimes(record), fake::llama_8b(), points))
    all.push_back(price(std::move(f), rates));
  return all;
}

std::string rendered_tokens(const std::vector<Table>& tables, Format format) {
  std::ostringstream out;
  render(out, tables, format);
  return out.str();
}

TEST(TokensTable, HasARowABatchAndTheRateInItsTitle) {
  const auto tables = tokens_tables(priced(card(), {}, {on_demand(3.84)}));
  ASSERT_THAT(tables, SizeIs(1));
  EXPECT_EQ(tables[0].title,
            "decode tok/s, llama-3.1-8b fp8, context 1024    $3.84/h on-demand, 2026-05-26");
  EXPECT_THAT(tables[0].rows, SizeIs(2));
  const std::string text = rendered_tokens(tables, Format::kTable);
  EXPECT_THAT(text,
              AllOf(HasSubstr("memory bound"), HasSubstr("sum of ops"), Not(HasSubstr("(best)")),
                    HasSubstr("tok/s a user"), HasSubstr("TPOT ms"), HasSubstr("$/M, decode only"),
                    HasSubstr("% measured"), Not(HasSubstr("run.json"))));
}

TEST(TokensTable, AMeasuredStepGraphHasItsColumnAndIsWhatIsPriced) {
  Record record = card();
  Measurement graph = fake::measurement(
      decode_step_of(fake::llama_8b(), Precision::kFp8, 8, 1024, DType::kBf16), 4e6, "graph_best");
  graph.is_library = false;
  record.measurements.push_back(graph);
  const auto findings =
      priced(record, {.precisions = {}, .batches = {8}, .contexts = {}}, {on_demand(3.6)});
  EXPECT_THAT(rendered_tokens(tokens_tables(findings), Format::kTable),
              AllOf(HasSubstr("step graph (best)"), HasSubstr("2000")));
  // $3.60 an hour is a tenth of a cent a second, in which 2000 tokens come.
  EXPECT_NEAR(findings[0].costs[0].best->value, 0.5, 1e-9);
  EXPECT_THAT(rendered_tokens(tokens_tables(priced(card(), {}, {on_demand(3.6)})), Format::kTable),
              Not(HasSubstr("step graph")));
}

TEST(TokensTable, JsonHasTheWholeFinding) {
  const auto findings =
      priced(card(), {.precisions = {}, .batches = {8}, .contexts = {}}, {on_demand(3.84)});
  const auto rows =
      nlohmann::json::parse(rendered_tokens(tokens_tables(findings), Format::kJson))["tokens"];
  ASSERT_EQ(rows.size(), 1u);
  const EngineStep& library = findings[0].decode.library.value();
  EXPECT_EQ(rows[0]["library_tok_per_s"].get<double>(), library.tokens_per_second.value);
  EXPECT_EQ(rows[0]["library_low_tok_per_s"].get<double>(), library.tokens_per_second.low);
  EXPECT_EQ(rows[0]["dollars_per_million"].get<double>(), findings[0].costs[0].library->value);
  EXPECT_EQ(rows[0]["batch"], 8);
  EXPECT_EQ(rows[0]["context"], 1024);
  EXPECT_EQ(rows[0]["precision"], "fp8");
  EXPECT_NEAR(rows[0]["linears_percent"].get<double>() +
                  rows[0]["attention_percent"].get<double>() +
                  rows[0]["head_percent"].get<double>() + rows[0]["other_percent"].get<double>(),
              100, 1e-6);
  EXPECT_TRUE(rows[0]["reason"].is_null());
}

TEST(TokensTable, OneForEachPrecisionAndContextButOneListForPrograms) {
  const auto findings = priced(
      card(), {.precisions = {Precision::kFp8}, .batches = {1, 8}, .contexts = {1024, 4096}}, {});
  const auto tables = tokens_tables(findings);
  EXPECT_THAT(tables, SizeIs(2));
  // Once, after the last of them.
  EXPECT_THAT(tables[0].notes, testing::IsEmpty());
  EXPECT_THAT(tables[1].notes, testing::ElementsAre(HasSubstr("scheduling are not in them")));
  EXPECT_EQ(nlohmann::json::parse(rendered_tokens(tables, Format::kJson))["tokens"].size(), 4u);
  const std::string csv = rendered_tokens(tables, Format::kCsv);
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 5);
}

TEST(TokensTable, ARefusalIsANoteAndAReasonAndNotANumber) {
  const auto tables = tokens_tables(
      priced(card(), {.precisions = {Precision::kBf16}, .batches = {1, 8}, .contexts = {}},
             {on_demand(3.84)}));
  const std::string text = rendered_tokens(tables, Format::kTable);
  EXPECT_THAT(text, HasSubstr("batch 1, 8: no linear of llama-3.1-8b at bf16"));
  EXPECT_THAT(text, Not(HasSubstr("$3.84")));
  EXPECT_THAT(text, Not(HasSubstr("are not in them")));
  const auto rows = nlohmann::json::parse(rendered_tokens(tables, Format::kJson))["tokens"];
  EXPECT_TRUE(rows[0]["library_tok_per_s"].is_null());
  EXPECT_THAT(rows[0]["reason"].get<std::string>(), HasSubstr("no linear"));
}

TEST(TokensTable, WithoutAPriceSaysThatItIsPerDollar) {
  EXPECT_THAT(rendered_tokens(tokens_tables(priced(card(), {}, rates_of({}, std::nullopt))),
                              Format::kTable),
              AllOf(HasSubstr("$1.00/h, as no price is known"),
                    HasSubstr("dollars per million at $1.00/h; pass --hourly or --prices")));
}

TEST(TokensTable, SeveralFilesShowFileDeviceAndRate) {
  Record other = card();
  other.path = "other.json";
  auto findings = priced(card(), {}, {on_demand(3.84)});
  for (PricedDecode& p : priced(other, {}, {on_demand(0.72)})) findings.push_back(std::move(p));
  const auto tables = tokens_tables(findings);
  ASSERT_THAT(tables, SizeIs(1));
  EXPECT_THAT(rendered_tokens(tables, Format::kTable),
              AllOf(HasSubstr("run.json"), HasSubstr("other.json"), HasSubstr("$3.84/h on-demand"),
                    HasSubstr("$0.72/h on-demand")));
}

TEST(OpsTable, LabelsEveryOp) {
  const auto tables =
      ops_tables(priced(card(), {.precisions = {}, .batches = {4}, .contexts = {}}, {}));
  const std::string text = rendered_tokens(tables, Format::kTable);
  EXPECT_THAT(text, AllOf(HasSubstr("gate_up"), HasSubstr("interpolated"), HasSubstr("modelled"),
                          HasSubstr("roofline: 1000 GB/s"), HasSubstr("quantize_o")));
}

TEST(OpsTable, SaysWhyThereAreNone) {
  const auto tables = ops_tables(
      priced(card(), {.precisions = {Precision::kBf16}, .batches = {1}, .contexts = {}}, {}));
  EXPECT_THAT(rendered_tokens(tables, Format::kTable),
              AllOf(HasSubstr("(none)"), HasSubstr("no linear of llama-3.1-8b at bf16")));
}

TEST(CostTable, HasARowForEveryRateWithItsDate) {
  Rate spot = on_demand(1.69);
  spot.kind = RateKind::kSpot;
  const auto tables = cost_tables(priced(card(), {}, {on_demand(3.84), spot}));
  ASSERT_THAT(tables, SizeIs(1));
  EXPECT_THAT(tables[0].rows, SizeIs(4));
  EXPECT_THAT(rendered_tokens(tables, Format::kTable),
              AllOf(HasSubstr("$1.69"), HasSubstr("spot"), HasSubstr("2026-05-26"),
                    HasSubstr("Spheron sells at least 8 GPUs")));
}

TEST(CostTable, SaysWhyThereIsNone) {
  EXPECT_THAT(
      rendered_tokens(
          cost_tables(priced(
              card(), {.precisions = {Precision::kBf16}, .batches = {1}, .contexts = {}}, {})),
          Format::kTable),
      AllOf(HasSubstr("(none)"), HasSubstr("no linear of llama-3.1-8b at bf16")));
}

TEST(CostTable, WithoutAPriceSaysThatItIsPerDollar) {
  EXPECT_THAT(
      rendered_tokens(cost_tables(priced(card(), {}, rates_of({}, std::nullopt))), Format::kTable),
      HasSubstr("no price is known for Fake H1: these are dollars per million at $1.00/h"));
}

TEST(TokensTable, SaysHowFastAUserIsServed) {
  std::vector<PricedDecode> points = priced(card(), {}, {on_demand(3.84)});
  for (PricedDecode& p : points) p.card = "H1";
  const std::vector<Answered> answers = decode_speeds(points);
  ASSERT_THAT(answers, SizeIs(1));
  EXPECT_EQ(answers[0].subject, "llama-3.1-8b fp8, context 1024");
  EXPECT_THAT(answers[0].sentence,
              AllOf(testing::StartsWith("H1, "), HasSubstr(" tok/s a user at batch 1, "),
                    HasSubstr(" at 8 ("), HasSubstr(" per million, decode only)")));
  const auto rows =
      nlohmann::json::parse(rendered_tokens(tokens_tables(points), Format::kJson))["tokens"];
  EXPECT_NEAR(rows[1]["tok_per_s_per_user"].get<double>(),
              rows[1]["library_tok_per_s"].get<double>() / 8, 1e-9);
  EXPECT_NEAR(rows[1]["tpot_ms"].get<double>() * rows[1]["tok_per_s_per_user"].get<double>(), 1000,
              1e-6);
}

}  // namespace
}  // namespace gpugauge
