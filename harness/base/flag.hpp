#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

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
};

/// `power_capped`: the name in the file.
std::string_view name_of(Flag flag);
std::optional<Flag> flag_from_name(std::string_view name);
/// One line that says what it means and what to do.
std::string_view advice_on(Flag flag);

}  // namespace gpugauge
