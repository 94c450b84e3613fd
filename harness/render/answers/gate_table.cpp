#include "harness/render/answers/gate_table.hpp"

#include <fmt/format.h>

#include <cmath>

#include "harness/render/table/columns.hpp"

namespace gpugauge {
namespace {

/// `97.5% 94–99`: a share with its interval.
Cell recall_cell(const ScenarioResult& result, const Estimate& share) {
  if (!result.scenario.is_regression()) return {};
  return {
      fmt::format("{:.3g}% {:.0f}–{:.0f}", 100 * share.value, 100 * share.low, 100 * share.high),
      100 * share.value};
}

/// With the two ends of its interval for programs.
void add_recall(ColumnList<ScenarioResult>& c, std::size_t nights) {
  const std::string key = fmt::format("recall_in_{}_nights_", nights);
  const std::string within = nights == 1 ? "1 night" : fmt::format("{} nights", nights);
  // The goals are set for a week.
  c.number(nights == 7 ? 0 : 1, key + "percent", "in " + within,
           [=](auto& r) { return recall_cell(r, r.recall(nights)); });
  c.ends(key + "low_percent", key + "high_percent", [=](auto& r) {
    return r.scenario.is_regression() ? std::optional(scaled(r.recall(nights), 100)) : std::nullopt;
  });
}

std::string goals_of(const GateScenario& scenario) {
  std::string goals;
  const auto add = [&](std::string goal) { goals += (goals.empty() ? "" : ", ") + goal; };
  if (scenario.most_false_alarms_per_1000)
    add(fmt::format("≤{}", *scenario.most_false_alarms_per_1000));
  if (scenario.least_recall_in_week)
    add(fmt::format("{:.0f}% in 7", 100 * *scenario.least_recall_in_week));
  if (scenario.least_recall) add(fmt::format("{:.0f}% by end", 100 * *scenario.least_recall));
  return goals;
}

ColumnList<ScenarioResult> gate_columns() {
  const auto alarms_per_1000 = [](const ScenarioResult& r) {
    return scaled(r.false_alarm_rate(), 1000);
  };
  ColumnList<ScenarioResult> c;
  c.add(wrapping(14, text_column("planted", "planted")), [](auto& r) { return r.scenario.name; });
  c.data("series", [](auto& r) { return r.series; });
  c.data("judged_nights", [](auto& r) { return r.judged_nights; });
  c.data("false_alarms", [](auto& r) { return r.false_alarms; });
  c.number("false_alarms_per_1000", "false/1000", [=](auto& r) {
    const auto [value, low, high] = alarms_per_1000(r);
    return Cell(fmt::format("{:.2f} {:.2f}–{:.2f}", value, low, high), value);
  });
  c.ends("false_alarms_low_per_1000", "false_alarms_high_per_1000", alarms_per_1000);
  for (const std::size_t nights : {1, 7, 14}) add_recall(c, nights);
  c.number("recall_by_end_percent", "by end", [](auto& r) { return recall_cell(r, r.recall()); });
  c.data("caught_by_ratchet", [](auto& r) { return r.caught_by_ratchet; });
  c.add(dispensable(4, wrapping(10, text_column("goal", "goal"))),
        [](auto& r) { return text_cell(goals_of(r.scenario)); });
  c.text("verdict", "", [](auto& r) {
    return r.meets_goals() ? Cell("met", "met", Tone::kGood) : Cell("missed", "missed", Tone::kBad);
  });
  return c;
}

}  // namespace

Table gate_table(std::span<const ScenarioResult> results, const SimulationOptions& options) {
  Table table = gate_columns().table(
      "gate_selftest",
      fmt::format("the gate on synthetic nights: {} series each, scatter {:.2f}%, seed {}",
                  options.series, 100 * options.scatter, options.seed),
      results);
  table.notes = {
      "false/1000: false alarms per 1000 judged nights; in N nights: series whose regression is "
      "found by then",
      "intervals: 95%, Wilson; the goals are for nights that scatter by 0.3%"};
  return table;
}

Table change_points_table(std::span<const ChangePoint> points, std::size_t nights) {
  ColumnList<ChangePoint> c;
  const auto add = [&](const char* key, const char* header, double Estimate::*part) {
    c.number(key, header, [=](auto& p) {
      const double change = 100 * std::expm1(p.level.change.*part);
      return Cell(fmt::format("{:+.2f}%", change), change);
    });
  };
  c.number("night", "first night", [](auto& p) { return p.index + 1; });
  add("change_percent", "change", &Estimate::value);
  add("change_low_percent", "from", &Estimate::low);
  add("change_high_percent", "to", &Estimate::high);
  c.number("p", "p", [](auto& p) { return Cell(fmt::format("{:.1e}", p.level.p), p.level.p); });
  Table table = c.table("change_points", fmt::format("change points of {} nights", nights), points);
  if (points.empty()) table.notes = {"none"};
  return table;
}

}  // namespace gpugauge
