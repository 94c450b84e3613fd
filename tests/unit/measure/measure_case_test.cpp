#include "harness/measure/measure_case.hpp"
#include "harness/base/monotonic.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/device/device_lost.hpp"
#include "harness/device/memory_shortage.hpp"
#include "harness/measure/runner.hpp"
#include "tests/unit/measure/fake_device.hpp"

namespace gpugauge {
namespace {

using ::testing::HasSubstr;

constexpr MemoryStream kRead{MemoryPattern::kRead, 1 << 30};

SamplerHooks hooks() {
  return {.now_seconds = monotonic_seconds,
          .stop_requested = [] { return false; },
          .progress = [](const Estimate&, int) {}};
}

NotMeasured not_measured(const CaseOutcome& outcome) {
  return std::get<NotMeasured>(outcome.result);
}

TEST(MeasureCase, CarriesWhatWasMeasuredAndVerified) {
  FakeDevice device;
  device.telemetry_.clock_mhz = 1500;
  device.telemetry_.power_w = 300;
  device.telemetry_.throttle_reasons = 0;
  device.telemetry_.memory_temperature_c = 70;
  device.telemetry_.temperature_c = 55;
  const FakeImplementation fake({});
  const auto m = std::get<Measurement>(measure_case(fake.planned(kRead), device, hooks()).result);
  EXPECT_EQ(m.name, "memory/read/1GiB/fake/cold");
  EXPECT_NEAR(m.time_ns.value, 1e6, 1e-3);
  EXPECT_NEAR(m.gbps(), 1073.741824, 1e-6);
  EXPECT_EQ(m.semantics_version, 3);
  EXPECT_TRUE(m.is_library);
  EXPECT_EQ(m.sample_count, 6);
  EXPECT_EQ(m.samples.time_ns.size(), 6u);
  EXPECT_EQ(m.clock_mhz, 1500);
  // A reading of power is of the last second, which this case is only a part of.
  EXPECT_EQ(m.samples.power_w, std::vector<float>(6, 300));
  EXPECT_EQ(m.mean_power_w, std::nullopt);
  EXPECT_EQ(m.memory_temperature_max_c, 70);
  EXPECT_EQ(m.temperature_max_c, 55);
  EXPECT_TRUE(m.verification.passed);
  EXPECT_EQ(m.details, "fake details");
  EXPECT_TRUE(m.samples.steal_percent.empty());
  EXPECT_EQ(m.samples.throttle_reasons, std::vector<std::uint64_t>(6, 0));
}

TEST(MeasureCase, AKernelsOwnClockIsThatOfTheSampledLaunches) {
  FakeDevice device;
  device.telemetry_.clock_mhz = 1500;
  std::int64_t launched = 0, launched_when_asked = 0, asked = 0;
  FakeBehaviour behaviour;
  behaviour.on_enqueue = [&](int) { ++launched; };
  behaviour.clock_mhz = [&](std::int64_t newest) -> std::optional<double> {
    asked = newest;
    launched_when_asked = launched;
    return 1432.5;
  };
  const FakeImplementation fake(std::move(behaviour));
  const auto m = std::get<Measurement>(measure_case(fake.planned(kRead), device, hooks()).result);
  EXPECT_EQ(asked, m.sample_count * m.launches_per_sample);
  EXPECT_LT(launched_when_asked, launched) << "asked after the launch that verifies";
  EXPECT_EQ(m.clock_mhz, 1500);
  EXPECT_EQ(m.kernel_clock_mhz, 1432.5);
  EXPECT_EQ(m.core_clock_mhz(), 1432.5);
}

TEST(MeasureCase, ThrottleReasonsThatTheDriverDoesNotTellAreNotNone) {
  FakeDevice device;
  const FakeImplementation fake({});
  const auto m = std::get<Measurement>(measure_case(fake.planned(kRead), device, hooks()).result);
  EXPECT_TRUE(m.samples.throttle_reasons.empty());
  EXPECT_TRUE(m.samples.memory_temperature_c.empty());
  EXPECT_EQ(m.memory_temperature_max_c, std::nullopt);
}

TEST(MeasureCase, HasNoNumberWhereTheResultWasWrong) {
  FakeDevice device;
  FakeBehaviour wrong;
  wrong.verify = [](std::int64_t) {
    return Verification{.passed = false,
                        .max_error = 9,
                        .relative_error = 1,
                        .checked = 10,
                        .reason = "row 3: found 7, expected 8"};
  };
  const FakeImplementation fake(wrong);
  const NotMeasured none = not_measured(measure_case(fake.planned(kRead), device, hooks()));
  EXPECT_EQ(none.status, NotMeasuredStatus::kVerificationFailed);
  EXPECT_EQ(none.reason, "row 3: found 7, expected 8");
}

TEST(MeasureCase, VerifiesWhatTheTimedReplayLeavesAndNoLaunchOfItsOwn) {
  FakeDevice device;
  device.launch_seconds_ = 1e-6;  // many launches are timed together
  bool poisoned = false;
  int replays = 0;
  std::int64_t verified = 0;
  FakeBehaviour watched;
  watched.on_poison = [&] { poisoned = true; };
  watched.on_enqueue = [&](int) { replays += poisoned ? 1 : 0; };
  watched.verify = [&](std::int64_t launches) {
    verified = launches;
    return Verification{
        .passed = true, .max_error = 0, .relative_error = 0, .checked = 1, .reason = {}};
  };
  const FakeImplementation fake(std::move(watched));
  const auto m = std::get<Measurement>(measure_case(fake.planned(kRead), device, hooks()).result);
  EXPECT_EQ(replays, 1);
  EXPECT_GT(m.launches_per_sample, 1);
  EXPECT_EQ(verified, m.launches_per_sample);
}

TEST(MeasureCase, RefusesArithmeticThatTheMultiprocessorsCannotDo) {
  DeviceInfo info;
  info.compute_units = 132;
  info.compute_capability = 90;
  info.max_clock_mhz = 1980;
  FakeDevice device(info);
  const FakeImplementation fake({});
  const auto refusal = [&](std::int64_t n) {
    return measure_case(fake.planned(gemm_of(DType::kBf16, n, n, n)), device, hooks()).result;
  };
  EXPECT_TRUE(std::holds_alternative<Measurement>(refusal(8000)));  // 1024 TFLOPS in 1 ms
  const auto none = std::get<NotMeasured>(refusal(8192));
  EXPECT_EQ(none.status, NotMeasuredStatus::kRefused);
  EXPECT_THAT(none.reason, HasSubstr("1100 TFLOPS is above the 1071 TFLOPS of 132 SMs"));
}

TEST(MeasureCase, RefusesARateThatThePinsCannotCarry) {
  DeviceInfo info;
  info.pin_rate_gbps = 1000;
  FakeDevice device(info);
  const FakeImplementation fake({});
  const NotMeasured none = not_measured(measure_case(fake.planned(kRead), device, hooks()));
  EXPECT_EQ(none.status, NotMeasuredStatus::kRefused);
  EXPECT_THAT(none.reason, HasSubstr("1074 GB/s"));
}

TEST(MeasureCase, AcceptsAnyRateFromAHotCache) {
  DeviceInfo info;
  info.pin_rate_gbps = 1000;
  FakeDevice device(info);
  const FakeImplementation fake({});
  PlannedCase hot = fake.planned(kRead);
  hot.c.options.cache = CacheState::kHot;
  EXPECT_TRUE(std::holds_alternative<Measurement>(measure_case(hot, device, hooks()).result));
}

TEST(MeasureCase, GivesTheReasonOfAnUnsupportedCaseWithoutTouchingTheDevice) {
  FakeDevice device;
  FakeBehaviour untouchable;
  untouchable.on_make = [] { FAIL() << "made an unsupported case"; };
  const FakeImplementation fake(untouchable);
  PlannedCase planned = fake.planned(kRead);
  planned.unsupported = "no fp8 on this processor";
  const NotMeasured none = not_measured(measure_case(planned, device, hooks()));
  EXPECT_EQ(none.status, NotMeasuredStatus::kUnsupported);
  EXPECT_EQ(none.reason, "no fp8 on this processor");
}

TEST(MeasureCase, TriesOnceMoreWithoutPoolsWhenMemoryRunsOut) {
  FakeDevice device;
  int attempts = 0;
  FakeBehaviour tight;
  tight.on_make = [&] {
    if (++attempts == 1) throw OutOfMemory("2 GiB wanted");
  };
  const FakeImplementation fake(tight);
  EXPECT_TRUE(std::holds_alternative<Measurement>(
      measure_case(fake.planned(kRead), device, hooks()).result));
  EXPECT_EQ(device.pools_released_, 1);
}

TEST(MeasureCase, FailsAloneWhenMemoryRunsOutAgain) {
  FakeDevice device;
  FakeBehaviour full;
  full.on_make = [] { throw OutOfMemory("2 GiB wanted, 1 GiB free"); };
  const FakeImplementation fake(full);
  const NotMeasured none = not_measured(measure_case(fake.planned(kRead), device, hooks()));
  EXPECT_EQ(none.status, NotMeasuredStatus::kFailed);
  EXPECT_EQ(none.reason, "2 GiB wanted, 1 GiB free");
}

TEST(MeasureCase, WhatIsTooLargeForTheDeviceIsUnsupported) {
  FakeDevice device;
  FakeBehaviour full;
  full.on_make = [] { throw TooLargeForDevice("needs 12 GiB"); };
  const FakeImplementation fake(full);
  const NotMeasured none = not_measured(measure_case(fake.planned(kRead), device, hooks()));
  EXPECT_EQ(none.status, NotMeasuredStatus::kUnsupported);
  EXPECT_EQ(none.reason, "needs 12 GiB");
}

TEST(MeasureCase, TurnsALaunchErrorIntoAReason) {
  FakeDevice device;
  FakeBehaviour broken;
  broken.on_enqueue = [](int) { throw EnvironmentError("launch failed: illegal address"); };
  const FakeImplementation fake(broken);
  EXPECT_EQ(not_measured(measure_case(fake.planned(kRead), device, hooks())).reason,
            "launch failed: illegal address");
}

TEST(MeasureCase, ACaseThatKillsTheContextCrashed) {
  FakeDevice device;
  FakeBehaviour deadly;
  deadly.on_enqueue = [](int) { throw DeviceLost("illegal address"); };
  const FakeImplementation fake(deadly);
  const NotMeasured none = not_measured(measure_case(fake.planned(kRead), device, hooks()));
  EXPECT_EQ(none.status, NotMeasuredStatus::kCrashed);
  EXPECT_EQ(none.reason, "illegal address");
}

TEST(MeasureCase, ACandidateThatKillsTheContextDoesNotEndTheCase) {
  FakeDevice device;
  FakeBehaviour searching;
  searching.on_make = [] { throw CandidateLost("algo 6", "illegal address"); };
  const FakeImplementation fake(searching);
  EXPECT_THROW(measure_case(fake.planned(kRead), device, hooks()), CandidateLost);
}

TEST(MeasureCase, SaysWhereAReplayHoldsTooLittleForASample) {
  FakeDevice device;
  device.launch_seconds_ = 1e-6;
  const FakeImplementation fake({});
  const auto details = [&] {
    return std::get<Measurement>(measure_case(fake.planned(kRead), device, hooks()).result).details;
  };
  EXPECT_EQ(details(), "fake details");
  device.most_launches_ = 500;
  EXPECT_EQ(details(),
            "fake details; samples of 0.5 ms where 2 ms were asked: a replay holds 500 launches");
}

TEST(MeasureCase, AsksAfterAnyErrorWhetherTheContextIsDead) {
  FakeDevice device;
  FakeBehaviour broken;
  broken.on_enqueue = [](int) { throw EnvironmentError("cublasLtMatmul: execution failed"); };
  const FakeImplementation fake(broken);
  EXPECT_EQ(not_measured(measure_case(fake.planned(kRead), device, hooks())).status,
            NotMeasuredStatus::kFailed);
  device.on_synchronize_ = [] { throw DeviceLost("illegal address"); };
  const NotMeasured none = not_measured(measure_case(fake.planned(kRead), device, hooks()));
  EXPECT_EQ(none.status, NotMeasuredStatus::kCrashed);
  EXPECT_EQ(none.reason, "cublasLtMatmul: execution failed");
}

TEST(MeasureCase, LetsOnlyTheInterruptOut) {
  FakeDevice device;
  const FakeImplementation fake({});
  SamplerHooks stopping = hooks();
  stopping.stop_requested = [] { return true; };
  EXPECT_THROW(measure_case(fake.planned(kRead), device, stopping), Interrupted);
}

TEST(SettleClock, EndsAtItsLimitWhereTheClockIsUnknown) {
  FakeDevice device;
  const FakeImplementation fake({});
  double now = 0;
  SamplerHooks ticking = hooks();
  ticking.now_seconds = [&] { return now += 0.1; };
  EXPECT_NEAR(settle_clock(fake.planned(kRead), device, 2.0, ticking), 2.0, 0.15);
}

TEST(SettleClock, EndsAsSoonAsTheClockIsSteady) {
  FakeDevice device;
  device.telemetry_.clock_mhz = 1980;
  const FakeImplementation fake({});
  double now = 0;
  SamplerHooks ticking = hooks();
  ticking.now_seconds = [&] { return now += 0.1; };
  EXPECT_LT(settle_clock(fake.planned(kRead), device, 10.0, ticking), 1.0);
}

}  // namespace
}  // namespace gpugauge
