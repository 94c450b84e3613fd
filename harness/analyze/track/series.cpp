#include "harness/analyze/track/series.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <map>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "harness/base/statistics.hpp"
#include "harness/base/units.hpp"
#include "harness/config/iso_date.hpp"
#include "harness/device/throttle.hpp"

namespace gpugauge {
namespace {

/// The runs of one card under one driver and clock policy.
using SettingKey = std::tuple<std::string_view, std::string_view, std::string_view>;

SettingKey key_of(const RunEntry& run, CardMatch match) {
  return {match == CardMatch::kUuid ? run.card : run.sku, run.driver_major, run.clock_policy};
}

/// `H100` of `NVIDIA H100 80GB HBM3`; other names whole.
std::string short_device(const std::string& name) {
  constexpr std::string_view kMaker = "NVIDIA ";
  if (!name.starts_with(kMaker)) return name;
  const std::string model = name.substr(kMaker.size());
  const std::string first = model.substr(0, model.find(' '));
  const bool has_digit =
      std::any_of(first.begin(), first.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  return has_digit ? first : model;
}

/// A series that grows process by process.
struct Growing {
  Series series;
  std::vector<double> clocks_mhz;  ///< of the last night's processes

  void end_night() {
    if (series.nights.empty()) return;
    Night& night = series.nights.back();
    night.y = median(night.processes);
    if (!clocks_mhz.empty()) night.clock_mhz_median = median(clocks_mhz);
    clocks_mhz.clear();
  }

  void add(const RunEntry& run, const std::shared_ptr<const NightSetup>& setup,
           const CaseEntry& c) {
    if (series.facts.empty() || series.facts.back().date != run.night) {
      end_night();
      series.facts.emplace_back().date = run.night;
      series.facts.back().setup = setup;
      Night& night = series.nights.emplace_back();
      night.utc_s = kSecondsPerDay * days_between("1970-01-01", run.night).value_or(0);
      night.pcie_generation = run.pcie_generation;
      night.pcie_width = run.pcie_width;
    }
    series.nights.back().processes.push_back(std::log(c.time_ns));
    if (c.clock_mhz > 0) clocks_mhz.push_back(c.clock_mhz);
    NightFacts& facts = series.facts.back();
    facts.throttle |= c.throttle;
    facts.flags |= c.flags;
    facts.shared = facts.shared || run.other_processes.value_or(0) > 0;
    facts.card_errors = facts.card_errors || run.card_errors;
  }
};

void add_setting(const CaseNames& names, const SettingKey& setting,
                 std::span<const RunEntry* const> runs, std::vector<Series>& all) {
  std::unordered_map<std::uint64_t, std::size_t> places;
  std::vector<Growing> growing;
  for (const RunEntry* run : runs) {
    const auto setup =
        std::make_shared<const NightSetup>(NightSetup{run->device, run->host, run->versions});
    for (const CaseEntry& c : run->cases) {
      const std::uint64_t key =
          std::uint64_t{c.name} << 32 | static_cast<std::uint32_t>(c.semantics_version);
      const auto [place, is_new] = places.emplace(key, growing.size());
      if (is_new) {
        growing.emplace_back();
        growing.back().series.key = {.case_name = names[c.name],
                                     .semantics_version = c.semantics_version,
                                     .card = std::string(std::get<0>(setting)),
                                     .driver_major = std::string(std::get<1>(setting)),
                                     .clock_policy = std::string(std::get<2>(setting))};
      }
      growing[place->second].add(*run, setup, c);
    }
  }
  for (Growing& done : growing) {
    done.end_night();
    all.push_back(std::move(done.series));
  }
}

/// True on more than half of the nights.
/// The measuring process did not have the CPUs to itself.
constexpr std::array kSharingFlags{Flag::kSteal, Flag::kContended, Flag::kQuota};

template <typename Predicate>
bool mostly(const Series& series, Predicate predicate) {
  const auto count = std::count_if(series.facts.begin(), series.facts.end(), predicate);
  return 2 * count > std::ssize(series.facts);
}

}  // namespace

std::string NightSetup::place() const {
  const std::string card = short_device(device);
  return host.empty() ? card : card + " " + host;
}

std::size_t Series::usual_processes() const {
  std::map<std::size_t, std::size_t> counts;
  for (const Night& night : nights) ++counts[night.processes.size()];
  const auto most =
      std::max_element(counts.begin(), counts.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == counts.end() ? 0 : most->first;
}

std::size_t Series::before(const std::string& date) const {
  return static_cast<std::size_t>(std::count_if(
      facts.begin(), facts.end(), [&](const NightFacts& night) { return night.date < date; }));
}

std::vector<VersionChange> changes_between(const NightFacts& before, const NightFacts& after) {
  std::vector<VersionChange> changes;
  if (!before.setup || !after.setup) return changes;
  for (const auto& [name, version] : after.setup->versions) {
    for (const auto& [known, earlier] : before.setup->versions) {
      if (known == name && earlier != version) changes.push_back({name, earlier, version});
    }
  }
  return changes;
}

CardHabits habits_of(const Series& series) {
  CardHabits habits;
  for (std::uint64_t bit = 1; bit != 0; bit <<= 1) {
    if (mostly(series, [&](const NightFacts& night) { return (night.throttle & bit) != 0; }))
      habits.throttle |= bit;
  }
  for (const Flag flag : {Flag::kSteal, Flag::kContended, Flag::kQuota, Flag::kThrottleUnknown}) {
    if (mostly(series, [flag](const NightFacts& night) { return night.has(flag); }))
      habits.flags |= bit_of(flag);
  }
  return habits;
}

std::vector<QuarantineReason> quarantine_of(const NightFacts& facts, const CardHabits& habits) {
  constexpr std::uint64_t kHarmless = throttle::kIdle | throttle::kApplicationsClocks;
  std::vector<QuarantineReason> reasons;
  if ((facts.throttle & ~kHarmless & ~habits.throttle) != 0)
    reasons.push_back(QuarantineReason::kThrottled);
  const bool lost_time = std::any_of(kSharingFlags.begin(), kSharingFlags.end(), [&](Flag flag) {
    return facts.has(flag) && (habits.flags & bit_of(flag)) == 0;
  });
  if (facts.has(Flag::kThrottleUnknown) && (habits.flags & bit_of(Flag::kThrottleUnknown)) == 0)
    reasons.push_back(QuarantineReason::kThrottleUnknown);
  if (facts.shared || lost_time) reasons.push_back(QuarantineReason::kOtherProcesses);
  if (facts.card_errors) reasons.push_back(QuarantineReason::kDeviceErrors);
  return reasons;
}

std::vector<Series> series_of(const CaseNames& names, std::span<const RunEntry* const> runs,
                              CardMatch match) {
  std::map<SettingKey, std::vector<const RunEntry*>> settings;
  for (const RunEntry* run : runs) settings[key_of(*run, match)].push_back(run);
  std::vector<Series> all;
  for (const auto& [setting, of_setting] : settings) add_setting(names, setting, of_setting, all);
  for (Series& series : all) {
    const CardHabits habits = habits_of(series);
    for (std::size_t i = 0; i < series.nights.size(); ++i)
      series.nights[i].quarantine = quarantine_of(series.facts[i], habits);
  }
  std::sort(all.begin(), all.end(), [](const Series& a, const Series& b) { return a.key < b.key; });
  return all;
}

}  // namespace gpugauge
