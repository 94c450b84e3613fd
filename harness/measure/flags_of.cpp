#include "harness/measure/flags_of.hpp"

#include "harness/device/throttle.hpp"
#include "harness/measure/statistics.hpp"

namespace gpugauge {
namespace {

constexpr double kClockDrop = 0.03;
constexpr double kStealPercent = 1.0;

/// Compares the clock of the first and of the last third of the samples.
bool clock_dropped(const std::vector<Sample>& samples) {
  std::vector<double> clocks;
  for (const Sample& sample : samples) {
    if (sample.telemetry.clock_mhz) clocks.push_back(*sample.telemetry.clock_mhz);
  }
  const auto third = static_cast<std::ptrdiff_t>(clocks.size() / 3);
  if (third == 0) return false;
  const double first = median({clocks.begin(), clocks.begin() + third});
  const double last = median({clocks.end() - third, clocks.end()});
  return last < (1 - kClockDrop) * first;
}

bool stolen_from(const std::vector<Sample>& samples) {
  double sum = 0, count = 0;
  for (const Sample& sample : samples) {
    if (!sample.telemetry.steal_percent) continue;
    sum += *sample.telemetry.steal_percent;
    ++count;
  }
  return count > 0 && sum / count > kStealPercent;
}

}  // namespace

std::vector<Flag> flags_of(const SampledCase& sampled, bool deterministic) {
  std::uint64_t reasons = 0;
  for (const Sample& sample : sampled.samples) reasons |= sample.telemetry.throttle_reasons;

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
  raise(stolen_from(sampled.samples), Flag::kSteal);
  raise(sampled.burst_time_ns.has_value(), Flag::kBurstDiffers);
  raise(!deterministic, Flag::kNondeterministic);
  return flags;
}

}  // namespace gpugauge
