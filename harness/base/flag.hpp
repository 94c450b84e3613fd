#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "harness/base/enum_table.hpp"

namespace gpugauge {

/// What a reader must know about a measurement before using it. A flag never drops a sample. A
/// history's index holds them as bits: a new one goes to the end.
enum class Flag : std::uint8_t {
  kNotConverged,      ///< the time budget ended before the interval was narrow enough
  kPowerCapped,       ///< NVML: software power cap while sampling
  kThermalThrottled,  ///< NVML: software or hardware thermal slowdown
  kHardwareSlowdown,  ///< NVML: hardware slowdown or power brake
  kClockDropped,      ///< the clock fell by more than 3% while sampling
  kSteal,             ///< the hypervisor took CPU time away while sampling
  kBurstDiffers,      ///< the first replays were faster than the sustained rate
  kNondeterministic,  ///< two launches on the same inputs may differ in the last bits
  kContended,         ///< other programs had the CPUs while the measuring threads wanted them
  kQuota,             ///< the control group's CPU quota stopped the measuring threads
  kThrottleUnknown,   ///< the card's driver does not say whether it throttled
};

struct FlagRow {
  Flag value;
  std::string_view name;
  std::string_view advice;  ///< one line that says what it means and what to do
};
template <>
struct EnumTable<Flag> {
  static constexpr std::array rows{
      FlagRow{Flag::kNotConverged, "not_converged",
              "the interval is wider than the suite's target: raise case_seconds, or use a quieter "
              "machine"},
      FlagRow{Flag::kPowerCapped, "power_capped",
              "the card reached its power limit: this is its sustained rate; compare cards at the "
              "same limit"},
      FlagRow{Flag::kThermalThrottled, "thermal_throttled",
              "the card throttled on temperature: check its cooling"},
      FlagRow{Flag::kHardwareSlowdown, "hardware_slowdown",
              "hardware slowdown or power brake: check the power supply, or return the card"},
      FlagRow{
          Flag::kClockDropped, "clock_dropped",
          "the clock fell while sampling: raise warmup_seconds to measure the sustained rate only"},
      FlagRow{Flag::kSteal, "steal",
              "the hypervisor took CPU time from this machine: rerun, or rent dedicated cores"},
      FlagRow{Flag::kBurstDiffers, "burst_differs",
              "the first replays were faster than the sustained rate; both are in the file"},
      FlagRow{Flag::kNondeterministic, "nondeterministic",
              "two launches on the same inputs may differ in the last bits"},
      FlagRow{Flag::kContended, "contended",
              "other programs used this machine's CPUs: stop them and run again"},
      FlagRow{Flag::kQuota, "cpu_quota",
              "the container's CPU quota stopped the threads: the time is the one that lasts, and "
              "the burst without it is in the file; raise the quota (--cpus)"},
      FlagRow{
          Flag::kThrottleUnknown, "throttle_unknown",
          "the driver does not say whether the card throttled (vGPU, WSL, old cards): watch its "
          "clock"},
  };
};

constexpr std::string_view advice_on(Flag flag) { return row_of(flag).advice; }

/// A flag's place in a set of flags.
constexpr std::uint32_t bit_of(Flag flag) {
  return std::uint32_t{1} << static_cast<unsigned>(flag);
}
static_assert(all_of<Flag>.size() <= 32);

}  // namespace gpugauge
