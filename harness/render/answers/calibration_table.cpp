#include "harness/render/answers/calibration_table.hpp"

#include <fmt/format.h>

#include "harness/base/grouping.hpp"
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

/// What is said of the cost, where there is one.
template <typename Get>
auto of_cost(Get get) {
  return
      [=](const CalibrationRow& r) { return r.cost != nullptr ? to_cell(get(*r.cost)) : Cell(); };
}

/// Beside a table of prices people see the prices, else the rates; programs see both.
ColumnList<CalibrationRow> columns_of(const std::vector<CalibratedRate>& rates, ShownRates shown) {
  const bool of_prices = shown == ShownRates::kAll;
  ColumnList<CalibrationRow> c;
  c.add(visible_if(differ(rates, &CalibratedRate::file), file_column()),
        [](auto& r) { return text_cell(r.point->file); });
  c.data("device", [](auto& r) { return text_cell(r.point->device); });
  c.add(visible_if(differ(rates, &CalibratedRate::model),
                   wrapping(12, text_column("model", "model"))),
        [](auto& r) {
          return Cell(fmt::format("{} {}", r.point->model, name_of(r.point->precision)),
                      r.point->model);
        });
  c.data("precision", [](auto& r) { return name_of(r.point->precision); });
  c.data("cards", [](auto& r) { return r.point->cards; });
  c.number("batch", "batch", [](auto& r) { return r.point->batch; });
  c.add(wrapping(10, text_column("lengths", "at")), [](auto& r) { return r.point->lengths; });
  c.add(visible_if(of_prices, text_column("rate_kind", "rate")), of_cost([](auto& cost) {
          return Cell(fmt::format("{} {}/h", name_of(cost.rate.kind),
                                  format_dollars(cost.rate.dollars_per_gpu_hour)),
                      std::string(name_of(cost.rate.kind)));
        }));
  c.data("provider", of_cost([](auto& cost) { return text_cell(cost.rate.provider); }));
  c.data("dollars_per_gpu_hour",
         of_cost([](auto& cost) { return cost.rate.dollars_per_gpu_hour; }));
  c.interval("derived", "tok_per_s", "derived tok/s", [](auto& r) {
     return r.point->raw;
   }).data_only = of_prices;
  c.number(3, "factor", "factor", [](auto& r) { return r.point->factor.value; });
  c.ends("factor_low", "factor_high", [](auto& r) { return r.point->factor; });
  c.interval("calibrated", "tok_per_s", "calibrated tok/s",
             [](auto& r) { return r.point->tokens_per_second; });
  c.number("derived_dollars_per_million", "$/M derived",
           of_cost([](auto& cost) { return dollars_cell(cost.raw.value); }))
      .data_only = !of_prices;
  c.interval(
      "calibrated", "dollars_per_million", "$/M calibrated",
      [](auto& r) {
        return r.cost != nullptr ? std::optional<Estimate>(r.cost->calibrated) : std::nullopt;
      },
      dollars_cell);
  c.data("extrapolated", [](auto& r) { return yes_no_cell(!r.point->extrapolated_from.empty()); });
  c.add(dispensable(2, wrapping(16, text_column("extrapolated_from", "extrapolated from"))),
        [](auto& r) { return text_cell(r.point->extrapolated_from); });
  return c;
}

}  // namespace

std::vector<Table> calibration_tables(const CalibrationReport& report, ShownRates shown) {
  if (report.rates.empty() && report.warnings.empty()) return {};
  Table table = columns_of(report.rates, shown)
                    .table("calibrated", "calibrated by a measured engine", rows_of(report, shown));
  table.notes = report.warnings;
  return {std::move(table)};
}

}  // namespace gpugauge
