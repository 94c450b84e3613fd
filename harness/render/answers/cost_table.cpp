#include "harness/render/answers/cost_table.hpp"

#include <fmt/format.h>

#include <set>

#include "harness/render/answers/decode_columns.hpp"

namespace gpugauge {
namespace {

struct CostRow {
  const DecodeFinding* decode;
  const Cost* cost;
};

std::vector<ColumnOf<CostRow>> cost_columns(const DecodeGroup& group) {
  auto columns = place_columns<CostRow>(
      group, [](const CostRow& r) -> const DecodeFinding& { return *r.decode; });
  append<CostRow>(columns,
                  {
                      {dispensable(2, wrapping(12, text_column("provider", "provider"))),
                       [](const CostRow& r) { return text_cell(r.cost->rate.provider); }},
                      {text_column("rate_kind", "rate"),
                       [](const CostRow& r) { return Cell(name_of(r.cost->rate.kind)); }},
                      {number_column("dollars_per_gpu_hour", "$/GPU-h"),
                       [](const CostRow& r) {
                         const double dollars = r.cost->rate.dollars_per_gpu_hour;
                         return Cell(format_dollars(dollars), dollars);
                       }},
                      {number_column("library_dollars_per_million", "$/M (library)"),
                       [](const CostRow& r) { return dollars_cell(r.cost->library); }},
                      {data_column("library_low_dollars_per_million"),
                       [](const CostRow& r) { return low_cell(r.cost->library); }},
                      {data_column("library_high_dollars_per_million"),
                       [](const CostRow& r) { return high_cell(r.cost->library); }},
                      {dispensable(3, number_column("best_dollars_per_million", "$/M (best)")),
                       [](const CostRow& r) { return dollars_cell(r.cost->best); }},
                      {data_column("best_low_dollars_per_million"),
                       [](const CostRow& r) { return low_cell(r.cost->best); }},
                      {data_column("best_high_dollars_per_million"),
                       [](const CostRow& r) { return high_cell(r.cost->best); }},
                      {dispensable(4, text_column("observed_at", "price of")),
                       [](const CostRow& r) { return text_cell(r.cost->rate.observed_at); }},
                      {data_column("utilisation_percent"),
                       [](const CostRow& r) { return percent_cell(r.cost->billing.utilisation); }},
                      {data_column("num_gpus"),
                       [](const CostRow& r) { return integer_cell(r.cost->num_gpus); }},
                      {data_column("min_gpus"),
                       [](const CostRow& r) { return integer_cell(r.cost->rate.min_gpus); }},
                      {data_column("price_source"),
                       [](const CostRow& r) { return text_cell(r.cost->rate.source); }},
                  });
  return columns;
}

}  // namespace

std::vector<Table> cost_tables(std::span<const PricedDecode> points) {
  std::vector<Table> tables;
  for (const DecodeGroup& group : groups_of(points)) {
    std::vector<CostRow> rows;
    std::set<std::string> notes;
    for (const PricedDecode* p : group) {
      if (!p->decode.reason.empty()) notes.insert(p->decode.reason);
      for (const Cost& cost : p->costs) {
        rows.push_back({&p->decode, &cost});
        if (cost.rate.kind == RateKind::kUnit)
          notes.insert(
              fmt::format("no price is known for {}: these are dollars per million at "
                          "$1.00/h; pass --hourly or --prices",
                          p->decode.device));
        if (cost.rate.min_gpus > 1)
          notes.insert(
              fmt::format("{} sells at least {} GPUs", cost.rate.provider, cost.rate.min_gpus));
      }
    }
    tables.push_back(make_table<CostRow>(
        "cost",
        fmt::format("$ per million output tokens, {}{}", subject_of(group),
                    rows.empty() ? "" : at_utilisation(rows.front().cost->billing)),
        cost_columns(group), rows));
    tables.back().notes = fit_notes_of(group);
    tables.back().notes.insert(tables.back().notes.end(), notes.begin(), notes.end());
  }
  return tables;
}

}  // namespace gpugauge
