#include "harness/history/run_entry.hpp"

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/device/throttle.hpp"
#include "tests/unit/history/fake_run.hpp"

namespace gpugauge {
namespace {

TEST(RunEntryOf, HoldsWhatTheGateNeeds) {
  Record r = fake::run(1);
  r.measurements[0].clock_mhz = 1755;
  r.measurements[0].flags = {Flag::kPowerCapped};
  r.measurements[0].samples.throttle_reasons = {0, throttle::kSwPowerCap, throttle::kIdle};
  CaseNames names;
  const RunEntry entry = run_entry_of(r, names);
  EXPECT_EQ(entry.night, "2025-11-22");
  EXPECT_EQ(entry.card, "GPU-11111111-2222");
  EXPECT_EQ(entry.sku, "fake-h1");
  EXPECT_EQ(entry.driver_major, "580");
  EXPECT_EQ(entry.pcie_width, 16);
  ASSERT_EQ(entry.cases.size(), 2U);
  const CaseEntry& read =
      names[entry.cases[0].name] == r.measurements[0].name ? entry.cases[0] : entry.cases[1];
  EXPECT_DOUBLE_EQ(read.time_ns, 1000);
  EXPECT_FLOAT_EQ(read.clock_mhz, 1755);
  EXPECT_TRUE(read.has(Flag::kPowerCapped));
  EXPECT_FALSE(read.has(Flag::kSteal));
  EXPECT_EQ(read.throttle, throttle::kSwPowerCap | throttle::kIdle);
}

TEST(RunEntryOf, RepetitionsAreOneEntry) {
  Record r = fake::run(1);
  r.measurements[1] = r.measurements[0];
  r.measurements[1].repetition = 1;
  r.measurements[1].time_ns.value = 3000;
  CaseNames names;
  const RunEntry entry = run_entry_of(r, names);
  ASSERT_EQ(entry.cases.size(), 1U);
  EXPECT_DOUBLE_EQ(entry.cases[0].time_ns, 2000);
}

TEST(RunEntryOf, WhatHasNoNumberThatCountsHasFailed) {
  Record r = fake::run(1);
  r.measurements[0].verification.passed = false;
  r.planned.push_back("never/reached");
  r.planned.push_back("no/fp8/here");
  r.not_measured = {{"no/fp8/here", NotMeasuredStatus::kUnsupported, "old card"}};
  CaseNames names;
  const RunEntry entry = run_entry_of(r, names);
  EXPECT_EQ(entry.cases.size(), 1U);
  ASSERT_EQ(entry.failed.size(), 2U);
  EXPECT_EQ(names[entry.failed[0]], r.measurements[0].name);
  EXPECT_EQ(names[entry.failed[1]], "never/reached");
}

TEST(RunEntryOf, RefusesWhatCannotBeAFileOrANight) {
  CaseNames names;
  for (const char* id : {"", "../../etc/passwd", ".hidden", "a b"}) {
    Record r = fake::run(1);
    r.provenance.run_id = id;
    EXPECT_THROW(run_entry_of(r, names), UsageError) << id;
  }
  Record r = fake::run(1);
  r.provenance.sessions.front().started_utc = "yesterday";
  EXPECT_THROW(run_entry_of(r, names), UsageError);
  r.provenance.sessions.clear();
  EXPECT_THROW(run_entry_of(r, names), UsageError);
}

TEST(RunEntryOf, KnowsThatTheCardHadErrors) {
  Record r = fake::run(1);
  CaseNames names;
  EXPECT_FALSE(run_entry_of(r, names).card_errors);
  Session& session = r.provenance.sessions[0];
  session.health_before = CardHealth{.corrected_errors = 1, .xids = std::vector<int>()};
  session.health_after = CardHealth{.corrected_errors = 9, .xids = std::vector<int>()};
  EXPECT_FALSE(run_entry_of(r, names).card_errors);
  session.health_after->xids = {79};
  EXPECT_TRUE(run_entry_of(r, names).card_errors);
}

TEST(CardOf, ADeviceWithoutUuidIsKnownByWhatAndWhereItIs) {
  Record r = fake::run(1);
  r.device.uuid.reset();
  r.device.backend = Backend::kCpu;
  EXPECT_EQ(card_of(r), "cpu-fake-h1-node_7");
}

TEST(ClockPolicyOf, IsTheGovernorOrWhatHeldMostSamples) {
  Record r = fake::run(1);
  EXPECT_EQ(clock_policy_of(r), "default");
  r.measurements[0].samples.throttle_reasons = {throttle::kApplicationsClocks, 0};
  EXPECT_EQ(clock_policy_of(r), "default");
  r.measurements[1].samples.throttle_reasons = {throttle::kApplicationsClocks};
  EXPECT_EQ(clock_policy_of(r), "application clocks");
  r.device.governor = "performance";
  EXPECT_EQ(clock_policy_of(r), "governor performance");
}

TEST(PathPartOf, LeavesNothingThatLeavesTheFolder) {
  EXPECT_EQ(path_part_of("node7.rack-1"), "node7.rack-1");
  EXPECT_EQ(path_part_of("../../etc"), "_._.._etc");
  EXPECT_EQ(path_part_of(".."), "_.");
  EXPECT_EQ(path_part_of("a=b/c\n"), "a_b_c_");
  EXPECT_EQ(path_part_of(""), "unknown");
}

}  // namespace
}  // namespace gpugauge
