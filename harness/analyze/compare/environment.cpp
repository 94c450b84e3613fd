#include "harness/analyze/compare/environment.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <optional>
#include <set>

#include "harness/analyze/step/origins.hpp"
#include "harness/record/health.hpp"

namespace gpugauge {
namespace {

constexpr double kClockTolerance = 0.01;
constexpr const char* kUnknown = "unknown";

std::string text_of(const std::optional<std::string>& value) { return value.value_or(kUnknown); }
std::string text_of(const std::string& value) { return value.empty() ? kUnknown : value; }
std::string text_of(const std::optional<bool>& value) {
  return value ? (*value ? "on" : "off") : kUnknown;
}

std::string pcie_text(const DeviceInfo& device) {
  if (!device.pcie_generation || !device.pcie_width) return kUnknown;
  return fmt::format("gen {} x{}", *device.pcie_generation, *device.pcie_width);
}

std::string origin_text(const Record& record) { return text_of(origins_in(record)); }

/// A file in which nobody looked for them is no news beside one with none.
std::string card_errors_text(const Record& record) {
  const CardErrors errors = card_errors(record);
  return errors.any() ? describe(errors) : "none seen";
}

/// The first digits of a hash say as much as all.
std::string short_hash(const std::string& hash) {
  constexpr std::size_t kDigits = 12;
  return text_of(hash.substr(0, kDigits));
}

/// A row of what a record says in words. `of_card`: no news where the cards are different ones.
struct Said {
  Circumstance circumstance;
  bool of_card;
  std::function<std::string(const Record&)> text;
};

const std::vector<Said>& all_said() {
  using enum Circumstance;
  static const std::vector<Said> kAll{
      {kDriver, false, [](const Record& r) { return text_of(r.device.driver_version); }},
      {kRuntime, false, [](const Record& r) { return text_of(r.device.runtime_version); }},
      {kVbios, true, [](const Record& r) { return text_of(r.device.vbios_version); }},
      {kEcc, true, [](const Record& r) { return text_of(r.device.ecc_enabled); }},
      {kMig, true, [](const Record& r) { return text_of(r.device.mig_enabled); }},
      {kPowerLimit, true,
       [](const Record& r) {
         const auto& limit = r.device.power_limit_w;
         return limit ? fmt::format("{:.0f} W", *limit) : kUnknown;
       }},
      {kPcie, true, [](const Record& r) { return pcie_text(r.device); }},
      {kGovernor, true, [](const Record& r) { return text_of(r.device.governor); }},
      {kHypervisor, true, [](const Record& r) { return text_of(r.device.hypervisor); }},
      {kOtherProcesses, false,
       [](const Record& r) {
         const auto& count = r.device.other_processes;
         return count ? std::to_string(*count) : kUnknown;
       }},
      {kCardErrors, false, card_errors_text},
      {kHost, true,
       [](const Record& r) {
         return fmt::format("{}, {}", text_of(r.provenance.cpu_name), text_of(r.provenance.kernel));
       }},
      {kVersion, false, [](const Record& r) { return text_of(r.provenance.gpugauge_version); }},
      {kBuild, false, [](const Record& r) { return short_hash(r.provenance.git_sha); }},
      {kDirty, false,
       [](const Record& r) { return r.provenance.git_dirty ? "changed since" : "as committed"; }},
      {kSuite, false, [](const Record& r) { return short_hash(r.provenance.suite_sha256); }},
      {kOrigin, false, origin_text},
      {kUnfinished, false,
       [](const Record& r) { return r.complete() ? "complete" : "unfinished"; }},
  };
  return kAll;
}

/// What all records of a side say, each once.
std::string said_by(const Side& side, const std::function<std::string(const Record&)>& text) {
  std::set<std::string> all;
  for (const Record* record : side.records) all.insert(text(*record));
  return fmt::format("{}", fmt::join(all, ", "));
}

std::string library_version(const Record& record, const std::string& name) {
  for (const auto& [library, version] : record.provenance.libraries) {
    if (library == name) return version;
  }
  return kUnknown;
}

std::set<std::string> libraries_of(const Side& base, const Side& other) {
  std::set<std::string> names;
  for (const Side* side : {&base, &other}) {
    for (const Record* record : side->records) {
      for (const auto& [library, version] : record->provenance.libraries) names.insert(library);
    }
  }
  return names;
}

std::optional<double> median_clock_mhz(const Side& side) {
  std::vector<double> clocks;
  for (const Record* record : side.records) {
    for (const Measurement& m : record->measurements) {
      if (m.clock_mhz) clocks.push_back(*m.clock_mhz);
    }
  }
  return clocks.empty() ? std::nullopt : std::optional(median(std::move(clocks)));
}

/// `3 of 412`, with the reasons of each.
std::string throttled_text(const Side& side) {
  std::size_t throttled = 0, all = 0;
  for (const Record* record : side.records) {
    for (const Measurement& m : record->measurements) {
      ++all;
      throttled += is_throttled(m) ? 1 : 0;
    }
  }
  return throttled == 0 ? "none" : fmt::format("{} of {} runs of cases", throttled, all);
}

class Differences {
 public:
  Differences(const Side& base, const Side& other)
      : base_(base),
        other_(other),
        same_model_(relation_of(base, other) != CardRelation::kDifferent) {}

  std::vector<EnvironmentDifference> all() {
    for (const Said& said : all_said()) {
      if (same_model_ || !said.of_card)
        add(said.circumstance, {}, said_by(base_, said.text), said_by(other_, said.text));
    }
    for (const std::string& name : libraries_of(base_, other_)) {
      const auto version = [&](const Record& r) { return library_version(r, name); };
      add(Circumstance::kLibrary, name, said_by(base_, version), said_by(other_, version));
    }
    if (same_model_) add_clock();
    add(Circumstance::kThrottled, {}, throttled_text(base_), throttled_text(other_));
    if (base_.records.size() == 1 || other_.records.size() == 1)
      found_.push_back({Circumstance::kOneRun, {}, runs_text(base_), runs_text(other_)});
    std::stable_sort(found_.begin(), found_.end(),
                     [](const auto& a, const auto& b) { return a.circumstance < b.circumstance; });
    return std::move(found_);
  }

 private:
  static std::string runs_text(const Side& side) {
    return fmt::format("{} {}", side.records.size(), side.records.size() == 1 ? "run" : "runs");
  }

  void add(Circumstance circumstance, std::string what, std::string base, std::string other) {
    if (base != other)
      found_.push_back({circumstance, std::move(what), std::move(base), std::move(other)});
  }

  void add_clock() {
    const auto base = median_clock_mhz(base_), other = median_clock_mhz(other_);
    if (base && other && std::abs(*other / *base - 1) > kClockTolerance)
      add(Circumstance::kClock, {}, fmt::format("{:.0f} MHz", *base),
          fmt::format("{:.0f} MHz", *other));
  }

  const Side& base_;
  const Side& other_;
  bool same_model_;
  std::vector<EnvironmentDifference> found_;
};

}  // namespace

CardRelation relation_of(const Side& base, const Side& other) {
  if (base.device().name != other.device().name) return CardRelation::kDifferent;
  std::set<std::string> serials;
  for (const Side* side : {&base, &other}) {
    for (const Record* record : side->records) {
      if (!record->device.uuid) return CardRelation::kSameModel;
      serials.insert(*record->device.uuid);
    }
  }
  return serials.size() == 1 ? CardRelation::kSameCard : CardRelation::kOtherOfModel;
}

std::string EnvironmentDifference::subject() const {
  return fmt::format("{}{}{}", name_of(circumstance), what.empty() ? "" : " ", what);
}

std::vector<EnvironmentDifference> environment_differences(const Side& base, const Side& other) {
  return Differences(base, other).all();
}

}  // namespace gpugauge
