#include "harness/render/answers/compare_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "harness/base/shell_word.hpp"
#include "harness/render/table/columns.hpp"
#include "harness/render/table/text.hpp"

namespace gpugauge {
namespace {

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

/// With the names of the two sides, for programs.
template <typename Row>
ColumnList<Row> columns_of(const ComparisonReport& comparison) {
  ColumnList<Row> c;
  c.same("base", comparison.base);
  c.same("other", comparison.other);
  return c;
}

/// The ratio of times of a case or a family.
template <typename Row>
void add_ratio(ColumnList<Row>& c) {
  const auto ratio = [](auto& r) { return r.ratio; };
  c.number("time_ratio", "time ×", [](auto& r) { return r.ratio.value; });
  c.ends("time_ratio_low", "time_ratio_high", ratio);
  c.number("half_width_percent", "±", [](auto& r) { return plus_minus_cell(r.ratio); });
}

/// Ratios of what a case or a family costs besides time.
template <typename Row>
void add_costs(ColumnList<Row>& c) {
  c.number(4, "cycles_ratio", "cycles ×", [](auto& r) { return r.cycles_ratio; });
  c.number(5, "energy_ratio", "energy ×", [](auto& r) { return r.energy_ratio; });
  c.number(6, "dollars_ratio", "$ ×", [](auto& r) { return r.dollars_ratio; });
}

ColumnList<CaseComparison> case_columns(const ComparisonReport& comparison) {
  auto c = columns_of<CaseComparison>(comparison);
  c.data("family", [](auto& r) { return r.family; });
  c.add(case_column(), [](auto& r) { return r.name; });
  c.number(2, "base_ns", "base", [](auto& r) { return duration_cell(r.base_ns.value); });
  c.number(1, "other_ns", "other", [](auto& r) { return duration_cell(r.other_ns.value); });
  c.data("base_runs", [](auto& r) { return r.base_runs; });
  c.data("other_runs", [](auto& r) { return r.other_runs; });
  add_ratio(c);
  c.ends("joint_low", "joint_high", [](auto& r) { return r.joint; });
  c.data("cliffs_delta", [](auto& r) { return r.cliffs_delta; });
  c.text(3, "effect", "effect",
         [](auto& r) { return r.cliffs_delta ? Cell(effect_words(*r.cliffs_delta)) : Cell(); });
  add_costs(c);
  c.data("base_clock_mhz", [](auto& r) { return r.clock_mhz.base; });
  c.data("other_clock_mhz", [](auto& r) { return r.clock_mhz.other; });
  c.data("base_power_w", [](auto& r) { return r.power_w.base; });
  c.data("other_power_w", [](auto& r) { return r.power_w.other; });
  c.number(7, "base_percent_of_datasheet", "base %",
           [](auto& r) { return percent_cell(r.share_of_datasheet.base); });
  c.number(8, "other_percent_of_datasheet", "other %",
           [](auto& r) { return percent_cell(r.share_of_datasheet.other); });
  add_verdict(c);
  return c;
}

/// A table for each family; one without rows if nothing could be compared.
void add_cases(std::vector<Table>& tables, const ComparisonReport& comparison,
               const std::string& suffix) {
  const auto columns = case_columns(comparison);
  std::span<const CaseComparison> rest(comparison.cases);
  while (!rest.empty()) {
    const std::string_view family = rest.front().family;
    const auto end = std::find_if(rest.begin(), rest.end(),
                                  [&](const CaseComparison& c) { return c.family != family; });
    const auto rows = rest.first(static_cast<std::size_t>(end - rest.begin()));
    tables.push_back(columns.table("cases", fmt::format("{}{}", family, suffix), rows));
    rest = rest.subspan(rows.size());
  }
}

double size_of(const CaseComparison& c) { return std::abs(std::log(c.ratio.value)); }

/// The largest changes of all families in one table.
Table largest_changes(const ComparisonReport& comparison, const std::string& suffix,
                      std::size_t most) {
  std::vector<CaseComparison> cases = comparison.cases;
  std::stable_sort(cases.begin(), cases.end(),
                   [](const auto& a, const auto& b) { return size_of(a) > size_of(b); });
  cases.resize(std::min(most, cases.size()));
  return case_columns(comparison)
      .table("cases",
             fmt::format("the {} largest changes of {} cases{}", cases.size(),
                         comparison.cases.size(), suffix),
             cases);
}

/// `the worst 1.083x: gemm/…`: of slower ones the slowest, of faster ones the fastest.
std::string furthest(const ComparisonReport& comparison, Change change, std::string_view what) {
  const CaseComparison* most = nullptr;
  for (const CaseComparison& c : comparison.cases) {
    if (c.judgement.change == change && (most == nullptr || size_of(c) > size_of(*most))) most = &c;
  }
  return most == nullptr ? std::string()
                         : fmt::format(", the {} {:.3f}x: {}", what, most->ratio.value, most->name);
}

Table families_table(const ComparisonReport& comparison, const std::string& suffix) {
  auto c = columns_of<FamilyMean>(comparison);
  c.text("family", "family", [](auto& r) { return r.family; });
  c.number("cases", "cases", [](auto& r) { return r.cases; });
  add_ratio(c);
  add_costs(c);
  Table table = c.table("families", fmt::format("geometric means{}", suffix), comparison.families);
  std::vector<Judgement> judgements;
  for (const CaseComparison& each : comparison.cases) judgements.push_back(each.judgement);
  table.notes = reason_notes(judgements, comparison.threshold);
  for (const std::string& card : comparison.unpriced)
    table.notes.push_back(
        fmt::format("no $ ×: no price of {}; pass --hourly {}=DOLLARS", card, shell_word(card)));
  table.notes.push_back(summary_line(judgements, comparison.not_compared.size()));
  return table;
}

Table environment_table(const ComparisonReport& comparison, const std::string& suffix) {
  auto c = columns_of<EnvironmentDifference>(comparison);
  c.add(wrapping(14, text_column("circumstance", "what")), [](auto& d) { return d.subject(); });
  c.add(wrapping(14, text_column("base_value", "base")), [](auto& d) { return d.base; });
  c.add(wrapping(14, text_column("other_value", "other")), [](auto& d) { return d.other; });
  c.add(wrapping(24, text_column("advice", "so")),
        [](auto& d) { return advice_on(d.circumstance); });
  Table table = c.table("environment", fmt::format("environment differences{}", suffix),
                        comparison.differences);
  table.is_aside = true;
  return table;
}

/// `NVIDIA L40S, imported`; of what was measured the device alone.
std::string with_origin(const std::string& device, const std::string& origin) {
  const bool is_plain = origin.empty() || origin == name_of(Origin::kMeasured);
  return is_plain ? device : fmt::format("{}, {}", device, origin);
}

Table overview(std::span<const ComparisonReport> comparisons) {
  ColumnList<ComparisonReport> c;
  c.data("base", [](auto& r) { return r.base; });
  c.data("base_device", [](auto& r) { return r.base_device; });
  c.data("base_origin", [](auto& r) { return text_cell(r.base_origin); });
  c.add(shortening(12, text_column("other", "other")), [](auto& r) { return r.other; });
  c.add(dispensable(2, wrapping(12, text_column("other_device", "device"))),
        [](auto& r) { return Cell(with_origin(r.other_device, r.other_origin), r.other_device); });
  c.data("other_origin", [](auto& r) { return text_cell(r.other_origin); });
  c.add(wrapping(14, text_column("relation", "cards")),
        [](auto& r) { return name_of(r.relation); });
  for (const Change change :
       {Change::kSame, Change::kFaster, Change::kSlower, Change::kAmbiguous}) {
    const std::string name(name_of(change));
    c.number(name, name, [=](auto& r) { return r.count(change); });
  }
  c.number("not_compared", "not compared", [](auto& r) { return r.not_compared.size(); });
  c.data("threshold_percent", [](auto& r) { return 100 * r.threshold; });
  c.data("joint_widening", [](auto& r) { return r.widening; });
  const ComparisonReport& first = comparisons.front();
  Table table = c.table(
      "comparison",
      fmt::format("base: {} ({})", first.base, with_origin(first.base_device, first.base_origin)),
      comparisons);
  table.is_aside = true;
  return table;
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
    notes.push_back(fmt::format("ratios are other over base: above 1 is slower; threshold {:.3g}%",
                                100 * threshold));
  return notes;
}

Table not_compared_table(std::span<const NotCompared> cases) {
  ColumnList<NotCompared> c;
  c.add(case_column(), [](auto& n) { return n.name; });
  c.add(wrapping(16, text_column("reason", "reason")), [](auto& n) { return name_of(n.reason); });
  c.add(sentence_column("detail", "detail"), [](auto& n) { return text_cell(n.detail); });
  return c.table("not_compared", "not compared", cases);
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
  if (line.empty()) line = "no case in common";
  add(static_cast<std::ptrdiff_t>(not_compared), "not compared");
  return line;
}

std::string compare_sentence(const ComparisonReport& comparison) {
  const std::size_t slower = comparison.count(Change::kSlower),
                    faster = comparison.count(Change::kFaster);
  if (comparison.cases.empty()) return comparison.other + ": no case in common, nothing to compare";
  std::string text = fmt::format("{} of {} slower{}", slower, comparison.cases.size(),
                                 furthest(comparison, Change::kSlower, "worst"));
  if (faster > 0)
    text += fmt::format("; {} faster{}", faster, furthest(comparison, Change::kFaster, "best"));
  return comparison.other + ": " + text;
}

std::vector<Table> compare_tables(std::span<const ComparisonReport> comparisons,
                                  std::optional<std::size_t> top) {
  std::vector<Table> tables{overview(comparisons)};
  for (const ComparisonReport& comparison : comparisons) {
    const std::string suffix =
        comparisons.size() > 1 ? fmt::format(", {}", comparison.other) : std::string();
    if (!comparison.differences.empty()) tables.push_back(environment_table(comparison, suffix));
    if (top) {
      tables.push_back(largest_changes(comparison, suffix, *top));
    } else {
      add_cases(tables, comparison, suffix);
    }
    if (!comparison.not_compared.empty()) {
      tables.push_back(not_compared_table(comparison.not_compared));
      tables.back().title += suffix;
    }
    tables.push_back(families_table(comparison, suffix));
  }
  return tables;
}

}  // namespace gpugauge
