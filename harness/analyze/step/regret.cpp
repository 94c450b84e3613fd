#include "harness/analyze/step/regret.hpp"

#include <algorithm>

namespace gpugauge {

HeuristicRegret::HeuristicRegret(const Record& record) {
  for (const Measurement& m : record.measurements) {
    if (m.time_ns.value <= 0) continue;
    const auto [entry, is_new] = fastest_ns_.try_emplace(m.name, m.time_ns.value);
    if (!is_new) entry->second = std::min(entry->second, m.time_ns.value);
  }
}

std::optional<double> HeuristicRegret::of(const Measurement& measurement) const {
  std::optional<double> best_ns;
  for (const char* search : {"_search", "_exhaustive"}) {
    Case sibling = measurement.c;
    sibling.implementation += search;
    const auto found = fastest_ns_.find(case_name(sibling));
    if (found != fastest_ns_.end())
      best_ns = std::min(best_ns.value_or(found->second), found->second);
  }
  if (!best_ns || measurement.time_ns.value <= 0) return std::nullopt;
  return std::max(0.0, measurement.time_ns.value / *best_ns - 1);
}

}  // namespace gpugauge
