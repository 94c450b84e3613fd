#include "harness/render/answers/compare_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/render/answers/ab_table.hpp"
#include "harness/render/table/text.hpp"
#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using testing::HasSubstr;

Measurement long_case(double time_ns) {
  Measurement m =
      fake::measurement(gemm_of(DType::kFp8E4m3, 32, 28672, 4096), time_ns, "cublaslt_exhaustive");
  m.c.model = "llama-3.1-8b";
  m.c.role = "gate_up";
  m.name = case_name(m.c);
  m.clock_mhz = 1755;
  m.mean_power_w = 600;
  m.samples.time_ns = {time_ns, 1.01 * time_ns};
  return m;
}

std::string rendered_comparison(const std::vector<Table>& tables, Format format, Style style = {}) {
  std::ostringstream out;
  render(out, tables, format, style);
  return out.str();
}

std::vector<Table> a_comparison() {
  const Record base = fake::record({long_case(1e6)});
  const Record other =
      fake::record({long_case(1.1e6), fake::measurement(fake::memory(MemoryPattern::kRead), 100)});
  Side a, b;
  a.label = "a.json";
  a.records = {&base};
  b.label = "b.json";
  b.records = {&other};
  return compare_tables(compare(a, std::vector<Side>{b}));
}

TEST(CompareTable, ALongNameFitsATerminal) {
  const std::string text = rendered_comparison(a_comparison(), Format::kTable, {.width = 120});
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), 120u) << line;
  EXPECT_THAT(text, HasSubstr("cublaslt_exhaustive/cold"));
  EXPECT_THAT(text, HasSubstr("slower"));
  EXPECT_THAT(text, HasSubstr("1 slower, 1 not compared"));
  EXPECT_THAT(text, HasSubstr("same model, serial unknown"));
}

TEST(CompareTable, CarriesWhatDoesNotFitForPrograms) {
  const auto json = nlohmann::json::parse(rendered_comparison(a_comparison(), Format::kJson));
  const auto& row = json["cases"].at(0);
  EXPECT_DOUBLE_EQ(row["time_ratio"], 1.1);
  EXPECT_LT(row["joint_low"].get<double>(), 1.1);
  EXPECT_DOUBLE_EQ(row["cliffs_delta"], 1);
  EXPECT_EQ(row["effect"], "large");
  EXPECT_DOUBLE_EQ(row["energy_ratio"], 1.1);
  EXPECT_EQ(row["base"], "a.json");
  EXPECT_EQ(json["not_compared"].at(0)["reason"], "only in other");
  EXPECT_EQ(json["families"].at(0)["family"], "gemm");
}

TEST(AbTable, ShowsTheLargestChangeFirst) {
  AbFinding finding;
  finding.rounds = 6;
  const auto a_case = [](std::string name, double ratio, Change change) {
    return AbCase{.name = std::move(name),
                  .family = "gemm",
                  .log_ratios = std::vector<double>(6),
                  .ratio = {.value = ratio, .low = ratio, .high = ratio},
                  .judgement = {change, ChangeReason::kNone}};
  };
  finding.cases = {a_case("small", 1.0, Change::kSame), a_case("big", 1.2, Change::kSlower)};
  const std::string text = rendered_comparison(ab_tables(finding), Format::kTable);
  EXPECT_LT(text.find("big"), text.find("small"));
  EXPECT_THAT(text, HasSubstr("1 same, 1 slower"));
}

}  // namespace
}  // namespace gpugauge
