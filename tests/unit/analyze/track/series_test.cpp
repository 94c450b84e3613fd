#include "harness/analyze/track/series.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "harness/device/throttle.hpp"

namespace gpugauge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SeriesTest : public testing::Test {
 protected:
  RunEntry run(const std::string& night, double time_ns) {
    RunEntry entry;
    entry.night = night;
    entry.card = "GPU-1";
    entry.sku = "h100";
    entry.driver_major = "580";
    entry.clock_policy = "default";
    entry.cases.push_back({.name = names_.id_of("a"), .time_ns = time_ns, .clock_mhz = 1700});
    return entry;
  }
  std::vector<Series> series(const std::vector<RunEntry>& runs,
                             CardMatch match = CardMatch::kUuid) const {
    std::vector<const RunEntry*> pointers;
    for (const RunEntry& entry : runs) pointers.push_back(&entry);
    return series_of(names_, pointers, match);
  }

  CaseNames names_;
};

TEST_F(SeriesTest, TheRunsOfADateAreTheProcessesOfANight) {
  const auto all = series(
      {run("2025-11-21", 10), run("2025-11-22", 10), run("2025-11-22", 30), run("2025-11-22", 20)});
  ASSERT_EQ(all.size(), 1U);
  ASSERT_EQ(all[0].nights.size(), 2U);
  EXPECT_DOUBLE_EQ(all[0].nights[1].y, std::log(20));
  EXPECT_EQ(all[0].nights[1].processes.size(), 3U);
  EXPECT_EQ(all[0].nights[1].utc_s - all[0].nights[0].utc_s, 86400);
  EXPECT_EQ(all[0].nights[1].clock_mhz_median, 1700);
  EXPECT_EQ(all[0].before("2025-11-22"), 1U);
}

TEST_F(SeriesTest, WhatDiffersInAnyPartOfTheKeyIsAnotherSeries) {
  std::vector<RunEntry> runs(6, run("2025-11-22", 10));
  runs[1].card = "GPU-2";
  runs[2].driver_major = "590";
  runs[3].clock_policy = "application clocks";
  runs[4].cases[0].semantics_version = 2;
  runs[5].cases[0].name = names_.id_of("b");
  EXPECT_EQ(series(runs).size(), 6U);
  EXPECT_EQ(series(runs, CardMatch::kSku).size(), 5U);
}

TEST_F(SeriesTest, UsualProcessesAreThoseOfMostNights) {
  EXPECT_EQ(Series{}.usual_processes(), 0U);
  const auto all = series({run("2025-11-20", 1), run("2025-11-20", 1), run("2025-11-21", 1),
                           run("2025-11-21", 1), run("2025-11-22", 1)});
  EXPECT_EQ(all[0].usual_processes(), 2U);
}

TEST(QuarantineOf, ThrottledSharedAndStolenNights) {
  EXPECT_THAT(quarantine_of({}, {}), IsEmpty());
  EXPECT_THAT(quarantine_of({.date = {},
                             .throttle = throttle::kIdle | throttle::kApplicationsClocks,
                             .flags = 0,
                             .shared = false},
                            {}),
              IsEmpty());
  EXPECT_THAT(
      quarantine_of({.date = {}, .throttle = throttle::kHwThermal, .flags = 0, .shared = true}, {}),
      ElementsAre(QuarantineReason::kThrottled, QuarantineReason::kOtherProcesses));
  for (const Flag flag : {Flag::kSteal, Flag::kContended}) {
    const std::uint32_t flags = bit_of(flag);
    const NightFacts night{.date = {}, .throttle = 0, .flags = flags, .shared = false};
    EXPECT_THAT(quarantine_of(night, {}), ElementsAre(QuarantineReason::kOtherProcesses));
    EXPECT_THAT(quarantine_of(night, {.throttle = 0, .flags = flags}), IsEmpty());
  }
}

TEST(QuarantineOf, ANightWithoutThrottleReasonsIsNoCleanOneWhereOthersHaveThem) {
  const std::uint32_t unknown = bit_of(Flag::kThrottleUnknown);
  const NightFacts night{.date = {}, .throttle = 0, .flags = unknown, .shared = false};
  EXPECT_THAT(quarantine_of(night, {}), ElementsAre(QuarantineReason::kThrottleUnknown));
  EXPECT_THAT(quarantine_of(night, {.throttle = 0, .flags = unknown}), IsEmpty());
}

TEST_F(SeriesTest, ANightOnWhichTheCardHadErrorsIsOutEvenIfMostHadThem) {
  std::vector<RunEntry> runs{run("2025-11-20", 10), run("2025-11-21", 10), run("2025-11-21", 10)};
  runs[1].card_errors = true;  // one process of two
  const auto all = series(runs);
  EXPECT_THAT(all[0].nights[0].quarantine, IsEmpty());
  EXPECT_THAT(all[0].nights[1].quarantine, ElementsAre(QuarantineReason::kDeviceErrors));
  runs[0].card_errors = true;
  EXPECT_THAT(series(runs)[0].nights[0].quarantine, ElementsAre(QuarantineReason::kDeviceErrors));
}

TEST_F(SeriesTest, WhatACardDoesOnMostNightsIsNoReasonAgainstOne) {
  std::vector<RunEntry> runs;
  for (const char* night : {"2025-11-20", "2025-11-21", "2025-11-22"}) {
    runs.push_back(run(night, 10));
    runs.back().cases[0].throttle = throttle::kSwPowerCap;
  }
  runs[1].cases[0].throttle |= throttle::kSwThermal;
  const auto all = series(runs);
  EXPECT_THAT(all[0].nights[0].quarantine, IsEmpty());
  EXPECT_THAT(all[0].nights[1].quarantine, ElementsAre(QuarantineReason::kThrottled));
}

}  // namespace
}  // namespace gpugauge
