#include "harness/cli/options/suite_times.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/cli/options/plan_options.hpp"
#include "harness/plan/outline.hpp"
#include "harness/render/answers/outline_table.hpp"

namespace gpugauge {

DeviceInfo planned_device(const Datasheet& sheet) {
  DeviceInfo info;
  info.id = sheet.name;
  info.backend = Backend::kCuda;
  info.name = sheet.match_names.front();
  info.memory_bytes = static_cast<std::int64_t>(sheet.memory_gib_min * (1 << 30));
  info.compute_capability = sheet.compute_capability;
  if (sheet.l2_mib) info.cache_bytes = static_cast<std::int64_t>(sheet.l2_mib->value * (1 << 20));
  return info;
}

std::vector<SuiteTime> suite_times(const Catalog& catalog, const DeviceInfo& device) {
  std::vector<SuiteTime> times;
  for (const std::string& name : catalog.suite_names()) {
    PlanOptions options;
    options.suite = name;
    const SuiteSelection selection = select_suite(catalog, options);
    const PlanOutline outline = outline_of(make_plan(selection.suite, selection.models, device),
                                           selection.suite.settle_seconds);
    if (outline.supported > 0) times.push_back({.name = name, .seconds = outline.seconds});
  }
  std::stable_sort(times.begin(), times.end(),
                   [](const SuiteTime& a, const SuiteTime& b) { return a.seconds < b.seconds; });
  return times;
}

std::string in_words(const std::vector<SuiteTime>& times) {
  std::string text;
  for (const SuiteTime& time : times)
    text +=
        fmt::format("{}{} {}", text.empty() ? "" : ", ", time.name, format_budget(time.seconds));
  return text;
}

}  // namespace gpugauge
