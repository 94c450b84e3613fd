#include "harness/render/answers/ops_table.hpp"

#include <fmt/format.h>

#include "harness/render/answers/decode_columns.hpp"

namespace gpugauge {
namespace {

struct OpRow {
  const DecodeFinding* decode;
  Engine engine;
  const EngineStep* step;
  const OpLine* line;

  double total_ns() const {
    return line->time.time_ns.value * static_cast<double>(line->step.count);
  }
};

Cell duration_cell(double ns) { return {format_duration_ns(ns), ns}; }

std::vector<ColumnOf<OpRow>> ops_columns(const DecodeGroup& group) {
  auto columns =
      place_columns<OpRow>(group, [](const OpRow& r) -> const DecodeFinding& { return *r.decode; });
  append<OpRow>(
      columns,
      {
          {text_column("engine", "engine"), [](const OpRow& r) { return Cell(name_of(r.engine)); }},
          {text_column("op", "op"), [](const OpRow& r) { return Cell(r.line->step.name); }},
          {data_column("group"), [](const OpRow& r) { return Cell(name_of(r.line->step.group)); }},
          {dispensable(3, number_column("count", "count")),
           [](const OpRow& r) { return integer_cell(r.line->step.count); }},
          {dispensable(2, number_column("time_ns", "each")),
           [](const OpRow& r) { return duration_cell(r.line->time.time_ns.value); }},
          {data_column("time_low_ns"),
           [](const OpRow& r) { return low_cell(r.line->time.time_ns); }},
          {data_column("time_high_ns"),
           [](const OpRow& r) { return high_cell(r.line->time.time_ns); }},
          {dispensable(4, number_column("half_width_percent", "±")),
           [](const OpRow& r) { return plus_minus_cell(r.line->time.time_ns); }},
          {number_column("total_ns", "in the step"),
           [](const OpRow& r) { return duration_cell(r.total_ns()); }},
          {number_column("share_percent", "%"),
           [](const OpRow& r) { return percent_cell(r.total_ns() / r.step->step_ns.value); }},
          {dispensable(1, text_column("origin", "is")),
           [](const OpRow& r) { return Cell(name_of(r.line->time.origin)); }},
          {dispensable(5, sentence_column("source", "from")),
           [](const OpRow& r) { return Cell(source_of(r.line->time)); }},
      });
  return columns;
}

}  // namespace

std::vector<Table> ops_tables(std::span<const PricedDecode> points) {
  std::vector<Table> tables;
  for (const DecodeGroup& group : groups_of(points)) {
    std::vector<OpRow> rows;
    const auto add = [&](const DecodeFinding& decode, Engine engine,
                         const std::optional<EngineStep>& step) {
      if (!step) return;
      for (const OpLine& line : step->ops) rows.push_back({&decode, engine, &*step, &line});
    };
    for (const PricedDecode* p : group) {
      add(p->decode, Engine::kLibrary, p->decode.library);
      add(p->decode, Engine::kBest, p->decode.best);
    }
    tables.push_back(make_table<OpRow>("ops", fmt::format("ops of a step, {}", subject_of(group)),
                                       ops_columns(group), rows));
    tables.back().notes = notes_of(group);
  }
  return tables;
}

}  // namespace gpugauge
