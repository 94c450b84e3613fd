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

Cell time_cell(double ns) { return {format_duration_ns(ns), ns}; }

std::vector<ColumnOf<StepRow>> group_columns(OpGroup group) {
  const std::string name(name_of(group));
  return {{number_column(name + "_ns", name),
           [group](const StepRow& r) {
             return time_cell(r.sum->step_ns.value * r.sum->share_of(group));
           }},
          {data_column(name + "_percent"),
           [group](const StepRow& r) { return percent_cell(r.sum->share_of(group)); }}};
}

std::vector<ColumnOf<StepRow>> step_columns(const DecodeGroup& group) {
  auto columns = place_columns<StepRow>(
      group, [](const StepRow& r) -> const DecodeFinding& { return *r.decode; });
  append<StepRow>(columns, {{text_column("engine", "engine"),
                             [](const StepRow& r) { return Cell(name_of(r.engine)); }}});
  for (const OpGroup part :
       {OpGroup::kLinears, OpGroup::kAttention, OpGroup::kHead, OpGroup::kOther})
    append(columns, group_columns(part));
  append<StepRow>(columns,
                  {
                      {number_column("step_ns", "sum"),
                       [](const StepRow& r) { return time_cell(r.sum->step_ns.value); }},
                      {number_column("half_width_percent", "±"),
                       [](const StepRow& r) { return plus_minus_cell(r.sum->step_ns); }},
                      {number_column("graph_ns", "one graph"),
                       [](const StepRow& r) {
                         return r.graph != nullptr ? time_cell(r.graph->step_ns.value) : Cell();
                       }},
                      {number_column("gaps_ns", "gaps"),
                       [](const StepRow& r) {
                         return r.graph != nullptr
                                    ? time_cell(r.graph->step_ns.value - r.sum->step_ns.value)
                                    : Cell();
                       }},
                      {text_column("step_time_is", "the sum is"),
                       [](const StepRow& r) { return origins_cell(r.sum->origins()); }},
                  });
  return columns;
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

Cell batch_cell(const Crossing* crossing, std::int64_t Crossing::*batch) {
  return crossing != nullptr ? integer_cell(crossing->*batch) : Cell();
}
Cell batch_cell(const Crossing* crossing, std::optional<std::int64_t> Crossing::*batch) {
  return crossing != nullptr && crossing->*batch ? integer_cell(*(crossing->*batch)) : Cell();
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
    tables.push_back(make_table<StepRow>("steps", "time of a decode step, " + subject_of(group),
                                         step_columns(group), rows));
  }
  return tables;
}

Table crossings_table(std::span<const DecodeBreakEven> break_evens) {
  std::vector<ReportCrossingRow> rows;
  for (const DecodeBreakEven& pair : break_evens) {
    for (const Crossing& crossing : pair.curve.crossings) rows.push_back({&pair, &crossing});
    if (pair.curve.crossings.empty()) rows.push_back({&pair, nullptr});
  }
  return make_table<ReportCrossingRow>(
      "crossings", "which card is cheaper per token",
      {
          {text_column("model", "model"),
           [](const ReportCrossingRow& r) { return Cell(r.pair->model); }},
          {text_column("precision", "precision"),
           [](const ReportCrossingRow& r) { return Cell(name_of(r.pair->point.precision)); }},
          {number_column("context", "context"),
           [](const ReportCrossingRow& r) { return integer_cell(r.pair->point.context); }},
          {text_column("a", "A"),
           [](const ReportCrossingRow& r) {
             return Cell(name_at(r.pair->rate_a, r.pair->device_a));
           }},
          {text_column("b", "B"),
           [](const ReportCrossingRow& r) {
             return Cell(name_at(r.pair->rate_b, r.pair->device_b));
           }},
          {data_column("file_a"), [](const ReportCrossingRow& r) { return Cell(r.pair->file_a); }},
          {data_column("file_b"), [](const ReportCrossingRow& r) { return Cell(r.pair->file_b); }},
          {text_column("cheaper", "cheaper at small batches"),
           [](const ReportCrossingRow& r) { return Cell(cheaper_first(*r.pair)); }},
          {number_column("last_batch", "up to batch"),
           [](const ReportCrossingRow& r) { return batch_cell(r.crossing, &Crossing::last); }},
          {number_column("first_batch", "the other from"),
           [](const ReportCrossingRow& r) { return batch_cell(r.crossing, &Crossing::first); }},
          {number_column("sure_until_batch", "decided up to"),
           [](const ReportCrossingRow& r) {
             return batch_cell(r.crossing, &Crossing::sure_until);
           }},
          {number_column("sure_from_batch", "decided from"),
           [](const ReportCrossingRow& r) { return batch_cell(r.crossing, &Crossing::sure_from); }},
          {text_column("answer", ""),
           [](const ReportCrossingRow& r) {
             return Cell(r.crossing != nullptr ? "break-even" : "no break-even");
           }},
          {data_column("words"), [](const ReportCrossingRow& r) { return Cell(words_of(r)); }},
      },
      rows);
}

}  // namespace gpugauge
