#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/record/journal_files.hpp"

namespace gpugauge {
namespace {

using testing::IsEmpty;

class JournalVanishedTest : public test::JournalTest {
 protected:
  /// What a resumed run knows of the case.
  std::vector<NotMeasured> resumed() {
    Record so_far;
    Journal::resume(partial_, session_, so_far);
    return so_far.not_measured;
  }
  const std::string name_ = whole_.planned[0];
};

TEST_F(JournalVanishedTest, OneProcessMayVanishInACase) {
  create().append_started(name_);
  EXPECT_THAT(resumed(), IsEmpty());
}

TEST_F(JournalVanishedTest, ACaseInWhichTwoVanishedCrashed) {
  {
    Journal journal = create();
    journal.append_started(name_);
    journal.append_started(name_);
  }
  ASSERT_EQ(resumed().size(), 1U);
  const NotMeasured again = resumed().at(0);  // it was written, too
  EXPECT_EQ(again.name, name_);
  EXPECT_EQ(again.status, NotMeasuredStatus::kCrashed);
  EXPECT_EQ(again.reason, "the process vanished while it ran, 2 times");
}

TEST_F(JournalVanishedTest, ACaseThatIsTriedAgainBeginsAnew) {
  {
    Journal journal = create();
    journal.append_started(name_);
    journal.append_started(name_);
    journal.append(LostCandidate{name_, "algo 6", "hung"});
  }
  Record so_far;
  Journal::resume(partial_, session_, so_far, [](const NotMeasured&) { return true; });
  EXPECT_THAT(so_far.not_measured, IsEmpty());
  const Journal later = Journal::resume(partial_, session_, so_far);
  EXPECT_THAT(so_far.not_measured, IsEmpty());
}

TEST_F(JournalVanishedTest, WhatTheUserStoppedAndWhatEndedDidNotVanish) {
  Journal journal = create();
  journal.append_started(name_);
  journal.append_interrupted(name_);
  journal.append_started(name_);
  journal.append_interrupted(name_);
  journal.append_started(whole_.measurements[1].name);
  journal.append_started(whole_.measurements[1].name);
  journal.append(whole_.measurements[1]);
  { const Journal ended = std::move(journal); }
  EXPECT_THAT(resumed(), IsEmpty());
}

TEST_F(JournalVanishedTest, ACandidateThatEndedTheProcessIsKnownAgain) {
  {
    Journal journal = create();
    for (const char* candidate : {"algo 6", "algo 7"}) {
      journal.append_started(name_);
      journal.append(LostCandidate{name_, candidate, "hung"});
    }
  }
  Record so_far;
  const Journal again = Journal::resume(partial_, session_, so_far);
  EXPECT_THAT(so_far.not_measured, IsEmpty());
  ASSERT_EQ(again.lost_candidates().size(), 2U);
  EXPECT_EQ(again.lost_candidates()[1].case_name, name_);
  EXPECT_EQ(again.lost_candidates()[1].candidate, "algo 7");
  EXPECT_EQ(again.lost_candidates()[1].how, "hung");
}

}  // namespace
}  // namespace gpugauge
