#include "harness/render/answers/summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using fake::at_gbps;
using fake::memory;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

Record three_cases() {
  Record record = fake::record({at_gbps(memory(MemoryPattern::kRead), 930),
                                at_gbps(memory(MemoryPattern::kWrite), 900),
                                at_gbps(memory(MemoryPattern::kCopy), 850)});
  record.measurements[0].clock_mhz = 1700;
  record.measurements[1].clock_mhz = 1980;
  record.measurements[2].clock_mhz = 1755;
  return record;
}

TEST(Headline, NamesTheDeviceItsClockAndItsThrottling) {
  Record record = three_cases();
  record.device.driver_version = "580.65.06";
  record.device.runtime_version = "13.0";
  record.measurements[0].flags = {Flag::kPowerCapped, Flag::kNotConverged};
  EXPECT_EQ(headline(record),
            "Fake H1 · driver 580.65.06 · CUDA 13.0 · SM clock 1755 MHz median · 1 of 3 cases "
            "power-capped");
}

TEST(Headline, LeavesOutWhatIsNotKnown) {
  Record record = fake::record({});
  record.device.backend = Backend::kCpu;
  record.device.name = "Some CPU";
  record.device.compute_units = 2;
  EXPECT_EQ(headline(record), "Some CPU · 2 cores");
}

TEST(Headline, ANameCannotDriveATerminal) {
  Record record = fake::record({});
  record.device.name = "H100\x1b[2J";
  EXPECT_EQ(headline(record), "H100\\x1b[2J");
}

TEST(SummaryLine, CountsWhatAPersonWantsToKnow) {
  Record record = three_cases();
  EXPECT_EQ(summary_line(record), "3 verified, 0 unsupported, 0 failed");
  record.not_measured = {
      {.name = "a", .status = NotMeasuredStatus::kUnsupported, .reason = ""},
      {.name = "b", .status = NotMeasuredStatus::kFailed, .reason = ""},
      {.name = "c", .status = NotMeasuredStatus::kVerificationFailed, .reason = ""},
      {.name = "d", .status = NotMeasuredStatus::kRefused, .reason = ""}};
  record.planned.resize(9);
  EXPECT_EQ(summary_line(record),
            "3 verified, 1 unsupported, 1 failed, 1 computed wrong, 1 refused, 2 not run");
  record.not_measured[1].status = NotMeasuredStatus::kCrashed;
  record.not_measured[3].status = NotMeasuredStatus::kHung;
  EXPECT_EQ(summary_line(record),
            "3 verified, 1 unsupported, 0 failed, 1 crashed, 1 hung, 1 computed wrong, 2 not run");
}

TEST(SummaryLine, AMeasurementThatWasNotVerifiedIsNotCountedAsSuch) {
  Record record = three_cases();
  record.measurements[0].verification.passed = false;
  EXPECT_THAT(summary_line(record), StartsWith("2 verified"));
}

TEST(Warnings, AreSilentForAQuietWholeCard) {
  Record record = three_cases();
  record.device.ecc_enabled = true;
  record.device.mig_enabled = false;
  record.device.other_processes = 0;
  record.device.power_limit_w = record.device.default_power_limit_w = 700;
  record.device.application_clock_mhz = record.device.default_application_clock_mhz = 1980;
  EXPECT_THAT(warnings_of(record), IsEmpty());
}

TEST(Warnings, NameTheFileTheDeviceAndEveryFlagWithItsRemedy) {
  Record record = three_cases();
  record.warnings = {"the last line is incomplete"};
  record.device.mig_enabled = true;
  record.device.other_processes = 2;
  record.device.power_limit_w = 500;
  record.device.default_power_limit_w = 700;
  record.device.application_clock_mhz = 1410;
  record.device.default_application_clock_mhz = 1980;
  record.device.ecc_enabled = false;
  record.measurements[0].flags = {Flag::kNotConverged};
  record.measurements[1].flags = {Flag::kNotConverged};
  EXPECT_THAT(warnings_of(record),
              ElementsAre("the last line is incomplete", HasSubstr("MIG"),
                          HasSubstr("other processes were on the device: 2;"),
                          HasSubstr("500 W, is below the card's default, 700 W"),
                          HasSubstr("1410 MHz, is below the card's default, 1980 MHz"),
                          HasSubstr("ECC"), StartsWith("2 of 3 cases not converged: ")));
}

TEST(Warnings, NameEveryFlagThereIsOnceTheGravestFirst) {
  Record record = three_cases();
  record.measurements[0].flags.assign(all_of<Flag>.begin(), all_of<Flag>.end());
  const std::vector<std::string> warnings = warnings_of(record);
  EXPECT_EQ(warnings.size(), all_of<Flag>.size());
  EXPECT_THAT(warnings.front(), HasSubstr("hardware-slowdown"));
}

TEST(Warnings, BeginWithTheFlagOfMostCases) {
  Record record = three_cases();
  record.measurements[0].flags = {Flag::kSteal, Flag::kContended, Flag::kNondeterministic};
  record.measurements[1].flags = {Flag::kContended, Flag::kNondeterministic};
  record.measurements[2].flags = {Flag::kNondeterministic};
  EXPECT_THAT(warnings_of(record), ElementsAre(StartsWith("2 of 3 cases contended: "),
                                               StartsWith("1 of 3 cases: CPU stolen: "),
                                               StartsWith("3 of 3 cases nondeterministic: ")));
}

TEST(Warnings, SayThatTheCardIsSick) {
  Record record = three_cases();
  const CardHealth before{.uncorrected_errors = 1, .remap_failed = true};
  const CardHealth after{.uncorrected_errors = 3, .remap_failed = true, .xids = {{79}}};
  record.provenance.sessions.resize(1);
  record.provenance.sessions[0].health_before = before;
  EXPECT_THAT(warnings_of(record),
              ElementsAre(HasSubstr("could not be remapped: return the card")));
  record.provenance.sessions[0].health_after = after;
  EXPECT_THAT(
      warnings_of(record),
      ElementsAre(HasSubstr("return the card"),
                  StartsWith("XID 79 occurred during the run (the card fell off the bus): "),
                  StartsWith("2 uncorrected ECC errors occurred during the run: reset")));
}

}  // namespace
}  // namespace gpugauge
