#include "harness/analyze/rates/assessment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::Not;

Record one_of_each() {
  Measurement good = fake::at_gbps(fake::memory(MemoryPattern::kRead), 950);
  good.launches_per_sample = 3;
  good.flags = {Flag::kPowerCapped};
  Record record = fake::record({good});
  record.planned.insert(record.planned.end(), {"gemm/a", "gemm/b", "gemm/c", "latency/d"});
  record.not_measured = {{"gemm/a", NotMeasuredStatus::kUnsupported, "no fp8"},
                         {"gemm/b", NotMeasuredStatus::kFailed, "out of memory"},
                         {"gemm/c", NotMeasuredStatus::kVerificationFailed, "row 3"}};
  return record;
}

TEST(Assessments, EveryPlannedCaseHasOne) {
  const Record record = one_of_each();
  const auto found = assessments_of(record, check_datasheet(record, nullptr));
  std::vector<AssessmentStatus> statuses;
  for (const Assessment& a : found) statuses.push_back(a.status);
  EXPECT_THAT(statuses, ElementsAre(AssessmentStatus::kPassed, AssessmentStatus::kSkipped,
                                    AssessmentStatus::kError, AssessmentStatus::kFailed,
                                    AssessmentStatus::kError));
  EXPECT_EQ(found[1].group, "gemm");
  EXPECT_THAT(found[1].message, AllOf(HasSubstr("unsupported"), HasSubstr("no fp8")));
  EXPECT_THAT(found[4].message, HasSubstr("ended"));
}

TEST(Assessments, APassKeepsItsFlagsAndItsTime) {
  const Record record = one_of_each();
  const Assessment first = assessments_of(record, check_datasheet(record, nullptr)).front();
  EXPECT_EQ(first.message, advice_on(Flag::kPowerCapped));
  EXPECT_DOUBLE_EQ(first.seconds, record.measurements[0].time_ns.value * 1e-9 * 3 * 20);
}

TEST(Assessments, ADatasheetIsJudged) {
  const Datasheet sheet = fake::datasheet();
  const auto of_read = [&](double gbps) {
    const Record record = fake::record({fake::at_gbps(fake::memory(MemoryPattern::kRead), gbps)});
    return assessments_of(record, check_datasheet(record, &sheet));
  };
  const auto read_is = [](AssessmentStatus status) {
    return Contains(AllOf(Field(&Assessment::group, "datasheet"),
                          Field(&Assessment::name, "memory read"),
                          Field(&Assessment::status, status)));
  };
  EXPECT_THAT(of_read(950), read_is(AssessmentStatus::kPassed));
  EXPECT_THAT(of_read(900), read_is(AssessmentStatus::kSkipped)) << "the pass mark is inside ±1%";
  EXPECT_THAT(of_read(500), read_is(AssessmentStatus::kFailed));
}

TEST(Assessments, WithoutADatasheetNothingIsAskedOfIt) {
  const Record record = one_of_each();
  EXPECT_THAT(assessments_of(record, check_datasheet(record, nullptr)),
              Not(Contains(Field(&Assessment::group, "datasheet"))));
}

}  // namespace
}  // namespace gpugauge
