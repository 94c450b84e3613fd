#include <fmt/format.h>

#include "harness/render/answers/decode_columns.hpp"
#include "harness/render/answers/origins.hpp"
#include "harness/render/report/report_data.hpp"

namespace gpugauge {
namespace {

struct StepRow {
  const DecodeFinding* decode;
  Engine engine;
  const EngineStep* sum;    ///< of the ops
  const EngineStep* graph;  ///< the whole step measured; may be null
};

const EngineStep* pointer_to(const std::optional<EngineStep>& step) {
  return step ? &*step : nullptr;
}

ColumnList<StepRow> step_columns(const DecodeGroup& group) {
  auto c = place_columns<StepRow>(group);
  c.text("engine", "engine", [](auto& r) { return name_of(r.engine); });
  for (const OpGroup part : all_of<OpGroup>) {
    const std::string name(name_of(part));
    c.number(name + "_ns", name,
             [=](auto& r) { return duration_cell(r.sum->step_ns.value * r.sum->share_of(part)); });
    c.data(name + "_percent", [=](auto& r) { return percent_cell(r.sum->share_of(part)); });
  }
  c.number("step_ns", "sum", [](auto& r) { return duration_cell(r.sum->step_ns.value); });
  c.number("half_width_percent", "±", [](auto& r) { return plus_minus_cell(r.sum->step_ns); });
  c.number("graph_ns", "one graph", [](auto& r) {
    return r.graph != nullptr ? duration_cell(r.graph->step_ns.value) : Cell();
  });
  c.number("gaps_ns", "gaps", [](auto& r) {
    return r.graph != nullptr ? duration_cell(r.graph->step_ns.value - r.sum->step_ns.value)
                              : Cell();
  });
  c.text("step_time_is", "the sum is", [](auto& r) { return origins_cell(r.sum->origins()); });
  return c;
}

std::string name_at(const Rate& rate, const std::string& device) {
  return fmt::format("{} at {}/h", device, format_dollars(rate.dollars_per_gpu_hour));
}

/// The cheaper one before the first crossing, or everywhere; nothing where nothing is known of
/// both.
std::string cheaper_first(const DecodeBreakEven& e) {
  const Cheaper undecided = Cheaper::kUndecided;
  Cheaper first = undecided;
  if (!e.curve.crossings.empty()) {
    first = e.curve.crossings.front().before;
  } else {
    for (const CurvePoint& p : e.curve.points) {
      if (p.a && p.b) first = p.a->value < p.b->value ? Cheaper::kA : Cheaper::kB;
    }
  }
  if (first == undecided) return "not known at a common batch";
  return first == Cheaper::kA ? e.device_a : e.device_b;
}

struct ReportCrossingRow {
  const DecodeBreakEven* pair;
  const Crossing* crossing;  ///< null: the cards do not swap
};

/// `up to batch 31 NVIDIA L40S at $0.72/h costs less a token, from 32 on NVIDIA H100 PCIe at
/// $2.10/h`.
std::string words_of(const ReportCrossingRow& r) {
  const std::string a = name_at(r.pair->rate_a, r.pair->device_a),
                    b = name_at(r.pair->rate_b, r.pair->device_b);
  if (r.crossing == nullptr)
    return fmt::format("{} and {}: no break-even; cheaper per token: {}", a, b,
                       cheaper_first(*r.pair));
  const bool a_first = r.crossing->before == Cheaper::kA;
  return fmt::format("up to batch {} {} is cheaper per token, from {} on {}", r.crossing->last,
                     a_first ? a : b, r.crossing->first, a_first ? b : a);
}

template <typename Batch>
auto batch_at(Batch Crossing::*batch) {
  return [=](const ReportCrossingRow& r) {
    return r.crossing != nullptr ? to_cell(r.crossing->*batch) : Cell();
  };
}

}  // namespace

std::vector<Table> step_tables(std::span<const PricedDecode> points) {
  std::vector<Table> tables;
  for (const DecodeGroup& group : groups_of(points)) {
    std::vector<StepRow> rows;
    for (const PricedDecode* p : group) {
      const DecodeFinding& d = p->decode;
      if (d.library)
        rows.push_back({&d, Engine::kLibrary, &*d.library, pointer_to(d.library_graph)});
      if (d.best) rows.push_back({&d, Engine::kBest, &*d.best, pointer_to(d.best_graph)});
    }
    if (rows.empty()) continue;
    tables.push_back(
        step_columns(group).table("steps", "time of a decode step, " + subject_of(group), rows));
  }
  return tables;
}

Table crossings_table(std::span<const DecodeBreakEven> break_evens) {
  std::vector<ReportCrossingRow> rows;
  for (const DecodeBreakEven& pair : break_evens) {
    for (const Crossing& crossing : pair.curve.crossings) rows.push_back({&pair, &crossing});
    if (pair.curve.crossings.empty()) rows.push_back({&pair, nullptr});
  }
  ColumnList<ReportCrossingRow> c;
  c.text("model", "model", [](auto& r) { return r.pair->model; });
  c.text("precision", "precision", [](auto& r) { return name_of(r.pair->point.precision); });
  c.number("context", "context", [](auto& r) { return r.pair->point.context; });
  c.text("a", "A", [](auto& r) { return name_at(r.pair->rate_a, r.pair->device_a); });
  c.text("b", "B", [](auto& r) { return name_at(r.pair->rate_b, r.pair->device_b); });
  c.data("file_a", [](auto& r) { return r.pair->file_a; });
  c.data("file_b", [](auto& r) { return r.pair->file_b; });
  c.text("cheaper", "cheaper at small batches", [](auto& r) { return cheaper_first(*r.pair); });
  c.number("last_batch", "up to batch", batch_at(&Crossing::last));
  c.number("first_batch", "the other from", batch_at(&Crossing::first));
  c.number("sure_until_batch", "decided up to", batch_at(&Crossing::sure_until));
  c.number("sure_from_batch", "decided from", batch_at(&Crossing::sure_from));
  c.text("answer", "",
         [](auto& r) { return r.crossing != nullptr ? "break-even" : "no break-even"; });
  c.data("words", [](auto& r) { return words_of(r); });
  return c.table("crossings", "which card is cheaper per token", rows);
}

}  // namespace gpugauge
