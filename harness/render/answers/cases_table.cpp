#include "harness/render/answers/cases_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/analyze/rates/efficiency.hpp"
#include "harness/analyze/step/regret.hpp"
#include "harness/base/estimate.hpp"
#include "harness/render/answers/summary.hpp"
#include "harness/render/table/columns.hpp"
#include "kernels/ops/op.hpp"

namespace gpugauge {
namespace {

struct CaseRow {
  const Record* record;
  const Measurement* measurement;
  std::optional<double> share_of_roof;
  std::optional<double> regret;
  std::optional<double> imported_ns;  ///< what others measured on such a card
};

struct MissingRow {
  const Record* record;
  const NotMeasured* missing;
};

template <typename Row>
ColumnList<Row> file_columns(bool several) {
  ColumnList<Row> c;
  c.source(
      several, [](auto& r) { return r.record->path.string(); },
      [](auto& r) { return r.record->device.name; });
  return c;
}

std::optional<double> tflops_of(const Measurement& m) {
  const bool says_something = m.work.flops > 0 && !has_few_flops(m.c.op);
  return says_something ? std::optional(m.tflops()) : std::nullopt;
}

std::optional<double> gbps_of(const Measurement& m) {
  return m.work.bytes > 0 ? std::optional(m.gbps()) : std::nullopt;
}

/// In the unit of what bounds the case.
Cell rate_cell(const Measurement& m) {
  const CaseRate rate = rate_of(m.c.op, m.time_ns.value);
  return {fmt::format("{} {}", format_significant(rate.value), name_of(rate.unit)), rate.value};
}

/// How many times as fast as they were.
Cell speed_cell(const CaseRow& r) {
  if (!r.imported_ns) return {};
  const double speed = *r.imported_ns / r.measurement->time_ns.value;
  return {fmt::format("{:.2f}x", speed), speed};
}

Cell flags_cell(const Measurement& m) {
  std::vector<std::string> names;
  for (const Flag flag : m.flags) names.push_back(words_of(flag));
  return text_cell(fmt::format("{}", fmt::join(names, ", ")));
}

/// Which columns a person needs to see.
struct Wanted {
  bool file = false, repetition = false, regret = false;
  bool imported = false;
};

ColumnList<CaseRow> case_columns(const Wanted& wanted) {
  auto c = file_columns<CaseRow>(wanted.file);
  const auto of = [](auto get) { return [=](const CaseRow& r) { return get(*r.measurement); }; };
  const auto time = of([](auto& m) { return m.time_ns; });
  c.add(case_column(), of([](auto& m) { return m.name; }));
  c.number(2, "repetition", "rep", of([](auto& m) { return m.repetition; })).data_only =
      !wanted.repetition;
  c.number(1, "time_ns", "median", of([](auto& m) { return duration_cell(m.time_ns.value); }));
  c.ends("time_low_ns", "time_high_ns", time);
  c.number(4, "half_width_percent", "±", [=](auto& r) {
    const bool has_samples = r.measurement->origin != Origin::kImported;
    return has_samples ? plus_minus_cell(time(r)) : Cell();
  });
  c.data("origin", of([](auto& m) { return name_of(m.origin); }));
  c.data("gbps", of(gbps_of));
  c.data("tflops", of(tflops_of));
  c.number("rate", "rate", of(rate_cell));
  c.data("rate_unit", of([](auto& m) { return name_of(rate_of(m.c.op, m.time_ns.value).unit); }));
  c.number(2, "percent_of_roof", "% of roof",
           [](auto& r) { return percent_cell(r.share_of_roof); });
  c.number(4, "heuristic_regret_percent", "regret", [](auto& r) {
     return percent_cell(r.regret);
   }).data_only = !wanted.regret;
  c.number(3, "imported_time_ns", "imported", [](auto& r) {
     return duration_cell(r.imported_ns);
   }).data_only = !wanted.imported;
  c.number(3, "speed_over_imported", "speed", speed_cell).data_only = !wanted.imported;
  c.number(5, "clock_mhz", "MHz", of([](auto& m) { return m.clock_mhz; }));
  c.data("mean_power_w", of([](auto& m) { return m.mean_power_w; }));
  c.data("temperature_max_c", of([](auto& m) { return m.temperature_max_c; }));
  c.data("samples", of([](auto& m) { return m.sample_count; }));
  c.data("verified", of([](auto& m) { return Cell("", m.verification.passed); }));
  c.data("max_error", of([](auto& m) { return m.verification.max_error; }));
  c.data("details", of([](auto& m) { return text_cell(m.details); }));
  c.add(wrapping(12, text_column("flags", "flags")), of(flags_cell));
  return c;
}

std::optional<double> imported_ns(const RecordToShow& shown, const Measurement& m) {
  if (shown.peer == nullptr) return std::nullopt;
  const auto found = shown.peer->time_ns_of.find(m.name);
  return found == shown.peer->time_ns_of.end() ? std::nullopt : std::optional(found->second);
}

ColumnList<MissingRow> missing_columns(bool several) {
  auto c = file_columns<MissingRow>(several);
  c.add(case_column(), [](auto& r) { return r.missing->name; });
  c.text("status", "status", [](auto& r) { return name_of(r.missing->status); });
  c.add(sentence_column("reason", "reason"), [](auto& r) { return text_cell(r.missing->reason); });
  return c;
}

}  // namespace

std::vector<Table> cases_tables(std::span<const RecordToShow> records) {
  std::vector<CaseRow> cases;
  Wanted wanted;
  wanted.file = records.size() > 1;
  for (const RecordToShow& shown : records) {
    const RoofRates rates = roof_rates(*shown.record, shown.datasheet);
    const HeuristicRegret regret(*shown.record);
    for (const Measurement& m : shown.record->measurements) {
      cases.push_back(
          {shown.record, &m, share_of_roof(m, rates), regret.of(m), imported_ns(shown, m)});
      wanted.repetition = wanted.repetition || m.repetition > 0;
      wanted.regret = wanted.regret || cases.back().regret.has_value();
      wanted.imported = wanted.imported || cases.back().imported_ns.has_value();
    }
  }
  std::vector<Table> tables{case_columns(wanted).table("cases", "cases", cases)};
  if (wanted.regret) {
    tables.front().notes.emplace_back(
        "regret: time of the library's first choice over the best that its search found, minus 1");
  }
  if (std::any_of(cases.begin(), cases.end(),
                  [](const CaseRow& row) { return row.measurement->origin == Origin::kImported; }))
    tables.front().notes.emplace_back(
        "no ±: imported, measured by another tool, without samples and not verified here");
  for (const RecordToShow& shown : records) {
    if (shown.peer == nullptr) continue;
    const std::vector<PeerFamily>& families = shown.peer->families;
    const bool they_quantize =
        std::any_of(families.begin(), families.end(),
                    [](const PeerFamily& family) { return family.they_quantize; });
    tables.front().notes.push_back(fmt::format(
        "{}imported: what {} does by {}, not measured here; speed: that time over this one{}",
        wanted.file ? shown.record->path.string() + ", " : "", shown.peer->card, shown.peer->source,
        they_quantize ? "; their FP8 GEMMs contain the quantisation of the input" : ""));
  }
  Table missing = not_measured_table(records);
  if (!missing.rows.empty()) tables.push_back(std::move(missing));
  return tables;
}

Table not_measured_table(std::span<const RecordToShow> records) {
  std::vector<MissingRow> missing;
  for (const RecordToShow& shown : records) {
    for (const NotMeasured& n : shown.record->not_measured) missing.push_back({shown.record, &n});
  }
  return missing_columns(records.size() > 1).table("not_measured", "not measured", missing);
}

}  // namespace gpugauge
