#include "harness/render/answers/forward_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string>
#include <tuple>

#include "harness/base/estimate.hpp"
#include "harness/base/units.hpp"
#include "harness/render/answers/decode_columns.hpp"
#include "harness/render/answers/origins.hpp"
#include "harness/render/table/columns.hpp"
#include "harness/base/grouping.hpp"

namespace gpugauge {
namespace {

using ForwardRow = const PricedForward*;
using ForwardGroup = std::vector<ForwardRow>;

std::vector<ForwardGroup> groups_of(std::span<const PricedForward> points) {
  const auto key = [](const PricedForward& p) {
    const ForwardPoint& point = p.finding.pass.point;
    return std::tuple(p.finding.pass.model, point.precision, point.extent, point.steps,
                      point.guidance_passes);
  };
  return grouped_by<PricedForward>(points, key);
}

bool several_files(const ForwardGroup& group) {
  return std::any_of(group.begin(), group.end(),
                     [&](ForwardRow r) { return r->finding.file != group.front()->finding.file; });
}

std::string shape_text(const ForwardPass& pass) {
  const ForwardPoint& p = pass.point;
  if (pass.unit == ForwardUnit::kEmbedding) return fmt::format("{} tokens", p.extent);
  return fmt::format("{0}x{0}, {1} steps of {2} pass{3}", p.extent, p.steps, p.guidance_passes,
                     p.guidance_passes == 1 ? "" : "es");
}

const EngineStep* shown_step(const ForwardFinding& f) {
  const EngineStep* library = f.step(Engine::kLibrary);
  return library != nullptr ? library : f.step(Engine::kBest);
}

Engine shown_engine(const ForwardFinding& f) {
  return f.library ? Engine::kLibrary : Engine::kBest;
}

template <typename Get>
std::vector<ColumnOf<ForwardRow>> finding_columns(int rank, const std::string& key,
                                                  const std::string& unit, std::string header,
                                                  Get get) {
  return interval_columns<ForwardRow>(rank, key, unit, std::move(header),
                                      [=](const ForwardRow& r) { return get(r->finding); });
}

template <typename Part>
ColumnOf<ForwardRow> share_column(Column column, Part part) {
  return {
      std::move(column), [=](const ForwardRow& r) {
        const EngineStep* step = shown_step(r->finding);
        return percent_cell(step != nullptr ? std::optional(step->share_of(part)) : std::nullopt);
      }};
}

std::vector<ColumnOf<ForwardRow>> forward_places(const ForwardGroup& group) {
  const ForwardPass& first = group.front()->finding.pass;
  std::vector<ColumnOf<ForwardRow>> columns{
      {visible_if(several_files(group), file_column()),
       [](const ForwardRow& r) { return text_cell(r->finding.file); }},
      {visible_if(several_files(group), dispensable(6, text_column("device", "device"))),
       [](const ForwardRow& r) { return text_cell(r->finding.device); }},
      {data_column("model"), [](const ForwardRow& r) { return Cell(r->finding.pass.model); }},
      {data_column("precision"),
       [](const ForwardRow& r) { return Cell(name_of(r->finding.pass.point.precision)); }},
      {data_column(row_of(first.unit).extent_key),
       [](const ForwardRow& r) { return integer_cell(r->finding.pass.point.extent); }},
  };
  if (first.unit == ForwardUnit::kImage)
    append<ForwardRow>(
        columns, {{data_column("steps"),
                   [](const ForwardRow& r) { return integer_cell(r->finding.pass.point.steps); }},
                  {data_column("guidance_passes"), [](const ForwardRow& r) {
                     return integer_cell(r->finding.pass.point.guidance_passes);
                   }}});
  append<ForwardRow>(columns, {{number_column("batch", "batch"), [](const ForwardRow& r) {
                                  return integer_cell(r->finding.pass.point.batch);
                                }}});
  return columns;
}

std::vector<ColumnOf<ForwardRow>> forward_columns(const ForwardGroup& group) {
  const ForwardUnitRow& words = row_of(group.front()->finding.pass.unit);
  const std::string per_hour = fmt::format("{}_per_hour", words.plural);
  auto columns = forward_places(group);
  append(columns, finding_columns(2, "pass", "ms", "ms a pass", [](const ForwardFinding& f) {
           const EngineStep* step = shown_step(f);
           return step != nullptr ? std::optional(scaled(step->step_ns, 1 / kNsPerMs))
                                  : std::nullopt;
         }));
  for (const Engine engine : {Engine::kLibrary, Engine::kBest})
    append(columns,
           finding_columns(engine == Engine::kBest ? 3 : 0, std::string(name_of(engine)), per_hour,
                           fmt::format("{}/h ({})", words.plural, name_of(engine)),
                           [=](const ForwardFinding& f) { return f.units_per_hour(engine); }));
  append<ForwardRow>(
      columns,
      {
          {number_column(words.priced_key, words.priced),
           [](const ForwardRow& r) {
             return dollars_cell(
                 r->finding.dollars(shown_engine(r->finding), r->rate.dollars_per_gpu_hour));
           }},
          {data_column("dollars_per_gpu_hour"),
           [](const ForwardRow& r) { return number_cell(r->rate.dollars_per_gpu_hour); }},
          {data_column("rate_kind"),
           [](const ForwardRow& r) { return Cell(name_of(r->rate.kind)); }},
          {data_column("provider"),
           [](const ForwardRow& r) { return text_cell(r->rate.provider); }},
          share_column(data_column("linears_percent"), OpGroup::kLinears),
          share_column(dispensable(3, number_column("attention_percent", "attention")),
                       OpGroup::kAttention),
          {dispensable(4, wrapping(30, text_column("pass_time_is", "time is"))),
           [](const ForwardRow& r) {
             const EngineStep* step = shown_step(r->finding);
             return step != nullptr ? origins_cell(step->origins()) : Cell();
           }},
          share_column(data_column("measured_percent"), Origin::kMeasured),
          share_column(data_column("interpolated_percent"), Origin::kInterpolated),
          share_column(data_column("modelled_percent"), Origin::kModelled),
          share_column(data_column("imported_percent"), Origin::kImported),
          {data_column("weight_bytes"),
           [](const ForwardRow& r) { return number_cell(r->finding.pass.weight_bytes); }},
          {data_column("activation_bytes"),
           [](const ForwardRow& r) { return number_cell(r->finding.pass.activation_bytes); }},
          {data_column("fits"),
           [](const ForwardRow& r) {
             const std::optional<bool> fits = r->finding.fits();
             return fits ? Cell(*fits ? "yes" : "no", *fits) : Cell();
           }},
          {data_column("reason"), [](const ForwardRow& r) { return text_cell(r->finding.reason); }},
      });
  return columns;
}

/// What the findings warn of or refuse, each text once with the batches that it is about, if these
/// are not all.
std::vector<std::string> notes_of(const ForwardGroup& group) {
  std::vector<std::pair<std::string, std::vector<std::int64_t>>> notes;
  for (const ForwardRow& r : group) {
    std::vector<std::string> texts = r->finding.warnings;
    if (!r->finding.reason.empty()) texts.push_back(r->finding.reason);
    for (const std::string& text : texts) {
      auto same = std::find_if(notes.begin(), notes.end(),
                               [&](const auto& note) { return note.first == text; });
      if (same == notes.end()) same = notes.insert(same, {text, {}});
      same->second.push_back(r->finding.pass.point.batch);
    }
  }
  std::vector<std::string> lines;
  for (const auto& [text, batches] : notes) {
    lines.push_back(batches.size() == group.size()
                        ? text
                        : fmt::format("batch {}: {}", fmt::join(batches, ", "), text));
  }
  return lines;
}

std::string rate_text(const Rate& rate) {
  if (rate.kind == RateKind::kUnit) return "$ per $1.00/h; pass --hourly";
  return fmt::format("{}/h {}", format_dollars(rate.dollars_per_gpu_hour), name_of(rate.kind));
}

std::string subject_of(const ForwardPass& pass) {
  return fmt::format("{} {}, {}", pass.model, name_of(pass.point.precision), shape_text(pass));
}

std::string title_of(const ForwardGroup& group) {
  const ForwardPass& pass = group.front()->finding.pass;
  return fmt::format(
      "{}/hour, {}    {}", row_of(pass.unit).plural, subject_of(pass),
      several_files(group) ? "each card at its first price" : rate_text(group.front()->rate));
}

struct ForwardOpRow {
  ForwardRow point;
  const OpLine* line;

  double share() const {
    return line->time.time_ns.value * static_cast<double>(line->step.count) /
           shown_step(point->finding)->step_ns.value;
  }
};

std::vector<ColumnOf<ForwardOpRow>> op_columns(bool several) {
  return {
      {visible_if(several, file_column()),
       [](const ForwardOpRow& r) { return text_cell(r.point->finding.file); }},
      {data_column("model"),
       [](const ForwardOpRow& r) { return Cell(r.point->finding.pass.model); }},
      {number_column("batch", "batch"),
       [](const ForwardOpRow& r) { return integer_cell(r.point->finding.pass.point.batch); }},
      {text_column("op", "op"), [](const ForwardOpRow& r) { return Cell(r.line->step.name); }},
      {data_column("group"),
       [](const ForwardOpRow& r) { return Cell(name_of(r.line->step.group)); }},
      {dispensable(5, shortening(20, text_column("shape", "shape"))),
       [](const ForwardOpRow& r) {
         return Cell(fmt::format("{}/{}", kind_path(r.line->step.op), shape_path(r.line->step.op)));
       }},
      {dispensable(3, number_column("count", "count")),
       [](const ForwardOpRow& r) { return integer_cell(r.line->step.count); }},
      {number_column("time_ns", "each"),
       [](const ForwardOpRow& r) {
         const double ns = r.line->time.time_ns.value;
         return Cell(format_duration_ns(ns), ns);
       }},
      {dispensable(4, number_column("half_width_percent", "±")),
       [](const ForwardOpRow& r) { return plus_minus_cell(r.line->time.time_ns); }},
      {number_column("share_percent", "%"),
       [](const ForwardOpRow& r) { return percent_cell(r.share()); }},
      {dispensable(1, text_column("origin", "is")),
       [](const ForwardOpRow& r) { return Cell(name_of(r.line->time.origin)); }},
      {data_column("source"), [](const ForwardOpRow& r) { return Cell(source_of(r.line->time)); }},
  };
}

}  // namespace

std::vector<Table> forward_tables(std::span<const PricedForward> points) {
  std::vector<Table> tables;
  for (const ForwardGroup& group : groups_of(points)) {
    tables.push_back(make_table<ForwardRow>(row_of(group.front()->finding.pass.unit).plural,
                                            title_of(group), forward_columns(group), group));
    tables.back().notes = notes_of(group);
  }
  return tables;
}

std::vector<Table> forward_ops_tables(std::span<const PricedForward> points) {
  std::vector<Table> tables;
  for (const ForwardGroup& group : groups_of(points)) {
    std::vector<ForwardOpRow> rows;
    for (const ForwardRow& point : group) {
      const EngineStep* step = shown_step(point->finding);
      if (step == nullptr) continue;
      for (const OpLine& line : step->ops) rows.push_back({point, &line});
    }
    tables.push_back(make_table<ForwardOpRow>(
        "ops", fmt::format("ops of a pass, {}", subject_of(group.front()->finding.pass)),
        op_columns(several_files(group)), rows));
    tables.back().notes = notes_of(group);
  }
  return tables;
}

}  // namespace gpugauge
