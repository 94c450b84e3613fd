#include "harness/render/answers/cases_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

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
  std::optional<double> share_of_floor;
  std::optional<double> regret;
};

struct MissingRow {
  const Record* record;
  const NotMeasured* missing;
};

template <typename Row>
std::vector<ColumnOf<Row>> file_columns(bool several) {
  return {
      {visible_if(several, file_column()),
       [](const Row& r) { return text_cell(r.record->path.string()); }},
      {visible_if(several, dispensable(6, text_column("device", "device"))),
       [](const Row& r) { return text_cell(r.record->device.name); }},
  };
}

std::optional<double> tflops_of(const Measurement& m) {
  const bool says_something = m.work.flops > 0 && !has_few_flops(m.c.op);
  return says_something ? std::optional(m.tflops()) : std::nullopt;
}

std::optional<double> gbps_of(const Measurement& m) {
  return m.work.bytes > 0 ? std::optional(m.gbps()) : std::nullopt;
}

/// Tokens per second, or nanoseconds each; the other rates have columns of their own.
std::optional<CaseRate> own_rate(const Measurement& m) {
  const CaseRate rate = rate_of(m.c.op, m.time_ns.value);
  const bool has_column = rate.unit == RateUnit::kGbps || rate.unit == RateUnit::kTflops;
  return has_column ? std::nullopt : std::optional(rate);
}

Cell rate_cell(const Measurement& m) {
  const auto rate = own_rate(m);
  if (!rate) return {};
  return Cell(fmt::format("{} {}", format_significant(rate->value), name_of(rate->unit)),
              rate->value);
}

Cell flags_cell(const Measurement& m) {
  std::vector<std::string> names;
  for (const Flag flag : m.flags) names.push_back(words_of(flag));
  return text_cell(fmt::format("{}", fmt::join(names, ", ")));
}

/// Which columns a person needs to see.
struct Wanted {
  bool file = false, repetition = false, own_rate = false, regret = false;
};

std::vector<ColumnOf<CaseRow>> case_columns(const Wanted& wanted) {
  std::vector<ColumnOf<CaseRow>> columns = file_columns<CaseRow>(wanted.file);
  append<CaseRow>(
      columns,
      {
          {case_column(), [](const CaseRow& r) { return Cell(r.measurement->name); }},
          {visible_if(wanted.repetition, dispensable(1, number_column("repetition", "rep"))),
           [](const CaseRow& r) { return integer_cell(r.measurement->repetition); }},
          {number_column("time_ns", "median"),
           [](const CaseRow& r) {
             const double ns = r.measurement->time_ns.value;
             return Cell(format_duration_ns(ns), ns);
           }},
          {data_column("time_low_ns"),
           [](const CaseRow& r) { return low_cell(r.measurement->time_ns); }},
          {data_column("time_high_ns"),
           [](const CaseRow& r) { return high_cell(r.measurement->time_ns); }},
          {dispensable(2, number_column("half_width_percent", "±")),
           [](const CaseRow& r) { return plus_minus_cell(r.measurement->time_ns); }},
          {dispensable(3, number_column("gbps", "GB/s")),
           [](const CaseRow& r) { return number_cell(gbps_of(*r.measurement)); }},
          {dispensable(3, number_column("tflops", "TFLOPS")),
           [](const CaseRow& r) { return number_cell(tflops_of(*r.measurement)); }},
          {visible_if(wanted.own_rate, dispensable(2, number_column("rate", "rate"))),
           [](const CaseRow& r) { return rate_cell(*r.measurement); }},
          {dispensable(1, number_column("percent_of_floor", "% of floor")),
           [](const CaseRow& r) { return percent_cell(r.share_of_floor); }},
          {visible_if(wanted.regret,
                      dispensable(4, number_column("heuristic_regret_percent", "regret"))),
           [](const CaseRow& r) { return percent_cell(r.regret); }},
          {dispensable(5, number_column("clock_mhz", "MHz")),
           [](const CaseRow& r) { return number_cell(r.measurement->clock_mhz); }},
          {data_column("mean_power_w"),
           [](const CaseRow& r) { return number_cell(r.measurement->mean_power_w); }},
          {data_column("temperature_max_c"),
           [](const CaseRow& r) { return number_cell(r.measurement->temperature_max_c); }},
          {data_column("samples"),
           [](const CaseRow& r) { return integer_cell(r.measurement->sample_count); }},
          {data_column("verified"),
           [](const CaseRow& r) { return Cell("", r.measurement->verification.passed); }},
          {data_column("max_error"),
           [](const CaseRow& r) { return number_cell(r.measurement->verification.max_error); }},
          {data_column("details"),
           [](const CaseRow& r) { return text_cell(r.measurement->details); }},
          {dispensable(4, wrapping(12, text_column("flags", "flags"))),
           [](const CaseRow& r) { return flags_cell(*r.measurement); }},
      });
  return columns;
}

std::vector<ColumnOf<MissingRow>> missing_columns(bool several) {
  std::vector<ColumnOf<MissingRow>> columns = file_columns<MissingRow>(several);
  append<MissingRow>(columns,
                     {
                         {case_column(), [](const MissingRow& r) { return Cell(r.missing->name); }},
                         {text_column("status", "status"),
                          [](const MissingRow& r) { return Cell(name_of(r.missing->status)); }},
                         {sentence_column("reason", "reason"),
                          [](const MissingRow& r) { return text_cell(r.missing->reason); }},
                     });
  return columns;
}

}  // namespace

std::vector<Table> cases_tables(std::span<const RecordToShow> records) {
  std::vector<CaseRow> cases;
  Wanted wanted;
  wanted.file = records.size() > 1;
  for (const RecordToShow& shown : records) {
    const FloorRates rates = floor_rates(*shown.record, shown.datasheet);
    const HeuristicRegret regret(*shown.record);
    for (const Measurement& m : shown.record->measurements) {
      cases.push_back({shown.record, &m, share_of_floor(m, rates), regret.of(m)});
      wanted.repetition = wanted.repetition || m.repetition > 0;
      wanted.own_rate = wanted.own_rate || own_rate(m).has_value();
      wanted.regret = wanted.regret || cases.back().regret.has_value();
    }
  }
  std::vector<Table> tables{make_table<CaseRow>("cases", "cases", case_columns(wanted), cases)};
  if (wanted.regret) {
    tables.front().notes.emplace_back(
        "regret: time of the library's first choice over the best that its search found, minus 1");
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
  return make_table<MissingRow>("not_measured", "not measured", missing_columns(records.size() > 1),
                                missing);
}

}  // namespace gpugauge
