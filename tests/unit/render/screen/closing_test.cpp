#include "harness/render/screen/closing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using fake::at_gbps;
using fake::at_tflops;
using fake::memory;
using fake::square;
using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

/// A card that holds what its datasheet says, with a model at two batches.
Record good_card(double bf16_tflops = 80) {
  std::vector<Measurement> all{at_gbps(memory(MemoryPattern::kRead), 960),
                               at_tflops(square(DType::kBf16, 8192), bf16_tflops)};
  for (const std::int64_t batch : {1, 8}) {
    for (Measurement& m : fake::linears(fake::llama_8b(), Precision::kBf16, batch, 800))
      all.push_back(std::move(m));
  }
  return fake::record(std::move(all));
}

Rate on_demand() {
  return {.kind = RateKind::kOnDemand,
          .dollars_per_gpu_hour = 2.49,
          .provider = "Cloudy",
          .observed_at = "2026-05-26",
          .source = "a page",
          .min_gpus = 1};
}

RunAnswer answer_of(const Record& record, const std::optional<Datasheet>& sheet,
                    const Rate& rate = on_demand()) {
  return run_answer(
      {.record = &record, .datasheet = sheet, .rates = {rate}, .models = {fake::llama_8b()}}, {});
}

std::vector<std::string> closing(const Record& record, const Rate& rate = on_demand()) {
  return closing_lines(record, answer_of(record, fake::datasheet(), rate));
}

/// What stands behind the label; a failure where no line has it.
std::string line(const std::vector<std::string>& lines, const std::string& label) {
  for (const std::string& one : lines) {
    if (one.rfind(label + " ", 0) == 0) return one.substr(one.find_first_not_of(' ', label.size()));
  }
  ADD_FAILURE() << "no line " << label << " in " << testing::PrintToString(lines);
  return {};
}

std::vector<std::string> labels(const std::vector<std::string>& lines) {
  std::vector<std::string> all;
  for (const std::string& one : lines) all.push_back(one.substr(0, one.find(' ')));
  return all;
}

TEST(Closing, OfAGoodCardIsTheVerdictTheTokensThePriceAndTheFiles) {
  const auto lines = closing(good_card());
  EXPECT_THAT(labels(lines),
              testing::ElementsAre("verdict", "cases", "decode", "price", "file", "page", "next"));
  EXPECT_EQ(line(lines, "verdict"),
            "As fast as a healthy Fake H1: memory read 96%, BF16 80% of the datasheet (pass marks "
            "90, 70)");
  EXPECT_EQ(line(lines, "cases"), "12 verified, 0 unsupported, 0 failed");
  EXPECT_THAT(line(lines, "decode"),
              AllOf(HasSubstr("tok/s ±"), HasSubstr("at batch 8, llama-3.1-8b bf16, context 1024"),
                    HasSubstr("sum of ops (library)"), HasSubstr("% measured")));
  EXPECT_THAT(line(lines, "price"), AllOf(StartsWith("$"), HasSubstr("per million output tokens"),
                                          HasSubstr("$2.49/h on-demand, 2026-05-26, Cloudy")));
  EXPECT_EQ(line(lines, "file"), "results/run.json");
  EXPECT_EQ(line(lines, "page"), "gpugauge report results/run.json -o results/run.html");
}

TEST(Closing, OfACardBelowItsDatasheetSaysInWhatAndByHowMuch) {
  Record slow = good_card(40);
  slow.measurements[1].flags = {Flag::kPowerCapped};
  const auto lines = closing(slow);
  EXPECT_EQ(line(lines, "verdict"),
            "Slower than a healthy Fake H1: BF16 40% of the datasheet (pass mark 70); memory read "
            "96% passes");
  EXPECT_THAT(line(lines, "why"),
              StartsWith("bf16 dense GEMM: 30.0 points below its pass mark: power-capped"));
  EXPECT_EQ(line(lines, "next"),
            "gpugauge explain bf16 dense GEMM results/run.json, then ask the provider for another "
            "card");
  EXPECT_THAT(line(lines, "note"), HasSubstr("power-capped"));
}

TEST(Closing, WithoutADatasheetOrAPriceSaysSo) {
  const Record record = good_card();
  const auto lines = closing_lines(record, answer_of(record, std::nullopt, Rate{}));
  EXPECT_THAT(line(lines, "verdict"), HasSubstr("no datasheet is known for it"));
  EXPECT_THAT(line(lines, "price"),
              AllOf(HasSubstr("$1.00/h; no price is known"), HasSubstr("--hourly")));
}

TEST(Closing, APriceThatIsNotTheWholeTruthSaysSo) {
  Rate rate = on_demand();
  rate.min_gpus = 8;
  rate.is_form_factor_guessed = true;
  EXPECT_THAT(line(closing(good_card(), rate), "price"),
              AllOf(HasSubstr("at least 8 GPUs"), HasSubstr("SXM or PCIe")));
}

TEST(Closing, TheCheapestBatchOfTheFirstModelIsItsPrice) {
  const Record record = good_card();
  RunAnswer answer = answer_of(record, std::nullopt);
  std::vector<PricedDecode>& points = answer.decode.points;
  ASSERT_THAT(points, SizeIs(2));
  PricedDecode other = points[1];
  other.decode.model = "a-model-so-small-that-it-costs-nothing";
  other.costs[0].library->value /= 1000;
  points.push_back(other);
  const auto lines = closing_lines(record, answer);
  EXPECT_THAT(line(lines, "decode"), HasSubstr("at batch 8, llama-3.1-8b"));
}

TEST(Closing, WhatDoesNotFitTheCardIsNoPrice) {
  Record record = good_card();
  record.provenance.contexts = {8192};  // 1 GiB of KV cache a sequence, beside 15.0 of weights
  record.device.memory_bytes = 20 * fake::kGiB;
  const auto lines = closing(record);
  EXPECT_THAT(line(lines, "decode"), AllOf(HasSubstr("at batch 1, llama-3.1-8b"),
                                           HasSubstr("; 1 of 2 points do not fit the card")));
  record.device.memory_bytes = 10 * fake::kGiB;
  EXPECT_EQ(line(closing(record), "decode"),
            "llama-3.1-8b bf16, context 8192 does not fit: weights take 14.96 GiB of 8 GiB usable");
}

TEST(Closing, OfAnEmulatedCardRecommendsNothingThatRefusesItsFile) {
  Record record = good_card();
  record.device.name = "emulated " + record.device.name;
  const auto lines = closing(record);
  EXPECT_THAT(labels(lines), Not(testing::Contains("page")));
  EXPECT_THAT(line(lines, "next"), HasSubstr("no command reads this file"));
}

TEST(Closing, WhatWasComputedWrongComesBeforeWhatFailed) {
  Record record = good_card();
  record.not_measured = {
      {.name = "a/case", .status = NotMeasuredStatus::kFailed, .reason = "out of memory"},
      {.name = "b/case", .status = NotMeasuredStatus::kVerificationFailed, .reason = "row 3"},
      {.name = "c/case", .status = NotMeasuredStatus::kVerificationFailed, .reason = "row 4"}};
  const auto lines = closing(record);
  EXPECT_EQ(line(lines, "failed"),
            "computed wrong: b/case: row 3; 2 such cases in total, see above");
  EXPECT_THAT(line(lines, "cases"), HasSubstr("2 computed wrong"));
  record.measurements[0].verification = {.passed = false, .reason = "row 5"};
  record.not_measured.resize(1);
  EXPECT_THAT(line(closing(record), "failed"), AllOf(HasSubstr("memory/read"), HasSubstr("row 5")));
}

TEST(Closing, UnsupportedCasesAreNotAmiss) {
  Record record = good_card();
  record.not_measured = {
      {.name = "a", .status = NotMeasuredStatus::kUnsupported, .reason = "no fp4"}};
  EXPECT_THAT(labels(closing(record)), Not(testing::Contains("failed")));
}

TEST(Closing, WithoutAModelThereIsNoPrice) {
  const Record record = fake::record({at_gbps(memory(MemoryPattern::kRead), 960)});
  const auto lines =
      closing_lines(record, run_answer({.record = &record, .datasheet = fake::datasheet()}, {}));
  EXPECT_THAT(line(lines, "decode"), HasSubstr("no linear of a model was measured"));
  EXPECT_THAT(labels(lines), Not(testing::Contains("price")));
}

TEST(Closing, AModelWithoutANumberSaysWhatIsMissing) {
  Record record = good_card();
  std::erase_if(record.measurements,
                [](const Measurement& m) { return std::holds_alternative<MemoryStream>(m.c.op); });
  const RunAnswer answer = answer_of(record, std::nullopt);
  const std::string& reason = answer.decode.points.front().decode.reason;
  ASSERT_FALSE(reason.empty());
  EXPECT_EQ(line(closing_lines(record, answer), "decode"), reason);
}

TEST(Closing, ImportedNumbersAreCalledSo) {
  Record record = good_card();
  for (Measurement& m : record.measurements) {
    m.origin = Origin::kImported;
    m.details = "VLLM 1.2";
    m.verification.passed = false;
  }
  record.provenance.suite = "tables-h1";
  const auto lines = closing(record);
  EXPECT_EQ(line(lines, "numbers"), "tables of tables (vLLM 1.2): no card was tested");
  EXPECT_THAT(line(lines, "cases"), HasSubstr("12 imported"));
  EXPECT_THAT(labels(lines), Not(testing::Contains("failed")));
}

TEST(Closing, AnUnfinishedRunIsToBeResumed) {
  Record record = good_card();
  record.planned.push_back("one/more");
  record.path = "my results/run.json.partial";
  const auto lines = closing(record);
  EXPECT_EQ(line(lines, "next"), "gpugauge run --resume 'my results/run.json.partial'");
}

TEST(Closing, NeverHasMoreThanTenLinesNorALineBreak) {
  Record record = good_card(40);
  record.device.name = "H1\n\x1b[2J";
  record.measurements[0].time_ns = at_gbps(memory(MemoryPattern::kRead), 100).time_ns;
  record.measurements[1].flags = {Flag::kNotConverged, Flag::kThermalThrottled};
  record.not_measured = {
      {.name = "a\nb", .status = NotMeasuredStatus::kRefused, .reason = "too fast\nfor its pins"}};
  record.warnings = {"torn"};
  const auto lines = closing(record);
  EXPECT_THAT(lines, SizeIs(kMostClosingLines));
  EXPECT_THAT(lines, Each(Not(HasSubstr("\n"))));
  EXPECT_THAT(lines, Each(Not(HasSubstr("\x1b"))));
  EXPECT_THAT(line(lines, "why"), HasSubstr("2 such peaks in total"));
  EXPECT_EQ(line(lines, "note"), "torn; 3 notes in total, see above");
}

TEST(Closing, SaysWhereTheCardStandsBesideAnImportedOne) {
  const Record record = good_card();
  RunAnswer answer = answer_of(record, fake::datasheet());
  answer.peer = ImportedPeer{
      .card = "h1",
      .source = "tables, VLLM 1.2",
      .time_ns_of = {},
      .families = {{"gemm/bf16", 34, 0.97, 0.5, "gemm/bf16/m:1"}, {"all_reduce", 1, 2, 2, "r"}}};
  EXPECT_EQ(line(closing_lines(record, answer), "imported"),
            "gemm/bf16 at 0.97x the speed of the imported h1 (tables, VLLM 1.2), median of 34 "
            "shapes, slowest 0.50x: gemm/bf16/m:1; all_reduce at 2.00x, 1 shape, slowest 2.00x: r");
}

}  // namespace
}  // namespace gpugauge
