#include "harness/render/answers/serving_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <tuple>

#include "harness/base/byte_size.hpp"
#include "harness/base/grouping.hpp"
#include "harness/base/units.hpp"
#include "harness/render/answers/decode_columns.hpp"
#include "harness/render/answers/origins.hpp"
#include "harness/render/table/columns.hpp"

namespace gpugauge {
namespace {

using ServingRow = const ServingFinding*;
using ServingGroup = std::vector<ServingRow>;
using PricedGroup = std::vector<const PricedServing*>;

std::vector<PricedGroup> groups_of(std::span<const PricedServing> servings) {
  const auto key = [](const PricedServing& serving) {
    const ServingFinding& f = serving.finding;
    return std::tuple(f.decode.model, f.request.precision, f.request.kv, f.request.input_tokens,
                      f.request.output_tokens);
  };
  return grouped_by<PricedServing>(servings, key);
}

ServingGroup findings_of(const PricedGroup& group) {
  ServingGroup findings;
  for (const PricedServing* serving : group) findings.push_back(&serving->finding);
  return findings;
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
  c.number(1, "tok_per_s_per_user", "tok/s a user", [](ServingRow r) {
    return number_cell(r->rate() != nullptr ? std::optional(user_speed(r->rate()->tpot_ns))
                                            : std::nullopt);
  });
  // Where what frameworks run is the fastest everywhere, one column is enough.
  const bool is_one = std::all_of(group.begin(), group.end(), [](ServingRow r) {
    const auto library = tokens_of(r->library), best = tokens_of(r->best);
    return library.has_value() == best.has_value() && (!library || library->value == best->value);
  });
  c.interval("library_output", "tok_per_s", is_one ? "out tok/s" : "out tok/s (library)",
             [](auto& r) { return tokens_of(r->library); });
  Column& best = c.interval("best_output", "tok_per_s", "out tok/s (best)",
                            [](auto& r) { return tokens_of(r->best); });
  best.dispensable = 3;
  best.data_only = is_one;
  c.text(2, "time_is", "time is", [](auto& r) {
    return r->rate() != nullptr ? main_origin_cell(r->rate()->origins) : Cell();
  });
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

/// `L40S, 9.2 tok/s a user at batch 124 (TPOT 108 ms), TTFT 1195 ms, 1141 tok/s, $0.18 per
/// million`.
std::string speed_of(const PricedServing& serving) {
  const ServingFinding& f = serving.finding;
  if (f.rate() == nullptr) return fmt::format("{}: {}", serving.card, f.reason);
  const auto number = [](double value) { return format_significant(value, 3); };
  return fmt::format(
      "{}{}, {} tok/s a user at batch {} (TPOT {} ms), TTFT {} ms, {:.0f} tok/s{}",
      f.request.group.cards > 1 ? fmt::format("{} x ", f.request.group.cards) : "", serving.card,
      number(user_speed(f.rate()->tpot_ns)), f.point.batch,
      number(f.rate()->tpot_ns.value / kNsPerMs), number(f.rate()->ttft_ns.value / kNsPerMs),
      f.rate()->output_tokens_per_second.value,
      serving.money.empty() || serving.money.front().rate.kind == RateKind::kUnit
          ? ""
          : fmt::format(", {} per million",
                        format_dollars(serving.money.front().output_all_time.value)));
}

std::string subject_of(const ServingFinding& f) {
  return fmt::format("{} {}, {} in + {} out", f.decode.model, name_of(f.request.precision),
                     f.request.input_tokens, f.request.output_tokens);
}

}  // namespace

std::vector<Answered> serving_speeds(std::span<const PricedServing> servings) {
  std::vector<Answered> answers;
  for (const PricedGroup& group : groups_of(servings)) {
    std::string sentence;
    for (std::size_t i = 0; i < group.size(); ++i) {
      const auto file = [&](std::size_t at) { return group[at]->finding.decode.file; };
      // The largest batch of a file is its last.
      if (i + 1 < group.size() && file(i + 1) == file(i)) continue;
      sentence += fmt::format("{}{}", sentence.empty() ? "" : "; ", speed_of(*group[i]));
    }
    answers.push_back({subject_of(group.front()->finding), std::move(sentence)});
  }
  return answers;
}

std::vector<Table> serving_tables(std::span<const PricedServing> servings) {
  std::vector<Table> tables;
  for (const PricedGroup& priced : groups_of(servings)) {
    const ServingGroup group = findings_of(priced);
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
