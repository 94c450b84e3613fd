#include "harness/analyze/compare/side.hpp"

#include <algorithm>
#include <cmath>

namespace gpugauge {
namespace {

/// Below it the range of the medians would be called a 95% interval and is none.
constexpr std::size_t kRunsOfAnInterval = 6;

bool has_time(const Measurement& m) {
  const Estimate& t = m.time_ns;
  return t.low > 0 && t.low <= t.value && t.value <= t.high && std::isfinite(t.high);
}

bool means_the_same(const Measurement& a, const Measurement& b) {
  return a.semantics_version == b.semantics_version && a.c.options == b.c.options;
}

Unusable unusable_of(const CaseRuns& c) {
  for (const auto& run : c.runs) {
    if (!run.measurement->counts()) return Unusable::kNotVerified;
    if (!has_time(*run.measurement)) return Unusable::kNoTime;
    if (!means_the_same(*run.measurement, c.first())) return Unusable::kMixedSemantics;
  }
  return Unusable::kNo;
}

Estimate combined_time(const CaseRuns& c) {
  if (c.runs.size() == 1) return c.first().time_ns;
  std::vector<double> medians;
  for (const auto& run : c.runs) medians.push_back(run.measurement->time_ns.value);
  std::sort(medians.begin(), medians.end());
  Estimate time = median_interval(medians);
  if (c.runs.size() >= kRunsOfAnInterval) return time;
  for (const auto& run : c.runs) {
    time.low = std::min(time.low, run.measurement->time_ns.low);
    time.high = std::max(time.high, run.measurement->time_ns.high);
  }
  return time;
}

std::optional<double> median_over(const CaseRuns& c, std::optional<double> Measurement::*member) {
  if (c.runs.size() == 1) return c.first().*member;
  std::vector<double> values;
  for (const auto& run : c.runs) {
    if (const auto& value = run.measurement->*member) values.push_back(*value);
  }
  return values.empty() ? std::nullopt : std::optional(median(std::move(values)));
}

void combine(CaseRuns& c) {
  c.unusable = unusable_of(c);
  if (c.unusable != Unusable::kNo) return;
  c.time_ns = combined_time(c);
  c.clock_mhz = median_over(c, &Measurement::clock_mhz);
  c.power_w = median_over(c, &Measurement::mean_power_w);
  for (const auto& run : c.runs) {
    const Measurement& m = *run.measurement;
    c.sample_count += m.sample_count;
    c.throttled = c.throttled || is_throttled(m);
    c.sorted_ns.insert(c.sorted_ns.end(), m.samples.time_ns.begin(), m.samples.time_ns.end());
  }
  std::sort(c.sorted_ns.begin(), c.sorted_ns.end());
}

}  // namespace

bool is_throttled(const Measurement& m) {
  return std::any_of(m.flags.begin(), m.flags.end(), [](Flag flag) {
    return flag == Flag::kPowerCapped || flag == Flag::kThermalThrottled ||
           flag == Flag::kHardwareSlowdown;
  });
}

CaseTable::CaseTable(const Side& side) {
  for (std::size_t i = 0; i < side.records.size(); ++i) {
    index_.reserve(side.records[i]->measurements.size());
    for (const Measurement& m : side.records[i]->measurements) {
      const auto [at, is_new] = index_.try_emplace(m.name, cases_.size());
      if (is_new) cases_.emplace_back();
      cases_[at->second].runs.push_back({i, &m});
    }
  }
  for (CaseRuns& c : cases_) combine(c);
}

const CaseRuns* CaseTable::find(std::string_view name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &cases_[found->second];
}

}  // namespace gpugauge
