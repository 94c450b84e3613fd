#include "harness/render/answers/money_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string>

#include "harness/base/estimate.hpp"
#include "harness/base/grouping.hpp"
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

const Cost& bill_of(const MonthRow& row) { return *row.cost; }
const ServingMoney& bill_of(const PricedServingRow& row) { return *row.money; }
const PricedServing& serving_of(const PricedServingRow& row) { return *row.serving; }
const PricedServing& serving_of(ServingEnergyRow row) { return *row; }
const ServingFinding& finding_of(const PricedServingRow& row) { return row.serving->finding; }
const ServingFinding& finding_of(ServingEnergyRow row) { return row->finding; }
const Billing& billing_of(EnergyRow row) { return row->costs.front().billing; }
const Billing& billing_of(ServingEnergyRow row) { return row->money.front().billing; }

/// What was bought.
template <typename Row>
void add_rate(ColumnList<Row>& c) {
  c.add(dispensable(2, wrapping(12, text_column("provider", "provider"))),
        [](auto& r) { return text_cell(bill_of(r).rate.provider); });
  c.text(3, "rate_kind", "rate", [](auto& r) { return name_of(bill_of(r).rate.kind); });
  c.number(4, "dollars_per_gpu_hour", "$/GPU-h",
           [](auto& r) { return dollars_cell(bill_of(r).rate.dollars_per_gpu_hour); });
  c.data("num_gpus", [](auto& r) { return bill_of(r).num_gpus; });
  c.data("utilisation_percent",
         [](auto& r) { return percent_cell(bill_of(r).billing.utilisation); });
  c.data("hours_per_month", [](auto& r) { return bill_of(r).billing.hours_per_month; });
}

template <typename Row>
void add_bill(ColumnList<Row>& c) {
  c.number(3, "billed_gpus", "GPUs billed", [](auto& r) { return bill_of(r).billed_gpus; });
  c.number("dollars_per_month", "$/month",
           [](auto& r) { return dollars_cell(bill_of(r).dollars_per_month); });
}

std::string month_of(const Billing& billing) {
  return fmt::format("a month of {:g} hours{}", billing.hours_per_month, at_utilisation(billing));
}

std::optional<Estimate> electricity_of(const Energy& energy, const Billing& billing) {
  const std::optional<Estimate> kwh = energy.kwh_per_million_tokens();
  if (!kwh || !billing.dollars_per_kwh) return std::nullopt;
  return scaled(*kwh, *billing.dollars_per_kwh);
}

template <typename Row>
void add_energy(ColumnList<Row>& c) {
  c.number(3, "mean_power_w", "W", [](auto& r) { return r->energy.mean_w; });
  wrap(c.interval("energy", "j_per_token", "J/token",
                  [](auto& r) { return r->energy.joules_per_token; }),
       10);
  wrap(c.interval("energy", "kwh_per_million", "kWh/M tokens",
                  [](auto& r) { return r->energy.kwh_per_million_tokens(); }),
       10);
  wrap(c.interval(
           "electricity", "dollars_per_million", "electricity $/M",
           [](auto& r) { return electricity_of(r->energy, billing_of(r)); }, dollars_cell),
       10);
  c.number(4, "power_known_percent", "power known",
           [](auto& r) { return percent_cell(r->energy.known_share); });
}

/// Where a row of requests stands; what all rows have in common is for programs alone.
template <typename Row>
ColumnList<Row> request_columns(std::span<const PricedServing> servings) {
  const auto differs = [&](auto key) {
    return differ(servings, [&](const PricedServing& s) { return key(s.finding); });
  };
  const auto of = [](auto get) { return [=](const Row& r) { return get(finding_of(r)); }; };
  const auto model = [](const ServingFinding& f) { return f.decode.model; };
  const auto precision = [](const ServingFinding& f) { return name_of(f.request.precision); };
  const auto file = [](const ServingFinding& f) { return f.decode.file; };
  const auto card_of = [](const Row& r) { return serving_of(r).card; };
  ColumnList<Row> c;
  c.data("file", of([](auto& f) { return text_cell(f.decode.file); }));
  c.data("device", of([](auto& f) { return text_cell(f.decode.device); }));
  c.add(visible_if(differs(file), shortening(12, text_column("card", "card"))), card_of);
  c.text("model", "model", of(model)).data_only = !differs(model);
  c.text("precision", "precision", of(precision)).data_only = !differs(precision);
  c.data("kv_dtype", of([](auto& f) { return name_of(f.request.kv); }));
  c.data("input_tokens", of([](auto& f) { return f.request.input_tokens; }));
  c.data("output_tokens", of([](auto& f) { return f.request.output_tokens; }));
  c.data("batch_limit", of([](auto& f) { return name_of(f.limit); }));
  c.number("batch", "batch", of([](auto& f) { return f.point.batch; }));
  add_origins(c, [](const Row& r) {
    const ServingRate* rate = finding_of(r).rate();
    return rate != nullptr ? std::optional(rate->origins) : std::nullopt;
  });
  return c;
}

Table serving_money_table(std::span<const PricedServing> servings,
                          const std::vector<PricedServingRow>& rows) {
  auto c = request_columns<PricedServingRow>(servings);
  add_rate(c);
  const auto add = [&](const char* key, const char* header, Estimate ServingMoney::*part) {
    wrap(c.interval(
             key, "dollars_per_million", header,
             [=](const PricedServingRow& r) { return r.money->*part; }, dollars_cell),
         10);
  };
  add("output_all_time", "$/M, prefill in it", &ServingMoney::output_all_time);
  add("input_by_time", "$/M in", &ServingMoney::input_by_time);
  add("output_by_time", "$/M, decode only", &ServingMoney::output_by_time);
  Table table = c.table(
      "serving_money",
      fmt::format("$ per million tokens{}", at_utilisation(rows.front().money->billing)), rows);
  table.notes.emplace_back(
      "prefill in it: all time is charged to the output; else prefill to the input, decode to the "
      "output");
  UnmeasuredNotes notes;
  for (const PricedServing& serving : servings) {
    if (const ServingRate* rate = serving.finding.rate())
      notes.add(serving.finding.decode.file, rate->origins);
  }
  for (std::string& note : notes.lines()) table.notes.push_back(std::move(note));
  return table;
}

Table serving_month_table(std::span<const PricedServing> servings,
                          const std::vector<PricedServingRow>& rows) {
  auto c = request_columns<PricedServingRow>(servings);
  add_rate(c);
  add_bill(c);
  wrap(c.interval("output", "million_tokens_per_month", "M out/month",
                  [](auto& r) { return r.money->million_output_per_month; }),
       10);
  Table table = c.table("serving_month", month_of(rows.front().money->billing), rows);
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
  std::vector<Table> tables;
  for (const DecodeGroup& group : groups_of(points)) {
    std::vector<MonthRow> rows;
    for (const PricedDecode* p : group) {
      for (const Cost& c : p->costs) rows.push_back({&p->decode, &c});
    }
    if (rows.empty()) continue;
    auto c = place_columns<MonthRow>(group);
    add_rate(c);
    add_bill(c);
    wrap(c.interval("output", "million_tokens_per_month", "M tokens/month",
                    [](auto& r) { return r.cost->million_tokens_per_month; }),
         10);
    tables.push_back(c.table(
        "month", fmt::format("{}, {}", month_of(rows.front().cost->billing), subject_of(group)),
        rows));
    const std::set<std::string> reasons = reasons_of(group);
    tables.back().notes.assign(reasons.begin(), reasons.end());
    for (std::string& note : unmeasured_notes_of(group))
      tables.back().notes.push_back(std::move(note));
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
    auto c = place_columns<EnergyRow>(group);
    add_energy(c);
    tables.push_back(
        c.table("energy", fmt::format("energy of the card, {}", subject_of(group)), rows));
  }
  return tables;
}

std::vector<Table> serving_money_tables(std::span<const PricedServing> servings,
                                        bool for_programs) {
  std::vector<PricedServingRow> sales, months;
  std::vector<ServingEnergyRow> rows;
  for (std::size_t i = 0; i < servings.size(); ++i) {
    const PricedServing& serving = servings[i];
    const auto is_of_next = [&] {
      return i + 1 < servings.size() && !servings[i + 1].money.empty() &&
             servings[i + 1].finding.decode.file == serving.finding.decode.file;
    };
    for (const ServingMoney& money : serving.money) {
      if (for_programs || &money == &serving.money.front()) sales.push_back({&serving, &money});
      if (for_programs || !is_of_next()) months.push_back({&serving, &money});
    }
    if (!serving.money.empty() && serving.energy.joules_per_token) rows.push_back(&serving);
  }
  if (sales.empty()) return {};
  std::vector<Table> tables{serving_money_table(servings, sales),
                            serving_month_table(servings, months)};
  if (rows.empty()) return tables;
  auto c = request_columns<ServingEnergyRow>(servings);
  add_energy(c);
  tables.push_back(
      c.table("serving_energy", "energy of the card per output token, prefill included", rows));
  return tables;
}

}  // namespace gpugauge
