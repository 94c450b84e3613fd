#include "harness/render/answers/serving_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <tuple>

#include "harness/base/byte_size.hpp"
#include "harness/base/grouping.hpp"
#include "harness/base/units.hpp"
#include "harness/render/answers/origins.hpp"
#include "harness/render/table/columns.hpp"

namespace gpugauge {
namespace {

using ServingRow = const ServingFinding*;
using ServingGroup = std::vector<ServingRow>;

std::vector<ServingGroup> groups_of(std::span<const PricedServing> servings) {
  const auto key = [](const PricedServing& serving) {
    const ServingFinding& f = serving.finding;
    return std::tuple(f.decode.model, f.request.precision, f.request.kv, f.request.input_tokens,
                      f.request.output_tokens);
  };
  std::vector<ServingGroup> groups;
  for (const auto& group : grouped_by<PricedServing>(servings, key)) {
    ServingGroup& findings = groups.emplace_back();
    for (const PricedServing* serving : group) findings.push_back(&serving->finding);
  }
  return groups;
}

std::optional<Estimate> tokens_of(const std::optional<ServingRate>& rate) {
  return rate ? std::optional(rate->output_tokens_per_second) : std::nullopt;
}

std::optional<Estimate> decode_time(const ServingFinding& f) {
  return f.engine() ? std::optional(f.decode.step(*f.engine())->engine_ns()) : std::nullopt;
}

std::optional<Estimate> of_rate(const ServingFinding& f, Estimate ServingRate::*time) {
  return f.rate() != nullptr ? std::optional(f.rate()->*time) : std::nullopt;
}

/// A time in ns, shown and carried in ms.
template <typename Get>
Column& add_time(ColumnList<ServingRow>& c, const char* key, const char* header, Get get) {
  return c.interval(key, "ms", header, [=](ServingRow r) {
    std::optional<Estimate> e = get(*r);
    if (e) e = Estimate{e->value / kNsPerMs, e->low / kNsPerMs, e->high / kNsPerMs};
    return e;
  });
}

Cell bytes_cell(double bytes) { return {format_bytes(bytes), bytes}; }

ColumnList<ServingRow> serving_places(const ServingGroup& group) {
  const auto file = [](ServingRow r) { return r->decode.file; };
  ColumnList<ServingRow> c;
  c.source(differ(group, file), file, [](auto& r) { return r->decode.device; });
  c.data("model", [](auto& r) { return r->decode.model; });
  c.data("precision", [](auto& r) { return name_of(r->request.precision); });
  c.data("kv_dtype", [](auto& r) { return name_of(r->request.kv); });
  c.data("input_tokens", [](auto& r) { return r->request.input_tokens; });
  c.data("output_tokens", [](auto& r) { return r->request.output_tokens; });
  c.number("cards", "cards", [](auto& r) { return r->request.group.cards; }).data_only =
      group.front()->request.group.cards <= 1;
  c.add(dispensable(5, wrapping(9, text_column("batch_is", "batch is"))), [](auto& r) {
    return r->limit == BatchLimit::kGiven
               ? Cell("given")
               : Cell(fmt::format("largest: {}", name_of(r->limit)), std::string("largest"));
  });
  c.number("batch", "batch", [](auto& r) { return r->point.batch; });
  c.data("batch_limit", [](auto& r) { return name_of(r->limit); });
  return c;
}

ColumnList<ServingRow> serving_columns(const ServingGroup& group) {
  const auto of_fit = [](auto get) {
    return [=](ServingRow r) { return r->fit ? to_cell(get(*r->fit)) : Cell(); };
  };
  auto c = serving_places(group);
  c.data("fits", of_fit([](auto& f) { return yes_no_cell(f.fits()); }));
  c.number(4, "memory_batch", "fit in memory", of_fit([](auto& f) { return f.largest_batch; }));
  c.data("weight_bytes", of_fit([](auto& f) { return bytes_cell(f.weight_bytes); }));
  c.data("kv_bytes", of_fit([](auto& f) { return bytes_cell(f.kv_bytes); }));
  c.data("usable_bytes", of_fit([](auto& f) { return bytes_cell(f.usable_bytes); }));
  c.data("cards_needed",
         of_fit([](auto& f) { return f.cards_needed ? integer_cell(*f.cards_needed) : Cell(); }));
  c.data("engine", [](auto& r) { return r->engine() ? Cell(name_of(*r->engine())) : Cell(); });
  add_time(c, "decode", "decode ms", decode_time).dispensable = 4;
  add_time(c, "ttft", "TTFT ms", [](auto& f) { return of_rate(f, &ServingRate::ttft_ns); });
  add_time(c, "ttft_unloaded", "unloaded TTFT ms", [](auto& f) {
    return of_rate(f, &ServingRate::ttft_unloaded_ns);
  }).dispensable = 4;
  add_time(c, "tpot", "TPOT ms", [](auto& f) { return of_rate(f, &ServingRate::tpot_ns); });
  c.interval("library_output", "tok_per_s", "out tok/s (library)",
             [](auto& r) { return tokens_of(r->library); });
  c.interval("best_output", "tok_per_s", "out tok/s (best)", [](auto& r) {
     return tokens_of(r->best);
   }).dispensable = 2;
  c.add(dispensable(3, wrapping(30, text_column("time_is", "time is"))),
        [](auto& r) { return r->rate() != nullptr ? origins_cell(r->rate()->origins) : Cell(); });
  add_origins(c, [](ServingRow r) {
    return r->rate() != nullptr ? std::optional(r->rate()->origins) : std::nullopt;
  });
  c.data("reason", [](auto& r) { return text_cell(r->reason); });
  return c;
}

std::vector<std::string> notes_of(const ServingGroup& group) {
  std::vector<std::string> notes;
  UnmeasuredNotes unmeasured;
  for (const ServingRow& r : group) {
    std::vector<std::string> texts;
    if (r->rate() != nullptr) unmeasured.add(r->decode.file, r->rate()->origins);
    if (!r->reason.empty()) texts.push_back(r->reason);
    if (r->rate() != nullptr) {
      texts.insert(texts.end(), r->decode.warnings.begin(), r->decode.warnings.end());
      texts.insert(texts.end(), r->prefill->warnings.begin(), r->prefill->warnings.end());
    }
    if (!r->fit) texts.emplace_back("the card's memory size is unknown: fit is not checked");
    for (const std::string& text : texts) {
      std::string note = fmt::format("{}: {}", r->decode.file, text);
      if (std::find(notes.begin(), notes.end(), note) == notes.end())
        notes.push_back(std::move(note));
    }
  }
  for (std::string& note : unmeasured.lines()) notes.push_back(std::move(note));
  return notes;
}

}  // namespace

std::vector<Table> serving_tables(std::span<const PricedServing> servings) {
  std::vector<Table> tables;
  for (const ServingGroup& group : groups_of(servings)) {
    const ServingFinding& first = *group.front();
    tables.push_back(serving_columns(group).table(
        "serving",
        fmt::format("serving {} {}, {} tokens in, {} out", first.decode.model,
                    name_of(first.request.precision), first.request.input_tokens,
                    first.request.output_tokens),
        group));
    tables.back().notes = notes_of(group);
  }
  return tables;
}

}  // namespace gpugauge
