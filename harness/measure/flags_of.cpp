#include "harness/measure/flags_of.hpp"

#include <algorithm>
#include <optional>

#include "harness/base/statistics.hpp"
#include "harness/device/throttle.hpp"

namespace gpugauge {
namespace {

constexpr double kClockDrop = 0.03;
/// Of CPU time, to the hypervisor or to other programs.
constexpr double kLossPercent = 1.0;

/// Compares the clock of the first and of the last third of the samples. Where the clock is itself
/// measured it scatters: the two must not overlap but for an eighth of each.
bool clock_dropped(const std::vector<Sample>& samples) {
  std::vector<double> clocks;
  for (const Sample& sample : samples) {
    if (sample.telemetry.clock_mhz) clocks.push_back(*sample.telemetry.clock_mhz);
  }
  const auto third = static_cast<std::ptrdiff_t>(clocks.size() / 3);
  if (third == 0) return false;
  std::vector<double> first(clocks.begin(), clocks.begin() + third);
  std::vector<double> last(clocks.end() - third, clocks.end());
  std::sort(first.begin(), first.end());
  std::sort(last.begin(), last.end());
  const auto few = static_cast<std::size_t>(third / 8);
  return median_of_sorted(last) < (1 - kClockDrop) * median_of_sorted(first) &&
         last.at(last.size() - 1 - few) < first.at(few);
}

bool tells_of_throttling(const std::vector<Sample>& samples) {
  return std::any_of(samples.begin(), samples.end(), [](const Sample& sample) {
    return sample.telemetry.throttle_reasons.has_value();
  });
}

}  // namespace

bool lost_time(const std::vector<Sample>& samples, std::optional<double> Telemetry::*percent) {
  double sum = 0, count = 0;
  for (const Sample& sample : samples) {
    if (!(sample.telemetry.*percent)) continue;
    sum += *(sample.telemetry.*percent);
    ++count;
  }
  return count > 0 && sum / count > kLossPercent;
}

std::vector<Flag> flags_of(const SampledCase& sampled, bool deterministic, Backend backend) {
  std::uint64_t reasons = 0;
  for (const Sample& sample : sampled.samples)
    reasons |= sample.telemetry.throttle_reasons.value_or(0);

  std::vector<Flag> flags;
  const auto raise = [&](bool condition, Flag flag) {
    if (condition) flags.push_back(flag);
  };
  raise(sampled.stop == StopReason::kTimeBudget || sampled.stop == StopReason::kMaxSamples,
        Flag::kNotConverged);
  raise(is_power_capped(reasons), Flag::kPowerCapped);
  raise(is_thermally_throttled(reasons), Flag::kThermalThrottled);
  raise(is_hardware_slowed(reasons), Flag::kHardwareSlowdown);
  raise(clock_dropped(sampled.samples), Flag::kClockDropped);
  raise(lost_time(sampled.samples, &Telemetry::steal_percent), Flag::kSteal);
  raise(sampled.burst_time_ns.has_value(), Flag::kBurstDiffers);
  raise(!deterministic, Flag::kNondeterministic);
  const bool has_quota = lost_time(sampled.samples, &Telemetry::quota_percent);
  // Threads that a quota stopped have waited, too, and not for other programs.
  raise(!has_quota && lost_time(sampled.samples, &Telemetry::wait_percent), Flag::kContended);
  raise(has_quota, Flag::kQuota);
  raise(backend == Backend::kCuda && !tells_of_throttling(sampled.samples), Flag::kThrottleUnknown);
  return flags;
}

}  // namespace gpugauge
