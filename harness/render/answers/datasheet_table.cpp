#include "harness/render/answers/datasheet_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/render/table/columns.hpp"

namespace gpugauge {
namespace {

struct VerdictRow {
  const DatasheetReport* report;
  const DatasheetFinding* finding;
};

bool has_no_datasheet(const DatasheetReport& report) { return report.datasheet.empty(); }

Tone tone_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kOk:
      return Tone::kGood;
    case Verdict::kBelowPassMark:
      return Tone::kBad;
    case Verdict::kUndecided:
    case Verdict::kNotMeasured:
      return Tone::kWarning;
    case Verdict::kNoDatasheet:
    case Verdict::kNoPassMark:
      break;
  }
  return Tone::kPlain;
}

/// `ok, pass mark 90%`, `below pass mark 65%: power-capped at 698 W`.
Cell verdict_cell(const DatasheetFinding& f) {
  std::string text(name_of(f.verdict));
  const double pass_mark_percent = 100 * f.pass_mark.value_or(0);
  if (f.verdict == Verdict::kOk) text += fmt::format(", pass mark {:.0f}%", pass_mark_percent);
  if (f.verdict == Verdict::kBelowPassMark) text += fmt::format(" {:.0f}%", pass_mark_percent);
  if (f.verdict == Verdict::kUndecided)
    text += fmt::format(" at pass mark {:.0f}%", pass_mark_percent);
  // The reason explains a finding that failed; otherwise it is a remark.
  const bool failed = f.verdict == Verdict::kBelowPassMark || f.verdict == Verdict::kUndecided ||
                      f.verdict == Verdict::kNotMeasured;
  if (!f.reason.empty()) text += fmt::format("{} {}", failed ? ":" : ";", f.reason);
  return {text, std::string(name_of(f.verdict)), tone_of(f.verdict)};
}

std::optional<double> value_of(const std::optional<SourcedValue>& value) {
  return value ? std::optional(value->value) : std::nullopt;
}
Cell source_cell(const std::optional<SourcedValue>& value) {
  return value ? text_cell(value->source) : Cell();
}
/// What the datasheet's value is a value of: nothing is shown beside a missing one.
std::optional<double> share_of(const DatasheetFinding& f) {
  return f.measured && f.datasheet ? std::optional(f.share().value) : std::nullopt;
}

ColumnList<VerdictRow> columns(std::span<const DatasheetReport> reports) {
  const auto of = [](auto get) { return [=](const VerdictRow& r) { return get(*r.finding); }; };
  ColumnList<VerdictRow> c;
  c.source(
      reports.size() > 1, [](auto& r) { return r.report->file; },
      [](auto& r) { return r.report->device; });
  c.data("datasheet_title", [](auto& r) { return text_cell(r.report->datasheet); });
  c.text("metric", "metric", of([](auto& f) { return f.metric; }));
  c.text(3, "shape", "at", of([](auto& f) { return text_cell(f.shape); }));
  c.number("measured", "measured", of([](auto& f) {
             const auto& m = f.measured;
             return m ? Cell(format_significant(m->value) + " " + f.unit, m->value) : Cell();
           }));
  c.data("unit", of([](auto& f) { return f.unit; }));
  c.ends("measured_low", "measured_high", of([](auto& f) { return f.measured; }));
  c.number(2, "half_width_percent", "±", of([](auto& f) {
             return f.origin == Origin::kImported ? Cell() : plus_minus_cell(f.measured);
           }));
  c.data("origin", of([](auto& f) { return f.measured ? Cell(name_of(f.origin)) : Cell(); }));
  c.number(1, "datasheet", "datasheet", of([](auto& f) { return value_of(f.datasheet); }));
  c.number("percent_of_datasheet", "%", of([](auto& f) { return percent_cell(share_of(f)); }));
  c.number(4, "best_published", "best published",
           of([](auto& f) { return value_of(f.published); }));
  c.number(3, "ridge_flops_per_byte", "FLOP/byte",
           of([](auto& f) { return f.ridge_flops_per_byte; }))
      .data_only = std::none_of(reports.begin(), reports.end(), has_no_datasheet);
  c.data("pass_mark_percent", of([](auto& f) { return percent_cell(f.pass_mark); }));
  c.add(wrapping(24, text_column("verdict", "verdict")), of(verdict_cell));
  c.data("reason", of([](auto& f) { return text_cell(f.reason); }));
  c.data("case", of([](auto& f) { return text_cell(f.case_name); }));
  c.data("datasheet_source", of([](auto& f) { return source_cell(f.datasheet); }));
  c.data("best_published_source", of([](auto& f) { return source_cell(f.published); }));
  return c;
}

/// Adds a note once.
void note(Table& table, std::string text) {
  if (std::find(table.notes.begin(), table.notes.end(), text) == table.notes.end())
    table.notes.push_back(std::move(text));
}

}  // namespace

Table to_table(std::span<const DatasheetReport> reports) {
  std::vector<VerdictRow> rows;
  for (const DatasheetReport& report : reports) {
    for (const DatasheetFinding& finding : report.findings) rows.push_back({&report, &finding});
  }
  const bool unchecked = std::all_of(reports.begin(), reports.end(), has_no_datasheet);
  Table table =
      columns(reports).table("datasheet", unchecked ? "measured roofline" : "datasheet", rows);
  for (const DatasheetReport& report : reports) {
    if (has_no_datasheet(report))
      note(table, fmt::format("no datasheet for {}: measured peaks only; FLOP/byte is the ridge "
                              "point with memory read",
                              report.device));
    for (const DatasheetFinding& f : report.findings) {
      if (f.datasheet)
        note(table, fmt::format("datasheet of {}: {}", report.datasheet, f.datasheet->source));
      if (f.published)
        note(table, fmt::format("best published, {}: {}", f.metric, f.published->source));
    }
  }
  return table;
}

}  // namespace gpugauge
