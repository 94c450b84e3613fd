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
    case Verdict::kBelowFloor:
      return Tone::kBad;
    case Verdict::kUndecided:
    case Verdict::kNotMeasured:
      return Tone::kWarning;
    case Verdict::kNoDatasheet:
    case Verdict::kNoFloor:
      break;
  }
  return Tone::kPlain;
}

/// `ok, floor 90%`, `below floor 65%: power-capped at 698 W`.
Cell verdict_cell(const DatasheetFinding& f) {
  std::string text(name_of(f.verdict));
  const double floor_percent = 100 * f.floor.value_or(0);
  if (f.verdict == Verdict::kOk) text += fmt::format(", floor {:.0f}%", floor_percent);
  if (f.verdict == Verdict::kBelowFloor) text += fmt::format(" {:.0f}%", floor_percent);
  if (f.verdict == Verdict::kUndecided) text += fmt::format(" at floor {:.0f}%", floor_percent);
  if (f.origin == Origin::kImported) text += ", imported";
  // The reason explains a finding that failed; otherwise it is a remark.
  const bool failed = f.verdict == Verdict::kBelowFloor || f.verdict == Verdict::kUndecided ||
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

std::vector<ColumnOf<VerdictRow>> columns(std::span<const DatasheetReport> reports) {
  const bool several = reports.size() > 1;
  Column ridge = dispensable(3, number_column("ridge_flops_per_byte", "FLOP/byte"));
  ridge.data_only = std::none_of(reports.begin(), reports.end(), has_no_datasheet);
  return {
      {visible_if(several, file_column()),
       [](const VerdictRow& r) { return Cell(r.report->file); }},
      {visible_if(several, dispensable(6, text_column("device", "device"))),
       [](const VerdictRow& r) { return Cell(r.report->device); }},
      {data_column("datasheet_title"),
       [](const VerdictRow& r) { return text_cell(r.report->datasheet); }},
      {text_column("metric", "metric"),
       [](const VerdictRow& r) { return Cell(r.finding->metric); }},
      {dispensable(3, text_column("shape", "at")),
       [](const VerdictRow& r) { return text_cell(r.finding->shape); }},
      {number_column("measured", "measured"),
       [](const VerdictRow& r) {
         const auto& m = r.finding->measured;
         return m ? Cell(format_significant(m->value) + " " + r.finding->unit, m->value) : Cell();
       }},
      {data_column("unit"), [](const VerdictRow& r) { return Cell(r.finding->unit); }},
      {data_column("measured_low"),
       [](const VerdictRow& r) { return low_cell(r.finding->measured); }},
      {data_column("measured_high"),
       [](const VerdictRow& r) { return high_cell(r.finding->measured); }},
      {dispensable(2, number_column("half_width_percent", "±")),
       [](const VerdictRow& r) { return plus_minus_cell(r.finding->measured); }},
      {dispensable(1, number_column("datasheet", "datasheet")),
       [](const VerdictRow& r) { return number_cell(value_of(r.finding->datasheet)); }},
      {number_column("percent_of_datasheet", "%"),
       [](const VerdictRow& r) { return percent_cell(share_of(*r.finding)); }},
      {dispensable(4, number_column("good_card", "good card")),
       [](const VerdictRow& r) { return number_cell(value_of(r.finding->published)); }},
      {ridge, [](const VerdictRow& r) { return number_cell(r.finding->ridge_flops_per_byte); }},
      {data_column("floor_percent"),
       [](const VerdictRow& r) { return percent_cell(r.finding->floor); }},
      {wrapping(24, text_column("verdict", "verdict")),
       [](const VerdictRow& r) { return verdict_cell(*r.finding); }},
      {data_column("reason"), [](const VerdictRow& r) { return text_cell(r.finding->reason); }},
      {data_column("case"), [](const VerdictRow& r) { return text_cell(r.finding->case_name); }},
      {data_column("datasheet_source"),
       [](const VerdictRow& r) { return source_cell(r.finding->datasheet); }},
      {data_column("good_card_source"),
       [](const VerdictRow& r) { return source_cell(r.finding->published); }},
  };
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
  Table table = make_table<VerdictRow>("datasheet", unchecked ? "measured roofline" : "datasheet",
                                       columns(reports), rows);
  for (const DatasheetReport& report : reports) {
    if (has_no_datasheet(report))
      note(table, fmt::format("no datasheet for {}: measured peaks only; FLOP/byte is the ridge "
                              "point with memory read",
                              report.device));
    for (const DatasheetFinding& f : report.findings) {
      if (f.datasheet)
        note(table, fmt::format("datasheet of {}: {}", report.datasheet, f.datasheet->source));
      if (f.published) note(table, fmt::format("good card, {}: {}", f.metric, f.published->source));
    }
  }
  return table;
}

}  // namespace gpugauge
