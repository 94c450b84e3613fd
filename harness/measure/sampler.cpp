#include "harness/measure/sampler.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

#include "harness/base/error.hpp"
#include "harness/base/statistics.hpp"
#include "harness/measure/flags_of.hpp"
#include "harness/measure/mean_power.hpp"
#include "harness/measure/stopping.hpp"

namespace gpugauge {
namespace {

/// The first replays after idle are the burst, until this much time has gone by.
constexpr double kBurstSeconds = 0.05;
constexpr double kBurstMargin = 0.02;
/// However slow a case is, its median has this many samples behind it: with fewer there is no 95%
/// interval.
constexpr std::size_t kFewestSamples = 6;

class Sampling {
 public:
  Sampling(const CaptureReplay& capture, const SamplingPolicy& policy, const SamplerHooks& hooks)
      : capture_(capture), policy_(policy), hooks_(hooks) {}

  SampledCase run() {
    std::unique_ptr<Replay> replay = capture_(1);
    timed(*replay);  // loads code lazily, touches pages: not a time of the op
    const double seconds = timed(*replay).seconds;
    if (policy_.rest) single_ = std::move(replay);
    if (const std::int64_t launches = launches_for(seconds);
        !replay || launches > replay->launches()) {
      replay = capture_(launches);
      result_.short_samples = replay->launches() < launches;
      timed(*replay);
    }
    power_ = {};  // of the replay that is sampled, which now runs without a break
    const std::vector<double> warmup = warm_up(*replay);
    const double start = hooks_.now_seconds();
    sample(*replay);
    result_.burst_time_ns = burst_of(warmup);
    if (!policy_.rest) {  // else time and power have the pauses in them
      if (lost_time(result_.samples, &Telemetry::quota_percent))
        sustain(hooks_.now_seconds() - start, replay->launches());
      result_.mean_power_w = power_.watts();
    }
    result_.launches_per_sample = replay->launches();
    result_.replay = std::move(replay);
    return std::move(result_);
  }

 private:
  /// One replay; its seconds are those of one launch.
  Sample timed(Replay& replay) {
    if (hooks_.stop_requested()) throw Interrupted();
    const double start = hooks_.now_seconds();
    Sample sample = replay.run();
    const double end = hooks_.now_seconds();
    result_.measured_seconds += end - start;
    power_.add(start, end, sample.telemetry);
    sample.seconds /= static_cast<double>(replay.launches());
    // What the kernel counts coarsely: between two readings the last one holds.
    hold(steal_percent_, sample.telemetry.steal_percent);
    hold(wait_percent_, sample.telemetry.wait_percent);
    hold(quota_percent_, sample.telemetry.quota_percent);
    return sample;
  }

  static void hold(std::optional<double>& last, std::optional<double>& now) {
    if (now) last = now;
    now = last;
  }

  std::int64_t launches_for(double seconds_per_launch) const {
    if (policy_.rest) return policy_.rest->launches;
    if (seconds_per_launch <= 0) return 1;
    return std::max<std::int64_t>(
        1, std::llround(std::ceil(policy_.sample_seconds / seconds_per_launch)));
  }

  std::vector<double> warm_up(Replay& replay) {
    std::vector<double> burst;
    const double start = hooks_.now_seconds();
    for (double elapsed = 0; elapsed < policy_.warmup_seconds;
         elapsed = hooks_.now_seconds() - start) {
      const Sample sample = timed(replay);
      if (elapsed < kBurstSeconds || burst.size() < kFewestSamples)
        burst.push_back(sample.seconds * 1e9);
    }
    return burst;
  }

  void sample(Replay& replay) {
    const MedianIntervalRule converged(policy_.target_half_width, policy_.min_samples);
    std::vector<double> sorted;
    const double start = hooks_.now_seconds();
    for (;;) {
      if (policy_.rest) rest();
      result_.samples.push_back(timed(replay));
      const double time_ns = result_.samples.back().seconds * 1e9;
      sorted.insert(std::upper_bound(sorted.begin(), sorted.end(), time_ns), time_ns);
      result_.time_ns = median_interval(sorted);
      hooks_.progress(result_.time_ns, static_cast<int>(sorted.size()));
      if (converged.done(sorted)) {
        result_.stop = StopReason::kConverged;
        return;
      }
      if (sorted.size() >= static_cast<std::size_t>(policy_.max_samples)) {
        result_.stop = StopReason::kMaxSamples;
        return;
      }
      if (sorted.size() >= kFewestSamples && hooks_.now_seconds() - start >= policy_.case_seconds) {
        result_.stop = StopReason::kTimeBudget;
        return;
      }
    }
  }

  void rest() {
    constexpr double kSliceSeconds = 0.1;
    for (double left = policy_.rest->seconds; left > 0; left -= kSliceSeconds) {
      if (hooks_.stop_requested()) throw Interrupted();
      hooks_.pause(std::min(left, kSliceSeconds));
    }
    timed(*single_);
  }

  /// A quota stops the threads in some of the samples, or between them, and the median shows the
  /// rate of a whole core: what lasts is the time that all of it took. Stops are as long as a
  /// period of the quota, usually 100 ms, of which one more or less may lie in it.
  void sustain(double seconds, std::int64_t launches) {
    constexpr double kPeriodSeconds = 0.1;
    const double lasting_ns =
        seconds * 1e9 /
        static_cast<double>(launches * static_cast<std::int64_t>(result_.samples.size()));
    if (lasting_ns <= result_.time_ns.high) return;
    const double error = std::min(kPeriodSeconds / seconds, 1.0) * lasting_ns;
    result_.burst_time_ns = result_.time_ns.value;
    result_.time_ns = {.value = lasting_ns,
                       .low = std::max(lasting_ns - error, result_.time_ns.low),
                       .high = lasting_ns + error};
  }

  /// The burst's median if it is faster than the sustained one by more than both intervals and a
  /// margin explain.
  std::optional<double> burst_of(std::vector<double> warmup_ns) const {
    if (warmup_ns.size() < kFewestSamples) return std::nullopt;
    std::sort(warmup_ns.begin(), warmup_ns.end());
    const Estimate burst = median_interval(warmup_ns);
    const bool faster = burst.high < result_.time_ns.low &&
                        burst.value < (1 - kBurstMargin) * result_.time_ns.value;
    return faster ? std::optional(burst.value) : std::nullopt;
  }

  const CaptureReplay& capture_;
  const SamplingPolicy& policy_;
  const SamplerHooks& hooks_;
  SampledCase result_;
  std::unique_ptr<Replay> single_;  ///< of one launch, where the policy rests
  MeanPower power_;
  std::optional<double> steal_percent_, wait_percent_, quota_percent_;
};

}  // namespace

void sleep_for(double seconds) {
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
}

SampledCase sample_case(const CaptureReplay& capture, const SamplingPolicy& policy,
                        const SamplerHooks& hooks) {
  return Sampling(capture, policy, hooks).run();
}

}  // namespace gpugauge
