#include "harness/render/answers/compare_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/render/table/columns.hpp"

namespace gpugauge {
namespace {

struct ComparedRow {
  const ComparisonReport* comparison;
  const CaseComparison* c;
};

Tone tone_of(Change change) {
  switch (change) {
    case Change::kSlower:
      return Tone::kBad;
    case Change::kFaster:
      return Tone::kGood;
    case Change::kAmbiguous:
      return Tone::kWarning;
    case Change::kSame:
      break;
  }
  return Tone::kPlain;
}

Cell time_cell(const Estimate& ns) { return {format_duration_ns(ns.value), ns.value}; }

Cell effect_cell(const std::optional<double>& delta) {
  return delta ? Cell(std::string(effect_words(*delta)), std::string(effect_words(*delta)))
               : Cell();
}

/// The names of the two sides, for programs.
template <typename Row, typename Of>
std::vector<ColumnOf<Row>> side_columns(Of comparison_of) {
  return {
      {data_column("base"), [=](const Row& r) { return Cell(comparison_of(r).base); }},
      {data_column("other"), [=](const Row& r) { return Cell(comparison_of(r).other); }},
  };
}

/// Ratios of what a case or a family costs besides time.
template <typename Row, typename Of>
std::vector<ColumnOf<Row>> cost_columns(Of costs_of) {
  return {
      {dispensable(4, number_column("cycles_ratio", "cycles ×")),
       [=](const Row& r) { return number_cell(costs_of(r).cycles_ratio); }},
      {dispensable(5, number_column("energy_ratio", "energy ×")),
       [=](const Row& r) { return number_cell(costs_of(r).energy_ratio); }},
      {dispensable(6, number_column("dollars_ratio", "$ ×")),
       [=](const Row& r) { return number_cell(costs_of(r).dollars_ratio); }},
  };
}

template <typename Row, typename Of>
std::vector<ColumnOf<Row>> ratio_columns(Of ratio_of_row) {
  return {
      {number_column("time_ratio", "time ×"),
       [=](const Row& r) { return number_cell(ratio_of_row(r).value); }},
      {data_column("time_ratio_low"), [=](const Row& r) { return low_cell(ratio_of_row(r)); }},
      {data_column("time_ratio_high"), [=](const Row& r) { return high_cell(ratio_of_row(r)); }},
      {number_column("half_width_percent", "±"),
       [=](const Row& r) { return plus_minus_cell(ratio_of_row(r)); }},
  };
}

std::vector<ColumnOf<ComparedRow>> case_columns() {
  std::vector<ColumnOf<ComparedRow>> columns = side_columns<ComparedRow>(
      [](const ComparedRow& r) -> const ComparisonReport& { return *r.comparison; });
  append<ComparedRow>(
      columns, {
                   {data_column("family"), [](const ComparedRow& r) { return Cell(r.c->family); }},
                   {case_column(), [](const ComparedRow& r) { return Cell(r.c->name); }},
                   {dispensable(2, number_column("base_ns", "base")),
                    [](const ComparedRow& r) { return time_cell(r.c->base_ns); }},
                   {dispensable(1, number_column("other_ns", "other")),
                    [](const ComparedRow& r) { return time_cell(r.c->other_ns); }},
                   {data_column("base_runs"),
                    [](const ComparedRow& r) {
                      return integer_cell(static_cast<std::int64_t>(r.c->base_runs));
                    }},
                   {data_column("other_runs"),
                    [](const ComparedRow& r) {
                      return integer_cell(static_cast<std::int64_t>(r.c->other_runs));
                    }},
               });
  append(columns, ratio_columns<ComparedRow>([](const ComparedRow& r) { return r.c->ratio; }));
  append<ComparedRow>(
      columns,
      {
          {data_column("joint_low"), [](const ComparedRow& r) { return low_cell(r.c->joint); }},
          {data_column("joint_high"), [](const ComparedRow& r) { return high_cell(r.c->joint); }},
          {data_column("cliffs_delta"),
           [](const ComparedRow& r) { return number_cell(r.c->cliffs_delta); }},
          {dispensable(3, text_column("effect", "effect")),
           [](const ComparedRow& r) { return effect_cell(r.c->cliffs_delta); }},
      });
  append(columns, cost_columns<ComparedRow>(
                      [](const ComparedRow& r) -> const CaseComparison& { return *r.c; }));
  append<ComparedRow>(
      columns,
      {
          {data_column("base_clock_mhz"),
           [](const ComparedRow& r) { return number_cell(r.c->clock_mhz.base); }},
          {data_column("other_clock_mhz"),
           [](const ComparedRow& r) { return number_cell(r.c->clock_mhz.other); }},
          {data_column("base_power_w"),
           [](const ComparedRow& r) { return number_cell(r.c->power_w.base); }},
          {data_column("other_power_w"),
           [](const ComparedRow& r) { return number_cell(r.c->power_w.other); }},
          {dispensable(7, number_column("base_percent_of_datasheet", "base %")),
           [](const ComparedRow& r) { return percent_cell(r.c->share_of_datasheet.base); }},
          {dispensable(8, number_column("other_percent_of_datasheet", "other %")),
           [](const ComparedRow& r) { return percent_cell(r.c->share_of_datasheet.other); }},
          {wrapping(12, text_column("verdict", "verdict")),
           [](const ComparedRow& r) { return judgement_cell(r.c->judgement); }},
          {data_column("reason"),
           [](const ComparedRow& r) {
             return text_cell(std::string(name_of(r.c->judgement.reason)));
           }},
      });
  return columns;
}

/// A table for each family; one without rows if nothing could be compared.
void add_cases(std::vector<Table>& tables, const ComparisonReport& comparison,
               const std::string& suffix) {
  const std::vector<ColumnOf<ComparedRow>> columns = case_columns();
  auto at = comparison.cases.begin();
  while (at != comparison.cases.end()) {
    const std::string_view family = at->family;
    std::vector<ComparedRow> rows;
    for (; at != comparison.cases.end() && at->family == family; ++at)
      rows.push_back({&comparison, &*at});
    tables.push_back(
        make_table<ComparedRow>("cases", fmt::format("{}{}", family, suffix), columns, rows));
  }
}

Table families_table(const ComparisonReport& comparison, const std::string& suffix) {
  using Row = const FamilyMean*;
  std::vector<Row> rows;
  for (const FamilyMean& mean : comparison.families) rows.push_back(&mean);
  std::vector<ColumnOf<Row>> columns =
      side_columns<Row>([&](const Row&) -> const ComparisonReport& { return comparison; });
  append<Row>(columns,
              {
                  {text_column("family", "family"), [](const Row& r) { return Cell(r->family); }},
                  {number_column("cases", "cases"),
                   [](const Row& r) { return integer_cell(static_cast<std::int64_t>(r->cases)); }},
              });
  append(columns, ratio_columns<Row>([](const Row& r) { return r->ratio; }));
  append(columns, cost_columns<Row>([](const Row& r) -> const FamilyMean& { return *r; }));
  Table table =
      make_table<Row>("families", fmt::format("geometric means{}", suffix), columns, rows);
  std::vector<Judgement> judgements;
  for (const CaseComparison& c : comparison.cases) judgements.push_back(c.judgement);
  table.notes = reason_notes(judgements, comparison.threshold);
  table.notes.push_back(summary_line(judgements, comparison.not_compared.size()));
  return table;
}

Table environment_table(const ComparisonReport& comparison, const std::string& suffix) {
  using Row = const EnvironmentDifference*;
  std::vector<Row> rows;
  for (const EnvironmentDifference& difference : comparison.differences)
    rows.push_back(&difference);
  return make_table<Row>(
      "environment", fmt::format("what else differs{}", suffix),
      {
          {data_column("base"), [&](const Row&) { return Cell(comparison.base); }},
          {data_column("other"), [&](const Row&) { return Cell(comparison.other); }},
          {wrapping(14, text_column("circumstance", "what")),
           [](const Row& r) {
             const std::string name(name_of(r->circumstance));
             return Cell(r->what.empty() ? name : fmt::format("{} {}", name, r->what));
           }},
          {wrapping(14, text_column("base_value", "base")),
           [](const Row& r) { return Cell(r->base); }},
          {wrapping(14, text_column("other_value", "other")),
           [](const Row& r) { return Cell(r->other); }},
          {wrapping(24, text_column("advice", "so")),
           [](const Row& r) { return Cell(advice_on(r->circumstance)); }},
      },
      rows);
}

Table overview(std::span<const ComparisonReport> comparisons) {
  using Row = const ComparisonReport*;
  std::vector<Row> rows;
  for (const ComparisonReport& comparison : comparisons) rows.push_back(&comparison);
  const auto count_column = [](Change change) {
    const std::string name(name_of(change));
    return ColumnOf<Row>{number_column(name, name), [=](const Row& r) {
                           return integer_cell(static_cast<std::int64_t>(r->count(change)));
                         }};
  };
  const ComparisonReport& first = comparisons.front();
  return make_table<Row>(
      "comparison", fmt::format("base: {} ({})", first.base, first.base_device),
      {
          {data_column("base"), [](const Row& r) { return Cell(r->base); }},
          {data_column("base_device"), [](const Row& r) { return Cell(r->base_device); }},
          {shortening(12, text_column("other", "other")),
           [](const Row& r) { return Cell(r->other); }},
          {dispensable(2, wrapping(12, text_column("other_device", "device"))),
           [](const Row& r) { return Cell(r->other_device); }},
          {wrapping(14, text_column("relation", "cards")),
           [](const Row& r) { return Cell(name_of(r->relation)); }},
          count_column(Change::kSame),
          count_column(Change::kFaster),
          count_column(Change::kSlower),
          count_column(Change::kAmbiguous),
          {number_column("not_compared", "not compared"),
           [](const Row& r) {
             return integer_cell(static_cast<std::int64_t>(r->not_compared.size()));
           }},
          {data_column("threshold_percent"),
           [](const Row& r) { return number_cell(100 * r->threshold); }},
          {data_column("joint_widening"), [](const Row& r) { return number_cell(r->widening); }},
      },
      rows);
}

}  // namespace

Cell judgement_cell(const Judgement& judgement) {
  const std::string name(name_of(judgement.change));
  const std::string_view reason = name_of(judgement.reason);
  return {reason.empty() ? name : fmt::format("{}: {}", name, reason), name,
          tone_of(judgement.change)};
}

std::vector<std::string> reason_notes(std::span<const Judgement> judgements, double threshold) {
  std::set<ChangeReason> reasons;
  for (const Judgement& judgement : judgements) reasons.insert(judgement.reason);
  reasons.erase(ChangeReason::kNone);
  std::vector<std::string> notes;
  for (const ChangeReason reason : reasons)
    notes.push_back(fmt::format("{}: {}", name_of(reason), row_of(reason).meaning));
  if (!judgements.empty())
    notes.push_back(
        fmt::format("times are other over base, above 1 is slower; a change counts from {:.3g}% on",
                    100 * threshold));
  return notes;
}

Table not_compared_table(std::span<const NotCompared> cases) {
  return make_table<NotCompared>(
      "not_compared", "not compared",
      {
          {case_column(), [](const NotCompared& n) { return Cell(n.name); }},
          {wrapping(16, text_column("reason", "reason")),
           [](const NotCompared& n) { return Cell(name_of(n.reason)); }},
          {sentence_column("detail", "detail"),
           [](const NotCompared& n) { return text_cell(n.detail); }},
      },
      cases);
}

std::string summary_line(std::span<const Judgement> judgements, std::size_t not_compared) {
  std::string line;
  const auto add = [&](std::ptrdiff_t count, std::string_view what) {
    if (count > 0) line += fmt::format("{}{} {}", line.empty() ? "" : ", ", count, what);
  };
  for (const Change change : {Change::kSame, Change::kFaster, Change::kSlower, Change::kAmbiguous})
    add(std::count_if(judgements.begin(), judgements.end(),
                      [&](const Judgement& j) { return j.change == change; }),
        name_of(change));
  if (line.empty()) line = "nothing in common";
  add(static_cast<std::ptrdiff_t>(not_compared), "not compared");
  return line;
}

std::vector<Table> compare_tables(std::span<const ComparisonReport> comparisons) {
  std::vector<Table> tables{overview(comparisons)};
  for (const ComparisonReport& comparison : comparisons) {
    const std::string suffix =
        comparisons.size() > 1 ? fmt::format(", {}", comparison.other) : std::string();
    if (!comparison.differences.empty()) tables.push_back(environment_table(comparison, suffix));
    add_cases(tables, comparison, suffix);
    if (!comparison.not_compared.empty()) {
      tables.push_back(not_compared_table(comparison.not_compared));
      tables.back().title += suffix;
    }
    tables.push_back(families_table(comparison, suffix));
  }
  return tables;
}

}  // namespace gpugauge
