#include "harness/render/answers/summary.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>

#include "harness/base/statistics.hpp"
#include "harness/record/health.hpp"
#include "harness/render/table/text.hpp"

namespace gpugauge {
namespace {

/// How many measurements carry each flag.
std::map<Flag, std::size_t> flag_counts(const Record& record) {
  std::map<Flag, std::size_t> counts;
  for (const Measurement& m : record.measurements) {
    for (const Flag flag : m.flags) ++counts[flag];
  }
  return counts;
}

std::optional<double> median_clock_mhz(const Record& record) {
  std::vector<double> clocks;
  for (const Measurement& m : record.measurements) {
    if (m.clock_mhz) clocks.push_back(*m.clock_mhz);
  }
  if (clocks.empty()) return std::nullopt;
  std::sort(clocks.begin(), clocks.end());
  return median_of_sorted(clocks);
}

std::string cases_with(const Record& record, Flag flag, std::size_t count) {
  return fmt::format("{} of {} cases{} {}", count, record.measurements.size(),
                     flag == Flag::kSteal ? ":" : "", words_of(flag));
}

/// What spoils the most comes first; the last three spoil nothing.
constexpr std::array kGravestFirst{Flag::kHardwareSlowdown, Flag::kThermalThrottled,
                                   Flag::kPowerCapped,      Flag::kSteal,
                                   Flag::kContended,        Flag::kQuota,
                                   Flag::kClockDropped,     Flag::kNotConverged,
                                   Flag::kThrottleUnknown,  Flag::kBurstDiffers,
                                   Flag::kNondeterministic};
constexpr std::size_t kNumSpoiling = 8;

/// Of those that spoil something the one of most cases first.
std::array<Flag, kGravestFirst.size()> most_first(const std::map<Flag, std::size_t>& counts) {
  auto order = kGravestFirst;
  const auto count = [&](Flag flag) {
    const auto found = counts.find(flag);
    return found == counts.end() ? 0 : found->second;
  };
  std::stable_sort(order.begin(), order.begin() + kNumSpoiling,
                   [&](Flag a, Flag b) { return count(a) > count(b); });
  return order;
}

/// What about the device itself makes its numbers less than those of an undisturbed whole card.
std::vector<std::string> device_warnings(const DeviceInfo& device) {
  std::vector<std::string> warnings;
  if (device.mig_enabled.value_or(false))
    warnings.emplace_back("MIG is enabled: only a part of the card is measured");
  if (device.other_processes.value_or(0) > 0)
    warnings.push_back(
        fmt::format("other processes were on the device: {}; stop them and run again",
                    *device.other_processes));
  if (device.power_limit_w && device.default_power_limit_w &&
      *device.power_limit_w < *device.default_power_limit_w)
    warnings.push_back(
        fmt::format("the power limit, {:.0f} W, is below the card's default, {:.0f} W",
                    *device.power_limit_w, *device.default_power_limit_w));
  if (device.application_clock_mhz && device.default_application_clock_mhz &&
      *device.application_clock_mhz < *device.default_application_clock_mhz)
    warnings.push_back(
        fmt::format("the application clock, {:.0f} MHz, is below the card's default, {:.0f} MHz",
                    *device.application_clock_mhz, *device.default_application_clock_mhz));
  if (device.ecc_enabled.has_value() && !*device.ecc_enabled)
    warnings.emplace_back("ECC is off: bandwidth may be higher than with ECC on");
  return warnings;
}

}  // namespace

std::string words_of(Flag flag) {
  if (flag == Flag::kSteal) return "CPU stolen";
  if (flag == Flag::kNotConverged) return "not converged";
  std::string words(name_of(flag));
  std::replace(words.begin(), words.end(), '_', '-');
  return words;
}

std::string headline(const Record& record) {
  const DeviceInfo& device = record.device;
  const bool cuda = device.backend == Backend::kCuda;
  std::vector<std::string> parts{device.name};
  if (device.driver_version) parts.push_back("driver " + *device.driver_version);
  if (cuda && device.runtime_version) parts.push_back("CUDA " + *device.runtime_version);
  if (!cuda && device.compute_units > 0)
    parts.push_back(fmt::format("{} cores", device.compute_units));
  if (const auto clock = median_clock_mhz(record))
    parts.push_back(fmt::format("{} {:.0f} MHz median", cuda ? "SM clock" : "clock", *clock));
  for (const auto& [flag, count] : flag_counts(record)) {
    if (flag == Flag::kPowerCapped || flag == Flag::kThermalThrottled ||
        flag == Flag::kHardwareSlowdown)
      parts.push_back(cases_with(record, flag, count));
  }
  return printable(fmt::format("{}", fmt::join(parts, " · ")));
}

std::string summary_line(const Record& record) {
  const auto verified = std::count_if(record.measurements.begin(), record.measurements.end(),
                                      [](const Measurement& m) { return m.verification.passed; });
  const auto imported = std::count_if(
      record.measurements.begin(), record.measurements.end(),
      [](const Measurement& m) { return m.origin == Origin::kImported && !m.verification.passed; });
  const auto with_status = [&](NotMeasuredStatus status) {
    return std::count_if(record.not_measured.begin(), record.not_measured.end(),
                         [&](const NotMeasured& n) { return n.status == status; });
  };
  std::string line = fmt::format("{} verified, {} unsupported, {} failed", verified,
                                 with_status(NotMeasuredStatus::kUnsupported),
                                 with_status(NotMeasuredStatus::kFailed));
  const auto add = [&](std::ptrdiff_t count, std::string_view what) {
    if (count > 0) line += fmt::format(", {} {}", count, what);
  };
  add(with_status(NotMeasuredStatus::kCrashed), "crashed");
  add(with_status(NotMeasuredStatus::kHung), "hung");
  add(imported, "imported, not verified here");
  add(with_status(NotMeasuredStatus::kVerificationFailed) + std::ssize(record.measurements) -
          verified - imported,
      "computed wrong");
  add(with_status(NotMeasuredStatus::kRefused), "refused");
  add(std::ssize(record.planned) - std::ssize(record.measurements) -
          std::ssize(record.not_measured),
      "not run");
  return line;
}

std::vector<std::string> warnings_of(const Record& record) {
  std::vector<std::string> warnings = record.warnings;
  for (const CardWarning& w : card_warnings(last_health(record), card_errors(record)))
    warnings.push_back(fmt::format("{}: {}", w.found, w.advice));
  for (std::string& warning : device_warnings(record.device))
    warnings.push_back(std::move(warning));
  const std::map<Flag, std::size_t> counts = flag_counts(record);
  for (const Flag flag : most_first(counts)) {
    if (const auto found = counts.find(flag); found != counts.end())
      warnings.push_back(
          fmt::format("{}: {}", cases_with(record, flag, found->second), advice_on(flag)));
  }
  for (std::string& warning : warnings) warning = printable(warning);
  return warnings;
}

}  // namespace gpugauge
