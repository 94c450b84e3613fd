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

ColumnList<OpRow> ops_columns(const DecodeGroup& group) {
  const auto time = [](const OpRow& r) { return r.line->time.time_ns; };
  auto c = place_columns<OpRow>(group);
  c.text("engine", "engine", [](auto& r) { return name_of(r.engine); });
  c.text("op", "op", [](auto& r) { return r.line->step.name; });
  c.data("group", [](auto& r) { return name_of(r.line->step.group); });
  c.number(3, "count", "count", [](auto& r) { return r.line->step.count; });
  c.number(2, "time_ns", "each", [=](auto& r) { return duration_cell(time(r).value); });
  c.ends("time_low_ns", "time_high_ns", time);
  c.number(4, "half_width_percent", "±", [=](auto& r) { return plus_minus_cell(time(r)); });
  c.number("total_ns", "in the step", [](auto& r) { return duration_cell(r.total_ns()); });
  c.number("share_percent", "%",
           [](auto& r) { return percent_cell(r.total_ns() / r.step->step_ns.value); });
  c.text(1, "origin", "is", [](auto& r) { return origin_cell(r.line->time.origin); });
  c.add(dispensable(5, sentence_column("source", "from")),
        [](auto& r) { return source_of(r.line->time); });
  return c;
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
    tables.push_back(
        ops_columns(group).table("ops", fmt::format("ops of a step, {}", subject_of(group)), rows));
    tables.back().notes = notes_of(group);
  }
  return tables;
}

}  // namespace gpugauge
