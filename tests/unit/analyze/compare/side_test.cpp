#include "harness/analyze/compare/side.hpp"

#include <gtest/gtest.h>

#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

const Op kRead = fake::memory(MemoryPattern::kRead);

Side side_of_runs(const std::vector<Record>& records) {
  Side side;
  for (const Record& record : records) side.records.push_back(&record);
  return side;
}

std::vector<Record> runs_of(const std::vector<double>& times_ns) {
  std::vector<Record> records;
  for (const double time : times_ns)
    records.push_back(fake::record({fake::measurement(kRead, time)}));
  return records;
}

TEST(CaseTable, KeepsTheIntervalOfASingleRun) {
  const auto records = runs_of({100});
  const CaseTable table(side_of_runs(records));
  ASSERT_EQ(table.cases().size(), 1u);
  EXPECT_DOUBLE_EQ(table.cases()[0].time_ns.low, 99);
  EXPECT_EQ(table.find(table.cases()[0].name()), &table.cases()[0]);
  EXPECT_EQ(table.find("nothing"), nullptr);
}

TEST(CaseTable, OfFewRunsTheIntervalIsTheHullOfTheirs) {
  const auto records = runs_of({100, 110, 102});
  const CaseTable table(side_of_runs(records));
  const Estimate& time = table.cases().at(0).time_ns;
  EXPECT_DOUBLE_EQ(time.value, 102);
  EXPECT_DOUBLE_EQ(time.low, 99);
  EXPECT_DOUBLE_EQ(time.high, 111.1);
}

TEST(CaseTable, OfManyRunsTheIntervalIsOfTheirMediansAlone) {
  const auto records = runs_of({100, 101, 102, 103, 104, 105});
  const CaseTable table(side_of_runs(records));
  const Estimate& time = table.cases().at(0).time_ns;
  EXPECT_DOUBLE_EQ(time.value, 102.5);
  EXPECT_DOUBLE_EQ(time.low, 100);
  EXPECT_DOUBLE_EQ(time.high, 105);
}

TEST(CaseTable, RepetitionsInAFileAreRuns) {
  Record record = fake::record({fake::measurement(kRead, 100), fake::measurement(kRead, 104)});
  record.measurements[0].samples.time_ns = {3, 1};
  record.measurements[1].samples.time_ns = {2};
  record.measurements[1].flags = {Flag::kPowerCapped};
  record.measurements[1].clock_mhz = 1500;
  Side side;
  side.records = {&record};
  const CaseTable table(side);
  const CaseRuns& c = table.cases().at(0);
  EXPECT_EQ(c.runs.size(), 2u);
  EXPECT_EQ(c.sorted_ns, (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(c.sample_count, 40);
  EXPECT_TRUE(c.throttled);
  EXPECT_EQ(c.clock_mhz, 1500);
}

TEST(CaseTable, SaysWhatCannotBeUsed) {
  auto records = runs_of({100, 100});
  const auto unusable = [&] { return CaseTable(side_of_runs(records)).cases().at(0).unusable; };
  EXPECT_EQ(unusable(), Unusable::kNo);
  records[1].measurements[0].semantics_version = 2;
  EXPECT_EQ(unusable(), Unusable::kMixedSemantics);
  records[1].measurements[0].time_ns = {.value = 0, .low = 0, .high = 0};
  EXPECT_EQ(unusable(), Unusable::kNoTime);
  records[1].measurements[0].verification.passed = false;
  EXPECT_EQ(unusable(), Unusable::kNotVerified);
}

}  // namespace
}  // namespace gpugauge
