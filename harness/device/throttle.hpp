#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gpugauge {

/// Why a GPU's clocks are where they are: NVML's clock-event reasons, a bit mask of which several
/// may be set at once. Values: NVML API reference, nvmlClocksEventReasons.
namespace throttle {
inline constexpr std::uint64_t kIdle = 0x1;
inline constexpr std::uint64_t kApplicationsClocks = 0x2;  ///< a user's setting
inline constexpr std::uint64_t kSwPowerCap = 0x4;
inline constexpr std::uint64_t kHwSlowdown = 0x8;  ///< set beside the kind of hardware slowdown
inline constexpr std::uint64_t kSyncBoost = 0x10;
inline constexpr std::uint64_t kSwThermal = 0x20;
inline constexpr std::uint64_t kHwThermal = 0x40;
inline constexpr std::uint64_t kHwPowerBrake = 0x80;  ///< asked for by the server's power supply
inline constexpr std::uint64_t kDisplay = 0x100;
}  // namespace throttle

/// The power limit of the card holds the clock down.
bool is_power_capped(std::uint64_t reasons);
/// The temperature holds the clock down, whether software or hardware does it.
bool is_thermally_throttled(std::uint64_t reasons);
/// The hardware itself has cut the clock: heat, power supply or overcurrent.
bool is_hardware_slowed(std::uint64_t reasons);

/// `sw_power_cap`, `hw_thermal_slowdown`, …, lowest bit first; a bit that has no name here as
/// `unknown_0x200`.
std::vector<std::string> throttle_reason_names(std::uint64_t reasons);

}  // namespace gpugauge
