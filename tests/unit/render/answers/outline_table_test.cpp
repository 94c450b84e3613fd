#include "harness/render/answers/outline_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "harness/render/table/text.hpp"

namespace gpugauge {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::Le;
using testing::Not;
using testing::ResultOf;

const RunAhead kRun{.suite = "quick",
                    .device_name = "Fake H1",
                    .device_id = "cuda:0",
                    .suite_option = "my suites/quick.yaml",
                    .result_path = "results/fake-h1/now_quick.json",
                    .already_done = 0};

PlanOutline outline() {
  return {.families = {{.family = "memory",
                        .implementations = {"stream", "bulk", "driver"},
                        .supported = 9,
                        .unsupported = 0,
                        .seconds = 2.7},
                       {.family = "attention_prefill",
                        .implementations = {"cublaslt", "cublaslt_fast_accum",
                                            "cublaslt_fast_accum_search", "wgmma"},
                        .supported = 63,
                        .unsupported = 4,
                        .seconds = 3600}},
          .supported = 72,
          .unsupported = 4,
          .seconds = 3604.7};
}

std::vector<std::string> shown(const PlanOutline& outline, const RunAhead& run) {
  std::ostringstream out;
  render(out, {outline_table(outline, run)}, Format::kTable, {.color = false, .width = 80});
  std::vector<std::string> lines;
  std::istringstream in(out.str());
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(OutlineTable, OneCaseIsSingular) {
  EXPECT_EQ(total_of({.families = {}, .supported = 0, .unsupported = 1, .seconds = 0}),
            "1 case, 1 of them unsupported here");
}

TEST(OutlineTable, SaysWhatWillRunForHowLongAndWhereItGoes) {
  const Table table = outline_table(outline(), kRun);
  EXPECT_EQ(table.title, "quick on Fake H1 (cuda:0)");
  EXPECT_EQ(table.rows[0].back().text, "stream, bulk, driver");
  EXPECT_EQ(table.rows[1].back().text,
            "cublaslt, cublaslt_fast_accum, cublaslt_fast_accum_search, wgmma");
  EXPECT_THAT(table.notes[0], HasSubstr("76 cases, 4 of them unsupported here"));
  EXPECT_EQ(table.notes[1],
            "reasons: gpugauge list --suite 'my suites/quick.yaml' --device cuda:0");
  EXPECT_EQ(table.notes.back(), "result: results/fake-h1/now_quick.json");
}

TEST(OutlineTable, FitsInEightyColumnsAndTenLines) {
  const std::vector<std::string> lines = shown(outline(), kRun);
  EXPECT_LE(lines.size(), 10u);
  EXPECT_THAT(lines, Each(ResultOf(display_width, Le(80u))));
}

TEST(OutlineTable, WhereAllCanRunThereIsNothingToAskAbout) {
  PlanOutline all = outline();
  all.families[1].unsupported = all.unsupported = 0;
  EXPECT_THAT(shown(all, kRun), Each(Not(HasSubstr("unsupported"))));
  EXPECT_THAT(shown(all, kRun), Each(Not(HasSubstr("why not"))));
}

TEST(OutlineTable, AResumedRunSaysWhatItHas) {
  RunAhead run = kRun;
  run.already_done = 17;
  EXPECT_THAT(outline_table(outline(), run).notes,
              testing::Contains(HasSubstr("already done: 17 cases")));
}

TEST(OutlineTable, NothingToRunHasNoTime) {
  EXPECT_EQ(total_of({.families = {}, .supported = 0, .unsupported = 3, .seconds = 0}),
            "3 cases, 3 of them unsupported here");
}

}  // namespace
}  // namespace gpugauge
