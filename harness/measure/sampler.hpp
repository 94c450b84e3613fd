#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/device/device.hpp"
#include "harness/plan/suite.hpp"
#include "harness/record/record.hpp"

namespace gpugauge {

void sleep_for(double seconds);

/// What a sampler needs besides the replay: injectable, so that it is tested on synthetic replays
/// and clocks.
struct SamplerHooks {
  std::function<double()> now_seconds;   ///< monotonic
  std::function<bool()> stop_requested;  ///< Ctrl-C; `sample` throws Interrupted when it turns true
  std::function<void(const Estimate&, int)>
      progress;  ///< after each sample: time of one launch in ns, samples so far
  std::function<void(double seconds)> pause = sleep_for;
};

/// Timed samples of one case.
struct SampledCase {
  std::unique_ptr<Replay> replay;  ///< that was sampled
  std::vector<Sample> samples;     ///< seconds are for one launch
  Estimate time_ns;
  std::optional<double> burst_time_ns;
  std::optional<double> mean_power_w;  ///< over warm-up and samples (mean_power.hpp)
  StopReason stop = StopReason::kConverged;
  std::int64_t launches_per_sample = 1;
  bool short_samples = false;   ///< a replay holds fewer launches than the policy's sample asks for
  double measured_seconds = 0;  ///< wall time inside warm-up and timed replays
};

using CaptureReplay = std::function<std::unique_ptr<Replay>(std::int64_t launches)>;

/// Runs once untimed (lazy loading), finds how many launches make a sample long enough, warms up,
/// then samples until the interval of the median is narrow enough or the budget ends. Where the
/// policy rests, a sample holds its launches instead, and each comes after a pause and one launch.
SampledCase sample_case(const CaptureReplay& capture, const SamplingPolicy& policy,
                        const SamplerHooks& hooks);

}  // namespace gpugauge
