#include "harness/render/answers/track_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace gpugauge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TrackFinding finding(const std::string& name, GateStatus status, Stage stage) {
  TrackFinding f;
  f.key.case_name = name;
  f.key.card = "GPU-1";
  f.time_ns = 1000;
  f.gate.status = status;
  f.gate.stage = stage;
  f.gate.change = {.value = 0.02, .low = 0.01, .high = 0.03};
  f.gate.threshold = 0.01;
  f.gate.reason = "because";
  return f;
}

TrackReport track_report() {
  TrackReport r;
  r.night = "2025-11-22";
  r.findings = {finding("a", GateStatus::kPass, Stage::kTonight),
                finding("b", GateStatus::kRegression, Stage::kTonight),
                finding("c", GateStatus::kNoBaseline, Stage::kBaseline),
                finding("d", GateStatus::kRegression, Stage::kHistory)};
  r.findings[3].muted = true;
  r.notes = {"a note"};
  return r;
}

std::string text_of(const Table& table, Format format) {
  std::ostringstream out;
  render(out, {table}, format);
  return out.str();
}

TEST(CheckTable, ShowsWhatIsNotAPassWithReasonsOnce) {
  const Table table = check_table(track_report(), false);
  EXPECT_EQ(table.rows.size(), 3U);
  EXPECT_THAT(table.notes, ElementsAre("3 cases: because", "a note"));
  const std::string text = text_of(table, Format::kTable);
  EXPECT_THAT(text, HasSubstr("regression (muted)"));
  EXPECT_THAT(text, HasSubstr("+2.02%"));
  EXPECT_EQ(check_table(track_report(), true).rows.size(), 4U);
}

TEST(CheckTable, AStageThatComparedNothingHasNoChange) {
  const std::string text = text_of(check_table(track_report(), false), Format::kCsv);
  EXPECT_THAT(text, HasSubstr("c,GPU-1,1,,,1000,,,,,0,no baseline"));
}

TEST(CheckLine, CountsEveryStatus) {
  EXPECT_EQ(check_line(track_report()), "1 pass, 1 regression, 1 no baseline, 1 muted");
  EXPECT_EQ(check_line({}), "0 pass");
  EXPECT_THAT(text_of(check_counts_table(track_report()), Format::kJson),
              HasSubstr("\"no_baseline\": 1"));
}

/// Three nights, the second of which was shared and the last slower.
TrackedCase tracked(Series& series) {
  series.key = {.case_name = "a",
                .semantics_version = 1,
                .card = "GPU-1",
                .driver_major = "580",
                .clock_policy = "default"};
  for (const char* date : {"2025-11-20", "2025-11-21", "2025-11-22"}) {
    series.facts.push_back({.date = date, .throttle = 0, .flags = 0, .shared = false});
    series.nights.emplace_back();
    series.nights.back().processes = {0};
  }
  series.nights[1].quarantine = {QuarantineReason::kOtherProcesses};
  series.nights[2].y = 0.01;
  TrackedCase tracked{&series, finding("a", GateStatus::kRegression, Stage::kHistory)};
  tracked.finding.change_night = "2025-11-22";
  return tracked;
}

TEST(SeriesTable, SaysWhatWasOddAndWhatWasDecided) {
  Series series;
  Ack ack;
  ack.cases = "a";
  ack.night = "2025-11-21";
  ack.reason = "new driver";
  ack.commit = "1a2b";
  const Table table = series_table(tracked(series), std::vector{ack});
  ASSERT_EQ(table.rows.size(), 3U);
  const std::string text = text_of(table, Format::kTable);
  EXPECT_THAT(text, HasSubstr("kept out: other processes; accepted: new driver (1a2b)"));
  EXPECT_THAT(text, HasSubstr("slower from here on"));
  EXPECT_THAT(text, HasSubstr("regression: because"));
}

TEST(TrackedCasesTable, HasTheCourse) {
  Series series;
  const std::string text =
      text_of(tracked_cases_table(std::vector{tracked(series)}), Format::kTable);
  EXPECT_THAT(text, HasSubstr("▁▁█"));
  EXPECT_THAT(text, Not(HasSubstr("GPU-1")));  // the only card
}

TEST(CardsTable, CountsNightsRunsAndCases) {
  RunEntry run;
  run.card = "GPU-1";
  run.night = "2025-11-22";
  run.cases.resize(2);
  run.cases[1].name = 1;
  RunEntry earlier = run;
  earlier.night = "2025-11-20";
  const Table table = cards_table(std::vector{earlier, run, run});
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_THAT(text_of(table, Format::kCsv), HasSubstr("2025-11-20,2025-11-22,2,3,2"));
}

}  // namespace
}  // namespace gpugauge
