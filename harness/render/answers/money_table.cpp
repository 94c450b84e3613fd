#include "harness/render/answers/money_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <utility>

#include "harness/base/estimate.hpp"
#include "harness/render/answers/decode_columns.hpp"

namespace gpugauge {
namespace {

struct MonthRow {
  const DecodeFinding* decode;
  const Cost* cost;
};

using EnergyRow = const PricedDecode*;
using ServingEnergyRow = const PricedServing*;

struct PricedServingRow {
  const PricedServing* serving;
  const ServingMoney* money;
};

/// `312.4 ±8.1%`.
Cell dollars_cell(double dollars) { return {format_dollars(dollars), dollars}; }
using gpugauge::dollars_cell;

/// An estimate as three columns: for people with its interval, for programs value, low and high.
template <typename Row, typename Get>
std::vector<ColumnOf<Row>> estimate_columns(const std::string& key, const std::string& unit,
                                            std::string header, Get get,
                                            Cell (*cell)(const std::optional<Estimate>&)) {
  return {
      {wrapping(10, number_column(key + "_" + unit, std::move(header))),
       [=](const Row& r) { return cell(get(r)); }},
      {data_column(key + "_low_" + unit), [=](const Row& r) { return low_cell(get(r)); }},
      {data_column(key + "_high_" + unit), [=](const Row& r) { return high_cell(get(r)); }},
  };
}

/// What was bought: `of` leads from a row to what has a rate, billed GPUs and a billing.
template <typename Row, typename Of>
std::vector<ColumnOf<Row>> rate_columns(Of of) {
  return {
      {dispensable(2, wrapping(12, text_column("provider", "provider"))),
       [=](const Row& r) { return text_cell(of(r).rate.provider); }},
      {text_column("rate_kind", "rate"),
       [=](const Row& r) { return Cell(name_of(of(r).rate.kind)); }},
      {dispensable(4, number_column("dollars_per_gpu_hour", "$/GPU-h")),
       [=](const Row& r) { return dollars_cell(of(r).rate.dollars_per_gpu_hour); }},
      {data_column("num_gpus"), [=](const Row& r) { return integer_cell(of(r).num_gpus); }},
      {data_column("utilisation_percent"),
       [=](const Row& r) { return percent_cell(of(r).billing.utilisation); }},
      {data_column("hours_per_month"),
       [=](const Row& r) { return number_cell(of(r).billing.hours_per_month); }},
  };
}

template <typename Row, typename Of>
std::vector<ColumnOf<Row>> bill_columns(Of of) {
  return {
      {dispensable(3, number_column("billed_gpus", "GPUs billed")),
       [=](const Row& r) { return integer_cell(of(r).billed_gpus); }},
      {number_column("dollars_per_month", "$/month"),
       [=](const Row& r) { return dollars_cell(of(r).dollars_per_month); }},
  };
}

std::string month_of(const Billing& billing) {
  return fmt::format("a month of {:g} hours{}", billing.hours_per_month, at_utilisation(billing));
}

std::optional<Estimate> electricity_of(const Energy& energy, const Billing& billing) {
  const std::optional<Estimate> kwh = energy.kwh_per_million_tokens();
  if (!kwh || !billing.dollars_per_kwh) return std::nullopt;
  return scaled(*kwh, *billing.dollars_per_kwh);
}

/// `energy` and `billing` lead from a row to them.
template <typename Row, typename GetEnergy, typename GetBilling>
std::vector<ColumnOf<Row>> energy_columns(GetEnergy energy, GetBilling billing) {
  std::vector<ColumnOf<Row>> columns{{dispensable(3, number_column("mean_power_w", "W")),
                                      [=](const Row& r) { return number_cell(energy(r).mean_w); }}};
  append(columns, estimate_columns<Row>(
                      "energy", "j_per_token", "J/token",
                      [=](const Row& r) { return energy(r).joules_per_token; }, interval_cell));
  append(columns,
         estimate_columns<Row>(
             "energy", "kwh_per_million", "kWh/M tokens",
             [=](const Row& r) { return energy(r).kwh_per_million_tokens(); }, interval_cell));
  append(columns,
         estimate_columns<Row>(
             "electricity", "dollars_per_million", "electricity $/M",
             [=](const Row& r) { return electricity_of(energy(r), billing(r)); }, dollars_cell));
  columns.push_back({dispensable(4, number_column("power_known_percent", "power known")),
                     [=](const Row& r) { return percent_cell(energy(r).known_share); }});
  return columns;
}

/// Where a row of requests stands; what all rows have in common is for programs alone.
template <typename Row, typename Of>
std::vector<ColumnOf<Row>> request_columns(std::span<const PricedServing> servings, Of of) {
  const auto differs = [&](auto key) {
    return std::any_of(servings.begin(), servings.end(), [&](const PricedServing& s) {
      return key(s.finding) != key(servings.front().finding);
    });
  };
  const bool files = differs([](const ServingFinding& f) { return f.decode.file; });
  const bool models = differs([](const ServingFinding& f) { return f.decode.model; });
  const bool precisions = differs([](const ServingFinding& f) { return f.request.precision; });
  return {
      {data_column("file"), [=](const Row& r) { return text_cell(of(r).decode.file); }},
      {visible_if(files, wrapping(12, text_column("device", "device"))),
       [=](const Row& r) { return text_cell(of(r).decode.device); }},
      {visible_if(models, text_column("model", "model")),
       [=](const Row& r) { return Cell(of(r).decode.model); }},
      {visible_if(precisions, text_column("precision", "precision")),
       [=](const Row& r) { return Cell(name_of(of(r).request.precision)); }},
      {data_column("kv_dtype"), [=](const Row& r) { return Cell(name_of(of(r).request.kv)); }},
      {data_column("input_tokens"),
       [=](const Row& r) { return integer_cell(of(r).request.input_tokens); }},
      {data_column("output_tokens"),
       [=](const Row& r) { return integer_cell(of(r).request.output_tokens); }},
      {data_column("batch_limit"), [=](const Row& r) { return Cell(name_of(of(r).limit)); }},
      {number_column("batch", "batch"),
       [=](const Row& r) { return integer_cell(of(r).point.batch); }},
  };
}

const ServingMoney& money_in(const PricedServingRow& row) { return *row.money; }

/// Device, batch and rate of a row with a price.
std::vector<ColumnOf<PricedServingRow>> sale_columns(std::span<const PricedServing> servings) {
  auto columns = request_columns<PricedServingRow>(
      servings,
      [](const PricedServingRow& r) -> const ServingFinding& { return r.serving->finding; });
  append(columns, rate_columns<PricedServingRow>(money_in));
  return columns;
}

std::vector<ColumnOf<PricedServingRow>> part_columns(const std::string& key,
                                                     const std::string& unit, std::string header,
                                                     Estimate ServingMoney::*part,
                                                     Cell (*cell)(const std::optional<Estimate>&)) {
  return estimate_columns<PricedServingRow>(
      key, unit, std::move(header),
      [=](const PricedServingRow& r) { return std::optional((*r.money).*part); }, cell);
}

Table serving_money_table(std::span<const PricedServing> servings,
                          const std::vector<PricedServingRow>& rows) {
  auto columns = sale_columns(servings);
  const auto add = [&](const std::string& key, std::string header, Estimate ServingMoney::*part) {
    append(columns,
           part_columns(key, "dollars_per_million", std::move(header), part, dollars_cell));
  };
  add("output_all_time", "$/M out, all", &ServingMoney::output_all_time);
  add("input_by_time", "$/M in", &ServingMoney::input_by_time);
  add("output_by_time", "$/M out", &ServingMoney::output_by_time);
  Table table = make_table<PricedServingRow>(
      "serving_money",
      fmt::format("$ per million tokens{}", at_utilisation(rows.front().money->billing)), columns,
      rows);
  table.notes.emplace_back(
      "all: all time is charged to the output; otherwise prefill to the input, decode to the "
      "output");
  return table;
}

Table serving_month_table(std::span<const PricedServing> servings,
                          const std::vector<PricedServingRow>& rows) {
  auto columns = sale_columns(servings);
  append(columns, bill_columns<PricedServingRow>(money_in));
  append(columns, part_columns("output", "million_tokens_per_month", "M out/month",
                               &ServingMoney::million_output_per_month, interval_cell));
  Table table = make_table<PricedServingRow>("serving_month", month_of(rows.front().money->billing),
                                             columns, rows);
  std::set<std::string> notes;
  for (const PricedServingRow& r : rows) {
    if (!r.serving->energy.joules_per_token)
      notes.insert(
          fmt::format("{}: {}", r.serving->finding.decode.device, r.serving->energy.reason));
  }
  table.notes.assign(notes.begin(), notes.end());
  return table;
}

/// Why some rows have no energy, each reason once.
std::set<std::string> reasons_of(const DecodeGroup& group) {
  std::set<std::string> reasons;
  for (const PricedDecode* p : group) {
    if (!p->costs.empty() && !p->energy.joules_per_token)
      reasons.insert(fmt::format("{}: {}", p->decode.device, p->energy.reason));
  }
  return reasons;
}

}  // namespace

std::vector<Table> month_tables(std::span<const PricedDecode> points) {
  const auto cost = [](const MonthRow& r) -> const Cost& { return *r.cost; };
  std::vector<Table> tables;
  for (const DecodeGroup& group : groups_of(points)) {
    std::vector<MonthRow> rows;
    for (const PricedDecode* p : group) {
      for (const Cost& c : p->costs) rows.push_back({&p->decode, &c});
    }
    if (rows.empty()) continue;
    auto columns = place_columns<MonthRow>(
        group, [](const MonthRow& r) -> const DecodeFinding& { return *r.decode; });
    append(columns, rate_columns<MonthRow>(cost));
    append(columns, bill_columns<MonthRow>(cost));
    append(columns,
           estimate_columns<MonthRow>(
               "output", "million_tokens_per_month", "M tokens/month",
               [](const MonthRow& r) { return std::optional(r.cost->million_tokens_per_month); },
               interval_cell));
    tables.push_back(make_table<MonthRow>(
        "month", fmt::format("{}, {}", month_of(rows.front().cost->billing), subject_of(group)),
        columns, rows));
    const std::set<std::string> reasons = reasons_of(group);
    tables.back().notes.assign(reasons.begin(), reasons.end());
  }
  return tables;
}

std::vector<Table> energy_tables(std::span<const PricedDecode> points) {
  std::vector<Table> tables;
  for (const DecodeGroup& group : groups_of(points)) {
    std::vector<EnergyRow> rows;
    std::copy_if(group.begin(), group.end(), std::back_inserter(rows),
                 [](EnergyRow r) { return r->energy.joules_per_token.has_value(); });
    if (rows.empty()) continue;
    auto columns = place_columns<EnergyRow>(
        group, [](const EnergyRow& r) -> const DecodeFinding& { return r->decode; });
    append(columns, energy_columns<EnergyRow>(
                        [](EnergyRow r) -> const Energy& { return r->energy; },
                        [](EnergyRow r) -> const Billing& { return r->costs.front().billing; }));
    tables.push_back(make_table<EnergyRow>(
        "energy", fmt::format("energy of the card, {}", subject_of(group)), columns, rows));
  }
  return tables;
}

std::vector<Table> serving_money_tables(std::span<const PricedServing> servings) {
  std::vector<PricedServingRow> sales;
  std::vector<ServingEnergyRow> rows;
  for (const PricedServing& serving : servings) {
    for (const ServingMoney& money : serving.money) sales.push_back({&serving, &money});
    if (!serving.money.empty() && serving.energy.joules_per_token) rows.push_back(&serving);
  }
  if (sales.empty()) return {};
  std::vector<Table> tables{serving_money_table(servings, sales),
                            serving_month_table(servings, sales)};
  if (rows.empty()) return tables;
  auto columns = request_columns<ServingEnergyRow>(
      servings, [](ServingEnergyRow r) -> const ServingFinding& { return r->finding; });
  append(columns,
         energy_columns<ServingEnergyRow>(
             [](ServingEnergyRow r) -> const Energy& { return r->energy; },
             [](ServingEnergyRow r) -> const Billing& { return r->money.front().billing; }));
  tables.push_back(make_table<ServingEnergyRow>(
      "serving_energy", "energy of the card per output token, prefill included", columns, rows));
  return tables;
}

}  // namespace gpugauge
