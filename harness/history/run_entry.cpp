#include "harness/history/run_entry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <span>

#include "harness/base/error.hpp"
#include "harness/base/statistics.hpp"
#include "harness/config/iso_date.hpp"
#include "harness/device/throttle.hpp"
#include "harness/record/health.hpp"

namespace gpugauge {
namespace {

bool is_path_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-';
}

/// A case's repetitions in one process are one entry: the median of their medians.
CaseEntry case_entry_of(std::span<const Measurement* const> repetitions, CaseNames& names) {
  std::vector<double> times, clocks;
  CaseEntry entry;
  for (const Measurement* m : repetitions) {
    times.push_back(m->time_ns.value);
    if (m->clock_mhz) clocks.push_back(*m->clock_mhz);
    for (const Flag flag : m->flags) entry.flags |= bit_of(flag);
    for (const std::uint64_t reasons : m->samples.throttle_reasons) entry.throttle |= reasons;
  }
  entry.name = names.id_of(repetitions.front()->name);
  entry.semantics_version = repetitions.front()->semantics_version;
  entry.time_ns = median(std::move(times));
  if (!clocks.empty()) entry.clock_mhz = static_cast<float>(median(std::move(clocks)));
  return entry;
}

/// Libraries first: they change most often, and explain most.
Versions versions_of(const Record& record) {
  Versions versions;
  const auto add = [&](std::string_view name, const std::string& version) {
    if (!version.empty()) versions.emplace_back(name, version);
  };
  const DeviceInfo& device = record.device;
  for (const auto& [name, version] : record.provenance.libraries)
    add(name == "cublaslt" ? "cuBLASLt" : name == "onednn" ? "oneDNN" : name, version);
  add("driver", device.driver_version.value_or(""));
  add("CUDA", device.runtime_version.value_or(""));
  add("VBIOS", device.vbios_version.value_or(""));
  if (device.power_limit_w) add("power limit", fmt::format("{:.0f} W", *device.power_limit_w));
  add("kernel", record.provenance.kernel);
  add("compiler", record.provenance.compiler);
  add("commit", record.provenance.git_sha);
  return versions;
}

}  // namespace

std::uint32_t CaseNames::id_of(std::string_view name) {
  if (const auto known = ids_.find(name); known != ids_.end()) return known->second;
  const auto id = static_cast<std::uint32_t>(names_.size());
  names_.emplace_back(name);
  ids_.emplace(names_.back(), id);
  return id;
}

std::string card_of(const Record& record) {
  const DeviceInfo& device = record.device;
  if (device.uuid && !device.uuid->empty()) return *device.uuid;
  return fmt::format("{}-{}-{}", name_of(device.backend), slug_of(device.name),
                     path_part_of(record.provenance.host_name));
}

std::string clock_policy_of(const Record& record) {
  if (record.device.governor) return "governor " + *record.device.governor;
  std::size_t samples = 0, held = 0;
  for (const Measurement& m : record.measurements) {
    for (const std::uint64_t reasons : m.samples.throttle_reasons) {
      ++samples;
      if ((reasons & throttle::kApplicationsClocks) != 0) ++held;
    }
  }
  return 2 * held > samples ? "application clocks" : "default";
}

RunEntry run_entry_of(const Record& record, CaseNames& names) {
  const Provenance& p = record.provenance;
  const auto fail = [&](const std::string& problem) {
    throw UsageError(fmt::format("{}: {}", record.path.string(), problem));
  };
  if (p.run_id.empty() || path_part_of(p.run_id) != p.run_id)
    fail(fmt::format("its run_id is '{}', expected a UUID", p.run_id));
  RunEntry entry;
  entry.run_id = p.run_id;
  if (!p.sessions.empty()) entry.started_utc = p.sessions.front().started_utc;
  entry.night = entry.started_utc.substr(0, std::string_view("2025-11-22").size());
  if (!is_iso_date(entry.night))
    fail(fmt::format("it began at '{}', expected a time like 2025-11-22T14:03:07Z",
                     entry.started_utc));
  entry.host = p.host_name;
  entry.card = card_of(record);
  entry.sku = slug_of(record.device.name);
  entry.device = record.device.name;
  entry.versions = versions_of(record);
  const std::string driver = record.device.driver_version.value_or("");
  entry.driver_major = driver.substr(0, driver.find('.'));
  entry.clock_policy = clock_policy_of(record);
  entry.suite = p.suite;
  entry.other_processes = record.device.other_processes;
  entry.pcie_generation = record.device.pcie_generation;
  entry.pcie_width = record.device.pcie_width;
  entry.card_errors = card_errors(record).any();

  std::map<std::string_view, std::vector<const Measurement*>> repetitions;
  for (const Measurement& m : record.measurements) {
    if (m.verification.passed && m.time_ns.value > 0) repetitions[m.name].push_back(&m);
  }
  entry.cases.reserve(repetitions.size());
  for (const auto& [name, measured] : repetitions)
    entry.cases.push_back(case_entry_of(measured, names));
  std::set<std::string_view> unsupported;
  for (const NotMeasured& n : record.not_measured) {
    if (n.status == NotMeasuredStatus::kUnsupported) unsupported.insert(n.name);
  }
  for (const std::string& name : record.planned) {
    if (!repetitions.contains(name) && !unsupported.contains(name))
      entry.failed.push_back(names.id_of(name));
  }
  return entry;
}

std::string path_part_of(std::string_view text) {
  if (text.empty()) return "unknown";
  std::string part(text);
  std::replace_if(
      part.begin(), part.end(), [](char c) { return !is_path_character(c); }, '_');
  if (part.front() == '.') part.front() = '_';
  return part;
}

}  // namespace gpugauge
