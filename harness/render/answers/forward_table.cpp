#include "harness/render/answers/forward_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string>
#include <tuple>

#include "harness/base/estimate.hpp"
#include "harness/base/grouping.hpp"
#include "harness/base/units.hpp"
#include "harness/render/answers/decode_columns.hpp"
#include "harness/render/answers/origins.hpp"
#include "harness/render/table/columns.hpp"

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
  return differ(group, [](ForwardRow r) { return r->finding.file; });
}

std::string shape_text(const ForwardPass& pass) {
  const ForwardPoint& p = pass.point;
  if (pass.unit == ForwardUnit::kEmbedding) return fmt::format("{} tokens", p.extent);
  return fmt::format("{0}x{0}, {1} steps of {2} pass{3}", p.extent, p.steps, p.guidance_passes,
                     p.guidance_passes == 1 ? "" : "es");
}

const EngineStep* shown_step(const ForwardFinding& f) { return f.step(f.preferred()); }

template <typename Part>
auto share_of(Part part) {
  return [=](const ForwardRow& r) {
    const EngineStep* step = shown_step(r->finding);
    return percent_cell(step != nullptr ? std::optional(step->share_of(part)) : std::nullopt);
  };
}

ColumnList<ForwardRow> forward_columns(const ForwardGroup& group) {
  const ForwardPass& first = group.front()->finding.pass;
  const ForwardUnitRow& words = row_of(first.unit);
  ColumnList<ForwardRow> c;
  c.source(
      several_files(group), [](auto& r) { return r->finding.file; },
      [](auto& r) { return r->finding.device; });
  c.same("model", first.model);
  c.same("precision", name_of(first.point.precision));
  c.same(words.extent_key, integer_cell(first.point.extent));
  if (first.unit == ForwardUnit::kImage) {
    c.same("steps", integer_cell(first.point.steps));
    c.same("guidance_passes", integer_cell(first.point.guidance_passes));
  }
  c.number("batch", "batch", [](auto& r) { return r->finding.pass.point.batch; });
  c.interval("pass", "ms", "ms a pass", [](ForwardRow r) {
     const EngineStep* step = shown_step(r->finding);
     return step != nullptr ? std::optional(scaled(step->step_ns, 1 / kNsPerMs)) : std::nullopt;
   }).dispensable = 2;
  for (const Engine engine : {Engine::kLibrary, Engine::kBest})
    c.interval(std::string(name_of(engine)), fmt::format("{}_per_hour", words.plural),
               fmt::format("{}/h ({})", words.plural, name_of(engine)),
               [=](ForwardRow r) { return r->finding.units_per_hour(engine); })
        .dispensable = engine == Engine::kBest ? 3 : 0;
  c.number(words.priced_key, words.priced, [](auto& r) {
    const ForwardFinding& f = r->finding;
    return dollars_cell(f.dollars(f.preferred(), r->rate.dollars_per_gpu_hour));
  });
  c.data("dollars_per_gpu_hour", [](auto& r) { return r->rate.dollars_per_gpu_hour; });
  c.data("rate_kind", [](auto& r) { return name_of(r->rate.kind); });
  c.data("provider", [](auto& r) { return text_cell(r->rate.provider); });
  c.data("linears_percent", share_of(OpGroup::kLinears));
  c.number(3, "attention_percent", "attention", share_of(OpGroup::kAttention));
  c.add(dispensable(4, wrapping(30, text_column("pass_time_is", "time is"))), [](auto& r) {
    const EngineStep* step = shown_step(r->finding);
    return step != nullptr ? origins_cell(step->origins()) : Cell();
  });
  add_origins(c, [](ForwardRow r) {
    const EngineStep* step = shown_step(r->finding);
    return step != nullptr ? std::optional(step->origins()) : std::nullopt;
  });
  c.data("weight_bytes", [](auto& r) { return r->finding.pass.weight_bytes; });
  c.data("activation_bytes", [](auto& r) { return r->finding.pass.activation_bytes; });
  c.data("fits", [](auto& r) {
    const std::optional<bool> fits = r->finding.fits();
    return fits ? yes_no_cell(*fits) : Cell();
  });
  c.data("reason", [](auto& r) { return text_cell(r->finding.reason); });
  return c;
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
  UnmeasuredNotes unmeasured;
  for (const ForwardRow& r : group) {
    if (const EngineStep* step = shown_step(r->finding))
      unmeasured.add(r->finding.file, step->origins());
  }
  for (std::string& note : unmeasured.lines()) lines.push_back(std::move(note));
  return lines;
}

std::string rate_text(const Rate& rate) {
  if (rate.kind == RateKind::kUnit) return "$ at $1.00/h, as no price is known";
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

ColumnList<ForwardOpRow> op_columns(bool several) {
  ColumnList<ForwardOpRow> c;
  c.add(visible_if(several, file_column()),
        [](auto& r) { return text_cell(r.point->finding.file); });
  c.data("model", [](auto& r) { return r.point->finding.pass.model; });
  c.number("batch", "batch", [](auto& r) { return r.point->finding.pass.point.batch; });
  c.text("op", "op", [](auto& r) { return r.line->step.name; });
  c.data("group", [](auto& r) { return name_of(r.line->step.group); });
  c.add(dispensable(5, shortening(20, text_column("shape", "shape"))), [](auto& r) {
    return fmt::format("{}/{}", kind_path(r.line->step.op), shape_path(r.line->step.op));
  });
  c.number(3, "count", "count", [](auto& r) { return r.line->step.count; });
  c.number("time_ns", "each", [](auto& r) { return duration_cell(r.line->time.time_ns.value); });
  c.number(4, "half_width_percent", "±",
           [](auto& r) { return plus_minus_cell(r.line->time.time_ns); });
  c.number("share_percent", "%", [](auto& r) { return percent_cell(r.share()); });
  c.text(1, "origin", "is", [](auto& r) { return origin_cell(r.line->time.origin); });
  c.data("source", [](auto& r) { return source_of(r.line->time); });
  return c;
}

}  // namespace

std::vector<Table> forward_tables(std::span<const PricedForward> points) {
  std::vector<Table> tables;
  for (const ForwardGroup& group : groups_of(points)) {
    tables.push_back(forward_columns(group).table(row_of(group.front()->finding.pass.unit).plural,
                                                  title_of(group), group));
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
    tables.push_back(
        op_columns(several_files(group))
            .table("ops", fmt::format("ops of a pass, {}", subject_of(group.front()->finding.pass)),
                   rows));
    tables.back().notes = notes_of(group);
  }
  return tables;
}

}  // namespace gpugauge
