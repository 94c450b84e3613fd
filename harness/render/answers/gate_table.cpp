#include "harness/render/answers/gate_table.hpp"

#include <fmt/format.h>

#include <algorithm>
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

ColumnOf<ScenarioResult> recall_column(std::size_t nights) {
  const std::string within = nights == 1 ? "1 night" : fmt::format("{} nights", nights);
  const Column column =
      number_column(fmt::format("recall_in_{}_nights_percent", nights), "in " + within);
  // The goals are set for a week.
  return {nights == 7 ? column : dispensable(1, column),
          [nights](const ScenarioResult& r) { return recall_cell(r, r.recall(nights)); }};
}

/// The two ends of a recall's interval, for programs.
ColumnOf<ScenarioResult> recall_end_column(std::size_t nights, const char* name,
                                           double Estimate::*end) {
  return {data_column(fmt::format("recall_in_{}_nights_{}_percent", nights, name)),
          [=](const ScenarioResult& r) {
            return number_cell(r.scenario.is_regression()
                                   ? std::optional(100 * (r.recall(nights).*end))
                                   : std::nullopt);
          }};
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

std::vector<ColumnOf<ScenarioResult>> gate_columns() {
  std::vector<ColumnOf<ScenarioResult>> columns{
      {wrapping(14, text_column("planted", "planted")),
       [](const ScenarioResult& r) { return Cell(r.scenario.name); }},
      {data_column("series"),
       [](const ScenarioResult& r) { return integer_cell(static_cast<std::int64_t>(r.series)); }},
      {data_column("judged_nights"),
       [](const ScenarioResult& r) {
         return integer_cell(static_cast<std::int64_t>(r.judged_nights));
       }},
      {data_column("false_alarms"),
       [](const ScenarioResult& r) {
         return integer_cell(static_cast<std::int64_t>(r.false_alarms));
       }},
      {number_column("false_alarms_per_1000", "false/1000"),
       [](const ScenarioResult& r) {
         const Estimate rate = r.false_alarm_rate();
         return Cell(fmt::format("{:.2f} {:.2f}–{:.2f}", 1000 * rate.value, 1000 * rate.low,
                                 1000 * rate.high),
                     1000 * rate.value);
       }},
      {data_column("false_alarms_low_per_1000"),
       [](const ScenarioResult& r) { return number_cell(1000 * r.false_alarm_rate().low); }},
      {data_column("false_alarms_high_per_1000"),
       [](const ScenarioResult& r) { return number_cell(1000 * r.false_alarm_rate().high); }},
  };
  for (const std::size_t nights : {1, 7, 14}) {
    columns.push_back(recall_column(nights));
    columns.push_back(recall_end_column(nights, "low", &Estimate::low));
    columns.push_back(recall_end_column(nights, "high", &Estimate::high));
  }
  append<ScenarioResult>(
      columns, {
                   {number_column("recall_by_end_percent", "by end"),
                    [](const ScenarioResult& r) { return recall_cell(r, r.recall()); }},
                   {data_column("caught_by_ratchet"),
                    [](const ScenarioResult& r) {
                      return integer_cell(static_cast<std::int64_t>(r.caught_by_ratchet));
                    }},
                   {dispensable(4, wrapping(10, text_column("goal", "goal"))),
                    [](const ScenarioResult& r) { return text_cell(goals_of(r.scenario)); }},
                   {text_column("verdict", ""),
                    [](const ScenarioResult& r) {
                      return r.meets_goals() ? Cell("met", "met", Tone::kGood)
                                             : Cell("missed", "missed", Tone::kBad);
                    }},
               });
  return columns;
}

}  // namespace

Table gate_table(std::span<const ScenarioResult> results, const SimulationOptions& options) {
  Table table = make_table<ScenarioResult>(
      "gate_selftest",
      fmt::format("the gate on synthetic nights: {} series each, scatter {:.2f}%, seed {}",
                  options.series, 100 * options.scatter, options.seed),
      gate_columns(), results);
  table.notes = {
      "false/1000: false alarms per 1000 judged nights; in N nights: series whose regression is "
      "found by then",
      "intervals: 95%, Wilson; the goals are for nights that scatter by 0.3%"};
  return table;
}

Table change_points_table(std::span<const ChangePoint> points, std::size_t nights) {
  const std::vector<ColumnOf<ChangePoint>> columns{
      {number_column("night", "first night"),
       [](const ChangePoint& p) { return integer_cell(static_cast<std::int64_t>(p.index + 1)); }},
      {number_column("change_percent", "change"),
       [](const ChangePoint& p) {
         const double change = 100 * std::expm1(p.level.change.value);
         return Cell(fmt::format("{:+.2f}%", change), change);
       }},
      {number_column("change_low_percent", "from"),
       [](const ChangePoint& p) {
         const double low = 100 * std::expm1(p.level.change.low);
         return Cell(fmt::format("{:+.2f}%", low), low);
       }},
      {number_column("change_high_percent", "to"),
       [](const ChangePoint& p) {
         const double high = 100 * std::expm1(p.level.change.high);
         return Cell(fmt::format("{:+.2f}%", high), high);
       }},
      {number_column("p", "p"),
       [](const ChangePoint& p) { return Cell(fmt::format("{:.1e}", p.level.p), p.level.p); }},
  };
  Table table = make_table<ChangePoint>(
      "change_points", fmt::format("change points of {} nights", nights), columns, points);
  if (points.empty()) table.notes = {"none"};
  return table;
}

}  // namespace gpugauge
