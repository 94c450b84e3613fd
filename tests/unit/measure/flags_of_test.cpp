#include "harness/measure/flags_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/device/throttle.hpp"

namespace gpugauge {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

SampledCase sampled_with(const std::vector<Telemetry>& telemetry) {
  SampledCase sampled;
  for (const Telemetry& t : telemetry) sampled.samples.push_back({.seconds = 1e-3, .telemetry = t});
  return sampled;
}

Telemetry with_reasons(std::uint64_t reasons) {
  Telemetry t;
  t.throttle_reasons = reasons;
  return t;
}

Telemetry with_clock(double mhz) {
  Telemetry t;
  t.clock_mhz = mhz;
  return t;
}

TEST(FlagsOf, AQuietCardRaisesNone) {
  EXPECT_THAT(flags_of(sampled_with(std::vector<Telemetry>(12, with_clock(1980))), true),
              IsEmpty());
}

TEST(FlagsOf, ReadsThrottleReasonsAsBitsNotAsOneValue) {
  const auto both = throttle::kSwPowerCap | throttle::kHwThermal;
  EXPECT_THAT(flags_of(sampled_with({with_reasons(0), with_reasons(both)}), true),
              ElementsAre(Flag::kPowerCapped, Flag::kThermalThrottled, Flag::kHardwareSlowdown));
}

TEST(FlagsOf, IgnoresIdleAndApplicationClocks) {
  EXPECT_THAT(
      flags_of(sampled_with({with_reasons(throttle::kIdle | throttle::kApplicationsClocks)}), true),
      IsEmpty());
}

TEST(FlagsOf, SeesAClockThatFell) {
  std::vector<Telemetry> telemetry(6, with_clock(1980));
  telemetry.resize(12, with_clock(1700));
  EXPECT_THAT(flags_of(sampled_with(telemetry), true), ElementsAre(Flag::kClockDropped));
}

TEST(FlagsOf, DoesNotMindAClockThatRose) {
  std::vector<Telemetry> telemetry(6, with_clock(1700));
  telemetry.resize(12, with_clock(1980));
  EXPECT_THAT(flags_of(sampled_with(telemetry), true), IsEmpty());
}

TEST(FlagsOf, DoesNotMindAClockThatIsMeasuredInCoarseSteps) {
  std::vector<Telemetry> telemetry;
  for (const double mhz : {3193, 3093, 3193, 3193, 3093, 3093, 3193, 3093, 3093, 3193, 3093, 3093})
    telemetry.push_back(with_clock(mhz));
  EXPECT_THAT(flags_of(sampled_with(telemetry), true), IsEmpty());
}

TEST(FlagsOf, SeesTimeThatOtherProgramsHad) {
  Telemetry waited;
  waited.wait_percent = 4.0;
  EXPECT_THAT(flags_of(sampled_with({waited}), true), ElementsAre(Flag::kContended));
  waited.wait_percent = 0.5;
  EXPECT_THAT(flags_of(sampled_with({waited}), true), IsEmpty());
}

TEST(FlagsOf, SeesStolenTime) {
  Telemetry stolen;
  stolen.steal_percent = 4.0;
  EXPECT_THAT(flags_of(sampled_with({stolen}), true), ElementsAre(Flag::kSteal));
}

TEST(FlagsOf, SaysHowSamplingEndedAndWhatTheKernelIs) {
  SampledCase sampled = sampled_with({Telemetry{}});
  sampled.stop = StopReason::kTimeBudget;
  sampled.burst_time_ns = 1.0;
  EXPECT_THAT(flags_of(sampled, false),
              ElementsAre(Flag::kNotConverged, Flag::kBurstDiffers, Flag::kNondeterministic));
}

TEST(FlagsOf, TakesTimeThatAQuotaWithheldForNobodyElses) {
  Telemetry stopped;
  stopped.quota_percent = stopped.wait_percent = 50.0;
  EXPECT_THAT(flags_of(sampled_with({stopped}), true), ElementsAre(Flag::kQuota));
}

TEST(FlagsOf, SaysWhereTheDriverKeepsThrottlingToItself) {
  Telemetry silent;
  silent.power_w = 300;
  EXPECT_THAT(flags_of(sampled_with({silent}), true, Backend::kCuda),
              ElementsAre(Flag::kThrottleUnknown));
  EXPECT_THAT(flags_of(sampled_with({silent}), true, Backend::kCpu), IsEmpty());
  silent.throttle_reasons = 0;
  EXPECT_THAT(flags_of(sampled_with({silent}), true, Backend::kCuda), IsEmpty());
}

}  // namespace
}  // namespace gpugauge
