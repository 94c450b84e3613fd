#include "harness/measure/sampler.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "harness/base/error.hpp"

namespace gpugauge {
namespace {

/// A device whose launches last as long as the test says, on a clock that only launches move.
class FakeDevice {
 public:
  using LaunchSeconds = std::function<double(int replay)>;
  explicit FakeDevice(LaunchSeconds launch_seconds, std::int64_t slots = 1)
      : launch_seconds_(std::move(launch_seconds)), slots_(slots) {}

  SampledCase sample(const SamplingPolicy& policy) {
    return sample_case(capture(), policy, hooks());
  }

  CaptureReplay capture() {
    return [this](std::int64_t launches) {
      captured_.push_back(launches);
      return std::make_unique<FakeReplay>(*this, (launches + slots_ - 1) / slots_ * slots_);
    };
  }

  SamplerHooks hooks() {
    return {.now_seconds = [this] { return now_; },
            .stop_requested = [this] { return replays_ >= stop_after_; },
            .progress = [this](const Estimate&, int) { ++progress_; },
            .pause =
                [this](double seconds) {
                  now_ += seconds;
                  paused_ += seconds;
                  if (on_pause_) on_pause_();
                }};
  }

  /// What the device says of itself after a replay.
  std::function<Telemetry()> telemetry_ = [] { return Telemetry{}; };
  int replays_ = 0;
  int stop_after_ = 1 << 30;
  int progress_ = 0;
  double paused_ = 0;
  std::function<void()> on_pause_;
  double now_ = 100.0;
  std::vector<std::int64_t> captured_;

 private:
  class FakeReplay : public Replay {
   public:
    FakeReplay(FakeDevice& device, std::int64_t launches) : device_(device), launches_(launches) {}
    Sample run() override {
      Sample sample;
      sample.seconds = device_.launch_seconds_(device_.replays_++) * static_cast<double>(launches_);
      device_.now_ += sample.seconds;
      sample.telemetry = device_.telemetry_();
      return sample;
    }
    std::int64_t launches() const override { return launches_; }

   private:
    FakeDevice& device_;
    std::int64_t launches_;
  };

  LaunchSeconds launch_seconds_;
  std::int64_t slots_;
};

SamplingPolicy policy() {
  return {.target_half_width = 0.01,
          .case_seconds = 1.0,
          .warmup_seconds = 0.1,
          .sample_seconds = 0.002,
          .min_samples = 10,
          .max_samples = 1000};
}

TEST(SampleCase, ReportsTheTimeOfOneLaunchWhateverASampleHolds) {
  FakeDevice device([](int) { return 5e-6; });
  const SampledCase sampled = device.sample(policy());
  EXPECT_EQ(sampled.launches_per_sample, 400);
  EXPECT_NEAR(sampled.time_ns.value, 5000.0, 1e-6);
  EXPECT_EQ(sampled.stop, StopReason::kConverged);
  EXPECT_EQ(sampled.samples.size(), 10u);
}

TEST(SampleCase, LeavesTheFirstReplayOut) {
  FakeDevice device([](int replay) { return replay == 0 ? 1.0 : 1e-3; });
  const SampledCase sampled = device.sample(policy());
  EXPECT_NEAR(sampled.time_ns.value, 1e6, 1e-3);
  EXPECT_FALSE(sampled.burst_time_ns.has_value());
}

TEST(SampleCase, UsesWholeRotationsWhereTheDeviceRoundsUp) {
  FakeDevice device([](int) { return 1e-3; }, 7);
  EXPECT_EQ(device.sample(policy()).launches_per_sample, 7);
}

TEST(SampleCase, StopsAtTheBudgetAndSaysSo) {
  FakeDevice device([](int replay) { return replay % 2 == 0 ? 1e-2 : 2e-2; });
  const SampledCase sampled = device.sample(policy());
  EXPECT_EQ(sampled.stop, StopReason::kTimeBudget);
  EXPECT_NEAR(static_cast<double>(sampled.samples.size()), 67, 2);
}

TEST(SampleCase, StopsAtTheGreatestNumberOfSamples) {
  FakeDevice device([](int replay) { return replay % 2 == 0 ? 1e-3 : 2e-3; });
  SamplingPolicy few = policy();
  few.max_samples = 25;
  const SampledCase sampled = device.sample(few);
  EXPECT_EQ(sampled.stop, StopReason::kMaxSamples);
  EXPECT_EQ(sampled.samples.size(), 25u);
}

TEST(SampleCase, TakesSixSamplesOfACaseLongerThanItsBudget) {
  FakeDevice device([](int) { return 2.0; });
  const SampledCase sampled = device.sample(policy());
  EXPECT_EQ(sampled.samples.size(), 6u);
  EXPECT_EQ(sampled.stop, StopReason::kTimeBudget);
}

TEST(SampleCase, ABurstIsEightLaunchesAfterARestAndOneMore) {
  bool has_rested = false;
  FakeDevice device([&has_rested](int) {
    return std::exchange(has_rested, false) ? 9e-3 : 1.4e-3;  // the first after a rest is slow
  });
  device.on_pause_ = [&has_rested] { has_rested = true; };
  const SampledCase sampled = device.sample(policy_of(Pace::kBurst, policy()));
  EXPECT_THAT(device.captured_, testing::ElementsAre(1, 8));
  EXPECT_EQ(sampled.launches_per_sample, 8);
  EXPECT_EQ(sampled.samples.size(), 6u);
  EXPECT_EQ(sampled.stop, StopReason::kConverged);
  EXPECT_NEAR(sampled.time_ns.high, 1.4e6, 1e-3);
  EXPECT_NEAR(device.paused_, 6 * 5, 1e-6);
  EXPECT_EQ(device.replays_, 2 + 1 + 6 * 2);
  EXPECT_EQ(sampled.replay->launches(), 8);
}

TEST(SampleCase, ABurstThatScattersSaysSo) {
  FakeDevice device([](int replay) { return replay % 4 < 2 ? 1e-3 : 1.2e-3; });
  const SampledCase sampled = device.sample(policy_of(Pace::kBurst, policy()));
  EXPECT_EQ(sampled.samples.size(), 6u);
  EXPECT_EQ(sampled.stop, StopReason::kMaxSamples);
}

TEST(SampleCase, ARestIsInterrupted) {
  FakeDevice device([](int) { return 1e-3; });
  device.on_pause_ = [&device] { device.stop_after_ = 0; };
  EXPECT_THROW(device.sample(policy_of(Pace::kBurst, policy())), Interrupted);
  EXPECT_LT(device.paused_, 1);
}

TEST(SampleCase, ReportsABurstThatDidNotLast) {
  FakeDevice device([](int replay) { return replay < 20 ? 2e-3 : 2.2e-3; });
  const SampledCase sampled = device.sample(policy());
  ASSERT_TRUE(sampled.burst_time_ns.has_value());
  EXPECT_NEAR(*sampled.burst_time_ns, 2e6, 1.0);
  EXPECT_NEAR(sampled.time_ns.value, 2.2e6, 1.0);
}

TEST(SampleCase, TellsThePowerOfTheSampledLoopAlone) {
  FakeDevice device([](int) { return 2e-3; });
  double energy_j = 0, before = device.now_;
  device.telemetry_ = [&] {
    const double watts = device.replays_ <= 2 ? 20'000 : 300;  // to set up, then sampled
    energy_j += watts * (device.now_ - before);
    before = device.now_;
    Telemetry telemetry;
    telemetry.energy_j = energy_j;
    return telemetry;
  };
  SamplingPolicy longer = policy();
  longer.warmup_seconds = 0.4;
  EXPECT_NEAR(device.sample(longer).mean_power_w.value_or(0), 300, 1);
}

TEST(SampleCase, DoesNotCallASlowStartABurst) {
  FakeDevice device([](int replay) { return replay < 20 ? 2.2e-3 : 2e-3; });
  EXPECT_FALSE(device.sample(policy()).burst_time_ns.has_value());
}

TEST(SampleCase, StopsBetweenReplaysWhenAsked) {
  FakeDevice device([](int) { return 1e-2; });
  device.stop_after_ = 5;
  EXPECT_THROW(device.sample(policy()), Interrupted);
  EXPECT_EQ(device.replays_, 5);
}

TEST(SampleCase, CountsTheTimeInsideReplays) {
  FakeDevice device([](int) { return 1e-2; });
  const double start = device.now_;
  const SampledCase sampled = device.sample(policy());
  EXPECT_NEAR(sampled.measured_seconds, device.now_ - start, 1e-9);
}

TEST(SampleCase, ReportsProgressAfterEverySample) {
  FakeDevice device([](int) { return 1e-2; });
  const SampledCase sampled = device.sample(policy());
  EXPECT_EQ(device.progress_, static_cast<int>(sampled.samples.size()));
}

TEST(SampleCase, TakesTheTimeThatLastsWhereAQuotaStopsTheThreads) {
  FakeDevice device([](int) { return 5e-6; });
  // Half a core: after each 50 ms of samples a stop of 50 ms, between two of them.
  double ran = 0;
  device.telemetry_ = [&] {
    ran += 2e-3;
    if (ran >= 0.05) {
      device.now_ += 0.05;
      ran = 0;
    }
    Telemetry telemetry;
    telemetry.quota_percent = 50;
    return telemetry;
  };
  SamplingPolicy many = policy();
  many.min_samples = many.max_samples = 500;
  many.case_seconds = 10;
  const SampledCase sampled = device.sample(many);
  EXPECT_NEAR(sampled.time_ns.value, 10e3, 400);
  EXPECT_LE(sampled.time_ns.low, 10e3);
  EXPECT_GE(sampled.time_ns.high, 10e3);
  ASSERT_TRUE(sampled.burst_time_ns);
  EXPECT_NEAR(*sampled.burst_time_ns, 5e3, 1);
}

}  // namespace
}  // namespace gpugauge
