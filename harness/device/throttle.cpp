#include "harness/device/throttle.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace gpugauge {
namespace {

struct Reason {
  std::uint64_t bit;
  std::string_view name;
};

constexpr std::array kReasons{
    Reason{throttle::kIdle, "idle"},
    Reason{throttle::kApplicationsClocks, "applications_clocks"},
    Reason{throttle::kSwPowerCap, "sw_power_cap"},
    Reason{throttle::kHwSlowdown, "hw_slowdown"},
    Reason{throttle::kSyncBoost, "sync_boost"},
    Reason{throttle::kSwThermal, "sw_thermal_slowdown"},
    Reason{throttle::kHwThermal, "hw_thermal_slowdown"},
    Reason{throttle::kHwPowerBrake, "hw_power_brake"},
    Reason{throttle::kDisplay, "display_clocks"},
};

std::string name_of_bit(std::uint64_t bit) {
  for (const Reason& reason : kReasons) {
    if (reason.bit == bit) return std::string(reason.name);
  }
  return fmt::format("unknown_{:#x}", bit);
}

}  // namespace

bool is_power_capped(std::uint64_t reasons) { return (reasons & throttle::kSwPowerCap) != 0; }

bool is_thermally_throttled(std::uint64_t reasons) {
  return (reasons & (throttle::kSwThermal | throttle::kHwThermal)) != 0;
}

bool is_hardware_slowed(std::uint64_t reasons) {
  return (reasons & (throttle::kHwSlowdown | throttle::kHwThermal | throttle::kHwPowerBrake)) != 0;
}

std::vector<std::string> throttle_reason_names(std::uint64_t reasons) {
  std::vector<std::string> names;
  for (std::uint64_t rest = reasons; rest != 0; rest &= rest - 1) {
    names.push_back(name_of_bit(rest & -rest));
  }
  return names;
}

}  // namespace gpugauge
