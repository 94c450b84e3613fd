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

void add_rate(ColumnList<CalibrationRow>& c, const std::string& key, const char* header,
              bool visible, Estimate CalibratedRate::*rate) {
  const auto get = [=](const CalibrationRow& r) { return r.point->*rate; };
  c.add(visible_if(visible, number_column(key + "_tok_per_s", header)),
        [=](auto& r) { return interval_cell(get(r)); });
  c.ends(key + "_low_tok_per_s", key + "_high_tok_per_s", get);
}

/// What is said of the cost, where there is one.
template <typename Get>
auto of_cost(Get get) {
  return
      [=](const CalibrationRow& r) { return r.cost != nullptr ? to_cell(get(*r.cost)) : Cell(); };
}

bool differ(const std::vector<CalibratedRate>& rates, std::string CalibratedRate::*member) {
  return std::any_of(rates.begin(), rates.end(),
                     [&](const CalibratedRate& r) { return r.*member != rates.front().*member; });
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
  add_rate(c, "derived", "derived tok/s", !of_prices, &CalibratedRate::raw);
  c.number("factor", "factor", [](auto& r) { return r.point->factor.value; }).dispensable = 3;
  c.ends("factor_low", "factor_high", [](auto& r) { return r.point->factor; });
  add_rate(c, "calibrated", "calibrated tok/s", true, &CalibratedRate::tokens_per_second);
  c.add(visible_if(of_prices, number_column("derived_dollars_per_million", "$/M derived")),
        of_cost([](auto& cost) { return Cell(format_dollars(cost.raw.value), cost.raw.value); }));
  c.number("calibrated_dollars_per_million", "$/M calibrated",
           of_cost([](auto& cost) { return dollars_cell(cost.calibrated); }));
  c.ends("calibrated_low_dollars_per_million", "calibrated_high_dollars_per_million",
         [](const CalibrationRow& r) {
           return r.cost != nullptr ? std::optional<Estimate>(r.cost->calibrated) : std::nullopt;
         });
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
