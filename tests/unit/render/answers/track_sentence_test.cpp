#include "harness/render/answers/track_sentence.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gpugauge {
namespace {

TrackFinding of(GateStatus status) {
  TrackFinding f;
  f.key.case_name = "gemm/fp8";
  f.key.card = "GPU-1";
  f.facts = NightFacts{.date = "2026-11-29",
                       .setup = std::make_shared<const NightSetup>(
                           NightSetup{"NVIDIA H100 80GB HBM3", "node7", {}})};
  f.processes = 5;
  f.gate.status = status;
  f.gate.baseline_nights = 30;
  f.gate.change.value = 0.03;
  return f;
}

std::vector<TrackFinding> with(GateStatus status) {
  std::vector<TrackFinding> all(15, of(GateStatus::kPass));
  all.push_back(of(status));
  return all;
}

TEST(TrackSentence, SaysWhatPassedAndWhere) {
  const TrackSentence sentence = track_sentence(with(GateStatus::kPass));
  EXPECT_EQ(sentence.words, "PASS 16 of 16, H100 node7, 5 processes");
  EXPECT_EQ(sentence.tone, Tone::kGood);
  EXPECT_THAT(sentence.rows, testing::IsEmpty());
}

TEST(TrackSentence, SaysWhatIsSlowerSinceWhenAndWhatChanged) {
  std::vector<TrackFinding> findings = with(GateStatus::kRegression);
  findings.back().change_night = "2026-11-29";
  findings.back().changes = {{"cuBLASLt", "13.0.2.14", "13.1.0.3"}};
  const TrackSentence sentence = track_sentence(findings);
  EXPECT_EQ(sentence.words,
            "Slower than the 30 nights before: 1 of 16; cuBLASLt 13.0.2 → 13.1.0 that night");
  EXPECT_EQ(sentence.tone, Tone::kBad);
  EXPECT_THAT(
      sentence.rows,
      testing::ElementsAre("gemm/fp8: +3.0% since 2026-11-29; cuBLASLt 13.0.2.14 → 13.1.0.3"));
  findings.front().gate.status = GateStatus::kNeedsRerun;
  findings.back().change_night = "2026-11-19";
  findings.back().changes.clear();
  EXPECT_EQ(track_sentence(findings).words,
            "Slower than the 30 nights before: 1 of 16 since 2026-11-19; 1 to confirm");
}

TEST(TrackSentence, NothingThatDidNotPassIsGreen) {
  for (const GateStatus status : all_of<GateStatus>) {
    if (status == GateStatus::kPass) continue;
    const TrackSentence sentence = track_sentence(with(status));
    EXPECT_NE(sentence.tone, Tone::kGood) << name_of(status);
    EXPECT_FALSE(sentence.words.empty());
  }
  EXPECT_EQ(track_sentence(std::span<const TrackFinding>{}).tone, Tone::kWarning);
}

TEST(ChangeWords, ACommitIsShort) {
  const std::vector<VersionChange> changes{{"driver", "580.65.06", "580.95.05"},
                                           {"commit", std::string(40, '0'), std::string(40, '1')}};
  EXPECT_EQ(change_words(changes), "driver 580.65.06 → 580.95.05 · commit 0000000 → 1111111");
}

}  // namespace
}  // namespace gpugauge
