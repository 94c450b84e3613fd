#include "harness/record/record.hpp"

#include <gtest/gtest.h>

#include "tests/unit/record/synthetic.hpp"

namespace gpugauge {
namespace {

TEST(Record, IsCompleteWhenEveryPlannedCaseHasANumberOrAReason) {
  Record record = test::synthetic_full_record();
  EXPECT_TRUE(record.complete());
  record.not_measured.pop_back();
  EXPECT_FALSE(record.complete());
}

TEST(Record, RepetitionsOfOneCaseDoNotStandForAnother) {
  Record record = test::synthetic_bare_record();
  record.planned.push_back("another");
  record.measurements.push_back(record.measurements.front());
  EXPECT_FALSE(record.complete());
  EXPECT_EQ(record.answered_count(), 1U);
}

TEST(Record, OfAnEmptyPlanIsComplete) { EXPECT_TRUE(Record{}.complete()); }

TEST(Names, AreThoseOfTheFile) {
  EXPECT_EQ(name_of(Origin::kMeasured), "measured");
  EXPECT_EQ(name_of(Origin::kQuoted), "quoted");
  EXPECT_EQ(name_of(StopReason::kTimeBudget), "time_budget");
  EXPECT_EQ(name_of(NotMeasuredStatus::kVerificationFailed), "verification_failed");
  EXPECT_EQ(name_of(NotMeasuredStatus::kRefused), "refused");
}

}  // namespace
}  // namespace gpugauge
