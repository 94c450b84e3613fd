#include "harness/base/flag.hpp"

#include <array>

namespace gpugauge {
namespace {

struct FlagRow {
  Flag flag;
  std::string_view name;
  std::string_view advice;
};

constexpr std::array kFlags{
    FlagRow{
        Flag::kNotConverged, "not_converged",
        "the interval is wider than the suite's target: give the case more time (case_seconds) or "
        "a quieter machine"},
    FlagRow{
        Flag::kPowerCapped, "power_capped",
        "the card ran into its power limit: this is its sustained rate; compare cards at the same "
        "limit"},
    FlagRow{Flag::kThermalThrottled, "thermal_throttled",
            "the card was too hot for its clock: look at its cooling"},
    FlagRow{
        Flag::kHardwareSlowdown, "hardware_slowdown",
        "the board slowed itself down (power brake or slowdown pin): look at its power supply, or "
        "return the card"},
    FlagRow{
        Flag::kClockDropped, "clock_dropped",
        "the clock fell while sampling: warm up longer (warmup_seconds) to see the sustained rate "
        "alone"},
    FlagRow{
        Flag::kSteal, "steal",
        "the hypervisor gave this machine's CPU time to others: rerun, or rent a dedicated one"},
    FlagRow{Flag::kBurstDiffers, "burst_differs",
            "the first replays were faster than the sustained rate; both are in the file"},
    FlagRow{Flag::kNondeterministic, "nondeterministic",
            "two launches on the same inputs may differ in the last bits"},
    FlagRow{
        Flag::kContended, "contended",
        "other programs had this machine's CPUs for a part of the time: stop them and run again"},
};

}  // namespace

std::string_view name_of(Flag flag) { return kFlags.at(static_cast<std::size_t>(flag)).name; }
std::string_view advice_on(Flag flag) { return kFlags.at(static_cast<std::size_t>(flag)).advice; }

std::optional<Flag> flag_from_name(std::string_view name) {
  for (const FlagRow& row : kFlags) {
    if (row.name == name) return row.flag;
  }
  return std::nullopt;
}

}  // namespace gpugauge
