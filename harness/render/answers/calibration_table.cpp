#include "harness/render/answers/calibration_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/render/answers/decode_columns.hpp"
#include "harness/render/table/columns.hpp"

namespace gpugauge {
namespace {

struct CalibrationRow {
  const CalibratedRate* point;
  const CalibratedCost* cost;  ///< null where no price was asked for
};

std::vector<CalibrationRow> rows_of(const CalibrationReport& report, ShownRates shown) {
  std::vector<CalibrationRow> rows;
  for (const CalibratedRate& point : report.rates) {
    if (point.costs.empty()) rows.push_back({&point, nullptr});
    for (const CalibratedCost& cost : point.costs) {
      rows.push_back({&point, &cost});
      if (shown == ShownRates::kFirst) break;
    }
  }
  return rows;
}

template <typename Get>
std::vector<ColumnOf<CalibrationRow>> rate_columns(const std::string& key, std::string header,
                                                   bool visible, Get get) {
  return {
      {visible_if(visible, number_column(key + "_tok_per_s", std::move(header))),
       [=](const CalibrationRow& r) {
         const Estimate e = get(*r.point);
         return Cell(fmt::format("{} {}", format_significant(e.value), format_plus_minus(e)),
                     e.value);
       }},
      {data_column(key + "_low_tok_per_s"),
       [=](const CalibrationRow& r) { return low_cell(get(*r.point)); }},
      {data_column(key + "_high_tok_per_s"),
       [=](const CalibrationRow& r) { return high_cell(get(*r.point)); }},
  };
}

template <typename Get>
ColumnOf<CalibrationRow> cost_column(Column column, Get get) {
  return {std::move(column),
          [=](const CalibrationRow& r) { return r.cost != nullptr ? get(*r.cost) : Cell(); }};
}

bool differ(const std::vector<CalibratedRate>& rates, std::string CalibratedRate::*member) {
  return std::any_of(rates.begin(), rates.end(),
                     [&](const CalibratedRate& r) { return r.*member != rates.front().*member; });
}

/// Beside a table of prices people see the prices, else the rates; programs see both.
std::vector<ColumnOf<CalibrationRow>> columns_of(const std::vector<CalibratedRate>& rates,
                                                 ShownRates shown) {
  const bool of_prices = shown == ShownRates::kAll;
  std::vector<ColumnOf<CalibrationRow>> columns{
      {visible_if(differ(rates, &CalibratedRate::file), file_column()),
       [](const CalibrationRow& r) { return text_cell(r.point->file); }},
      {data_column("device"), [](const CalibrationRow& r) { return text_cell(r.point->device); }},
      {visible_if(differ(rates, &CalibratedRate::model),
                  wrapping(12, text_column("model", "model"))),
       [](const CalibrationRow& r) {
         return Cell(fmt::format("{} {}", r.point->model, name_of(r.point->precision)),
                     r.point->model);
       }},
      {data_column("precision"),
       [](const CalibrationRow& r) { return Cell(name_of(r.point->precision)); }},
      {data_column("cards"), [](const CalibrationRow& r) { return integer_cell(r.point->cards); }},
      {number_column("batch", "batch"),
       [](const CalibrationRow& r) { return integer_cell(r.point->batch); }},
      {wrapping(10, text_column("lengths", "at")),
       [](const CalibrationRow& r) { return Cell(r.point->lengths); }},
      cost_column(visible_if(of_prices, text_column("rate_kind", "rate")),
                  [](const CalibratedCost& c) {
                    return Cell(fmt::format("{} {}/h", name_of(c.rate.kind),
                                            format_dollars(c.rate.dollars_per_gpu_hour)),
                                std::string(name_of(c.rate.kind)));
                  }),
      cost_column(data_column("provider"),
                  [](const CalibratedCost& c) { return text_cell(c.rate.provider); }),
      cost_column(data_column("dollars_per_gpu_hour"),
                  [](const CalibratedCost& c) { return number_cell(c.rate.dollars_per_gpu_hour); }),
  };
  append(columns, rate_columns("derived", "derived tok/s", !of_prices,
                               [](const CalibratedRate& r) { return r.raw; }));
  append<CalibrationRow>(
      columns, {{dispensable(3, number_column("factor", "factor")),
                 [](const CalibrationRow& r) { return number_cell(r.point->factor.value); }},
                {data_column("factor_low"),
                 [](const CalibrationRow& r) { return low_cell(r.point->factor); }},
                {data_column("factor_high"),
                 [](const CalibrationRow& r) { return high_cell(r.point->factor); }}});
  append(columns, rate_columns("calibrated", "calibrated tok/s", true,
                               [](const CalibratedRate& r) { return r.tokens_per_second; }));
  append<CalibrationRow>(
      columns,
      {
          cost_column(
              visible_if(of_prices, number_column("derived_dollars_per_million", "$/M derived")),
              [](const CalibratedCost& c) {
                return Cell(format_dollars(c.raw.value), c.raw.value);
              }),
          cost_column(number_column("calibrated_dollars_per_million", "$/M calibrated"),
                      [](const CalibratedCost& c) { return dollars_cell(c.calibrated); }),
          cost_column(data_column("calibrated_low_dollars_per_million"),
                      [](const CalibratedCost& c) { return low_cell(c.calibrated); }),
          cost_column(data_column("calibrated_high_dollars_per_million"),
                      [](const CalibratedCost& c) { return high_cell(c.calibrated); }),
          {data_column("extrapolated"),
           [](const CalibrationRow& r) {
             const bool is = !r.point->extrapolated_from.empty();
             return Cell(is ? "yes" : "no", is);
           }},
          {dispensable(2, wrapping(16, text_column("extrapolated_from", "extrapolated from"))),
           [](const CalibrationRow& r) { return text_cell(r.point->extrapolated_from); }},
      });
  return columns;
}

}  // namespace

std::vector<Table> calibration_tables(const CalibrationReport& report, ShownRates shown) {
  if (report.rates.empty() && report.warnings.empty()) return {};
  Table table =
      make_table<CalibrationRow>("calibrated", "calibrated by what an engine was measured to do",
                                 columns_of(report.rates, shown), rows_of(report, shown));
  table.notes = report.warnings;
  return {std::move(table)};
}

}  // namespace gpugauge
