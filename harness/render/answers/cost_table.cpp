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

ColumnList<CostRow> cost_columns(const DecodeGroup& group) {
  const auto add_dollars = [](ColumnList<CostRow>& c, const char* engine,
                              std::optional<Estimate> Cost::*dollars) -> Column& {
    return c.interval(
        engine, "dollars_per_million", fmt::format("$/M ({})", engine),
        [=](const CostRow& r) { return r.cost->*dollars; }, dollars_cell);
  };
  auto c = place_columns<CostRow>(group);
  c.add(dispensable(2, wrapping(12, text_column("provider", "provider"))),
        [](auto& r) { return text_cell(r.cost->rate.provider); });
  c.text("rate_kind", "rate", [](auto& r) { return name_of(r.cost->rate.kind); });
  c.number("dollars_per_gpu_hour", "$/GPU-h",
           [](auto& r) { return dollars_cell(r.cost->rate.dollars_per_gpu_hour); });
  add_dollars(c, "library", &Cost::library);
  add_dollars(c, "best", &Cost::best).dispensable = 3;
  c.add(dispensable(5, wrapping(30, text_column("step_time_is", "step time is"))), [](auto& r) {
    const auto origins = origins_of(*r.decode);
    return origins ? origins_cell(*origins) : Cell();
  });
  c.text(4, "observed_at", "price of", [](auto& r) { return text_cell(r.cost->rate.observed_at); });
  c.data("utilisation_percent", [](auto& r) { return percent_cell(r.cost->billing.utilisation); });
  c.data("num_gpus", [](auto& r) { return r.cost->num_gpus; });
  c.data("min_gpus", [](auto& r) { return r.cost->rate.min_gpus; });
  c.data("price_source", [](auto& r) { return text_cell(r.cost->rate.source); });
  return c;
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
        if (cost.rate.min_gpus > 1)
          notes.insert(
              fmt::format("{} sells at least {} GPUs", cost.rate.provider, cost.rate.min_gpus));
      }
    }
    tables.push_back(cost_columns(group).table(
        "cost",
        fmt::format("$ per million output tokens, {}{}", subject_of(group),
                    rows.empty() ? "" : at_utilisation(rows.front().cost->billing)),
        rows));
    tables.back().notes = fit_notes_of(group);
    for (std::string& note : unmeasured_notes_of(group))
      tables.back().notes.push_back(std::move(note));
    tables.back().notes.insert(tables.back().notes.end(), notes.begin(), notes.end());
    add_unpriced_notes(group, tables.back().notes);
  }
  return tables;
}

}  // namespace gpugauge
