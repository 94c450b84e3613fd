#include "harness/analyze/track/track.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gpugauge {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

/// Thirty quiet nights of two cases in November 2025; tonight is the first of December.
class TrackTest : public testing::Test {
 protected:
  TrackTest() {
    for (int day = 1; day <= 30; ++day)
      history_.push_back(quiet(fmt::format("2025-11-{:02}", day)));
  }
  /// Scatters by 0.1%, the same way every time.
  RunEntry quiet(const std::string& night) {
    const double noise = 1e-3 * static_cast<double>(number_ * 7 % 11 - 5) / 5;
    return run(night, 1000 * (1 + noise));
  }
  RunEntry run(const std::string& night, double time_ns) {
    RunEntry entry;
    entry.run_id = fmt::format("run-{}", number_++);
    entry.night = night;
    entry.card = "GPU-1";
    entry.sku = "h100";
    entry.cases = {{.name = names_.id_of("a"), .time_ns = time_ns},
                   {.name = names_.id_of("b"), .time_ns = 1000}};
    return entry;
  }
  TrackReport check(std::vector<RunEntry> tonight, std::vector<RunEntry> rerun = {}) const {
    return check_tonight(names_, history_, tonight, rerun, acks_, settings_);
  }
  static const TrackFinding& finding(const TrackReport& report, std::string_view name) {
    for (const TrackFinding& f : report.findings) {
      if (f.key.case_name == name) return f;
    }
    throw std::runtime_error("no such case");
  }
  static Ack ack(const std::string& cases) {
    Ack a;
    a.cases = cases;
    a.reason = "because";
    return a;
  }

  int number_ = 0;
  CaseNames names_;
  std::vector<RunEntry> history_;
  std::vector<Ack> acks_;
  TrackSettings settings_;
};

TEST_F(TrackTest, AQuietNightPasses) {
  const TrackReport report = check({quiet("2025-12-01")});
  EXPECT_EQ(report.count(GateStatus::kPass), 2U);
  EXPECT_EQ(report.night, "2025-12-01");
  EXPECT_THAT(report.notes, IsEmpty());
}

TEST_F(TrackTest, ASlowNightNeedsItsRerunAndThenFails) {
  EXPECT_EQ(finding(check({run("2025-12-01", 1050)}), "a").gate.status, GateStatus::kNeedsRerun);
  const auto confirmed = check({run("2025-12-01", 1050)}, {run("2025-12-01", 1051)});
  EXPECT_EQ(finding(confirmed, "a").gate.status, GateStatus::kRegression);
  EXPECT_EQ(finding(confirmed, "b").gate.status, GateStatus::kPass);
  const auto gone = check({run("2025-12-01", 1050)}, {run("2025-12-01", 1000)});
  EXPECT_EQ(finding(gone, "a").gate.status, GateStatus::kUnconfirmed);
}

TEST_F(TrackTest, SaysWhatChangedOnTheNightOfTheChange) {
  for (RunEntry& run : history_)
    run.versions = {{"driver", "580.65.06"}, {"cuBLASLt", "13.0.2.14"}};
  RunEntry slow = run("2025-12-01", 1050);
  slow.versions = {{"driver", "580.65.06"}, {"cuBLASLt", "13.1.0.3"}};
  history_.push_back(slow);
  const TrackReport report = check({run("2025-12-02", 1050)});
  EXPECT_EQ(finding(report, "a").change_night, "2025-12-01");
  EXPECT_EQ(finding(report, "a").changes,
            (std::vector<VersionChange>{{"cuBLASLt", "13.0.2.14", "13.1.0.3"}}));
  EXPECT_THAT(finding(report, "b").changes, IsEmpty());
}

TEST_F(TrackTest, TonightIsTheSameWhetherItIsInTheHistoryOrNot) {
  const RunEntry slow = run("2025-12-01", 1050);
  history_.push_back(slow);
  history_.back().night = "2025-11-30";  // added as of the night before
  const TrackReport report = check({slow});
  EXPECT_EQ(report.night, "2025-11-30");
  EXPECT_EQ(finding(report, "a").nights, 29U);
  EXPECT_EQ(finding(report, "a").gate.status, GateStatus::kNeedsRerun);
}

TEST_F(TrackTest, OtherCardsDriversAndPoliciesCountForNothing) {
  for (int i = 0; i < 3; ++i) history_[static_cast<std::size_t>(i)].card = "GPU-2";
  history_[3].driver_major = "590";
  history_[4].clock_policy = "governor powersave";
  const TrackReport report = check({quiet("2025-12-01")});
  EXPECT_EQ(finding(report, "a").nights, 25U);
  ASSERT_EQ(report.notes.size(), 2U);
  EXPECT_THAT(report.notes[0], HasSubstr("3 earlier runs are of other cards"));
  EXPECT_THAT(report.notes[1], HasSubstr("2 earlier runs of this card"));
  settings_.match = CardMatch::kSku;
  EXPECT_EQ(finding(check({quiet("2025-12-01")}), "a").nights, 28U);
}

TEST_F(TrackTest, AHistoryOfNoneOrOneIsNoBaseline) {
  history_.resize(1);
  EXPECT_EQ(check({quiet("2025-12-01")}).count(GateStatus::kNoBaseline), 2U);
  history_.clear();
  EXPECT_EQ(check({quiet("2025-12-01")}).count(GateStatus::kNoBaseline), 2U);
}

TEST_F(TrackTest, AnAcknowledgedChangeBeginsANewBaseline) {
  acks_ = {ack("a")};
  acks_[0].night = "2025-11-30";
  const TrackReport report = check({run("2025-12-01", 1040)});
  EXPECT_EQ(finding(report, "a").gate.status, GateStatus::kNoBaseline);
  EXPECT_EQ(finding(report, "a").gate.baseline_nights, 1U);
  EXPECT_EQ(finding(report, "b").gate.status, GateStatus::kPass);
  acks_[0].night = "2025-12-02";  // not yet
  EXPECT_EQ(finding(check({run("2025-12-01", 1050)}), "a").gate.status, GateStatus::kNeedsRerun);
  acks_[0].night = "2025-11-30";
  acks_[0].card = "GPU-2";
  EXPECT_EQ(finding(check({run("2025-12-01", 1050)}), "a").gate.status, GateStatus::kNeedsRerun);
}

TEST_F(TrackTest, AMutedCaseIsShownAndDoesNotCount) {
  acks_ = {ack("a")};
  acks_[0].mute = true;
  const TrackReport report = check({run("2025-12-01", 1050)}, {run("2025-12-01", 1050)});
  EXPECT_EQ(report.count(GateStatus::kRegression), 0U);
  EXPECT_EQ(report.muted(), 1U);
  EXPECT_EQ(finding(report, "a").gate.status, GateStatus::kRegression);
}

TEST_F(TrackTest, AThresholdOfItsOwn) {
  acks_ = {ack("a")};
  acks_[0].delta = 0.1;
  EXPECT_EQ(finding(check({run("2025-12-01", 1050)}), "a").gate.status, GateStatus::kPass);
}

TEST_F(TrackTest, FewerProcessesThanUsualAreInconclusive) {
  for (int day = 1; day <= 30; ++day) {
    history_.push_back(quiet(fmt::format("2025-11-{:02}", day)));
  }
  std::sort(history_.begin(), history_.end(),
            [](const RunEntry& a, const RunEntry& b) { return a.night < b.night; });
  EXPECT_EQ(check({quiet("2025-12-01")}).count(GateStatus::kInconclusive), 2U);
  EXPECT_EQ(check({quiet("2025-12-01"), quiet("2025-12-01")}).count(GateStatus::kPass), 2U);
  settings_.processes = 1;
  EXPECT_EQ(check({quiet("2025-12-01")}).count(GateStatus::kPass), 2U);
}

TEST_F(TrackTest, ACaseThatIsMissingTonightIsInconclusive) {
  RunEntry tonight = quiet("2025-12-01");
  tonight.cases.pop_back();
  TrackReport report = check({tonight});
  EXPECT_EQ(finding(report, "b").gate.status, GateStatus::kInconclusive);
  EXPECT_THAT(finding(report, "b").gate.reason, HasSubstr("2025-11-30"));
  for (RunEntry& run : history_) {
    if (run.night == "2025-11-30") run.cases.pop_back();  // and it was the night before
  }
  EXPECT_EQ(check({tonight}).findings.size(), 1U);
  tonight.failed = {names_.id_of("b")};  // but if it is planned, it is said every night
  report = check({tonight});
  EXPECT_EQ(finding(report, "b").gate.status, GateStatus::kInconclusive);
  EXPECT_EQ(finding(report, "b").nights, 29U);
}

TEST_F(TrackTest, ASharedNightIsInconclusive) {
  RunEntry tonight = quiet("2025-12-01");
  tonight.other_processes = 2;
  EXPECT_EQ(check({tonight}).count(GateStatus::kInconclusive), 2U);
}

TEST_F(TrackTest, TheLatestNightOfASeriesIsHeldAgainstThoseBefore) {
  std::vector<const RunEntry*> runs;
  for (const RunEntry& run : history_) runs.push_back(&run);
  for (const Series& s : series_of(names_, runs, CardMatch::kUuid)) {
    const TrackFinding f = latest_finding(s, acks_, settings_);
    EXPECT_EQ(f.nights, 29U);
    EXPECT_EQ(f.gate.status, GateStatus::kPass);
  }
}

}  // namespace
}  // namespace gpugauge
