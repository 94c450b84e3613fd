#include "harness/render/answers/tokens_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "harness/base/estimate.hpp"
#include "harness/base/units.hpp"

#include "harness/render/answers/decode_columns.hpp"
#include "harness/render/answers/origins.hpp"

namespace gpugauge {
namespace {

using TokensRow = const PricedDecode*;

std::optional<Estimate> tokens_of(const std::optional<EngineStep>& step) {
  return step ? std::optional(step->tokens_per_second) : std::nullopt;
}

const Rate* first_rate(const PricedDecode& p) {
  return p.costs.empty() ? nullptr : &p.costs.front().rate;
}
std::string rate_text(const PricedDecode& p) {
  const Rate* rate = first_rate(p);
  if (rate == nullptr) return {};
  return rate->kind == RateKind::kUnit ? "$1.00/h, as no price is known" : words_of(*rate);
}

template <typename Part>
Cell share_cell(const EngineStep* step, Part part) {
  return percent_cell(step != nullptr ? std::optional(step->share_of(part)) : std::nullopt);
}

/// A step graph has columns only where a point has one.
Column* add_step(ColumnList<TokensRow>& c, const DecodeGroup& group, int rank, const char* key,
                 const char* header, std::optional<EngineStep> DecodeFinding::*step) {
  const bool is_graph = step == &DecodeFinding::library_graph || step == &DecodeFinding::best_graph;
  const auto has_step = [=](TokensRow r) { return (r->decode.*step).has_value(); };
  if (is_graph && std::none_of(group.begin(), group.end(), has_step)) return nullptr;
  Column& column =
      c.interval(key, "tok_per_s", header, [=](TokensRow r) { return tokens_of(r->decode.*step); });
  column.dispensable = rank;
  return &column;
}

/// Where what frameworks run is the fastest everywhere, one column is enough.
bool is_library_best(const DecodeGroup& group) {
  return std::all_of(group.begin(), group.end(), [](TokensRow r) {
    const auto library = tokens_of(r->decode.library), best = tokens_of(r->decode.best);
    return library.has_value() == best.has_value() && (!library || library->value == best->value);
  });
}

ColumnList<TokensRow> tokens_columns(const DecodeGroup& group, bool one_rate) {
  const bool is_one = is_library_best(group);
  const auto time_of_step = [](TokensRow r) -> std::optional<Estimate> {
    const EngineStep* step = r->decode.preferred();
    return step != nullptr
               ? std::optional(reciprocal(as_double(r->decode.point.batch) * kNsPerSecond,
                                          step->tokens_per_second))
               : std::nullopt;
  };
  auto c = place_columns<TokensRow>(group);
  c.number(1, "tok_per_s_per_user", "tok/s a user", [=](TokensRow r) {
    const auto ns = time_of_step(r);
    return number_cell(ns ? std::optional(user_speed(*ns)) : std::nullopt);
  });
  c.number(5, "tpot_ms", "TPOT ms", [=](TokensRow r) {
    const auto ns = time_of_step(r);
    return number_cell(ns ? std::optional(ns->value / kNsPerMs) : std::nullopt);
  });
  c.interval("memory_bound", "tok_per_s", "memory bound", [](TokensRow r) {
     return r->decode.memory_bound_tokens_per_second;
   }).dispensable = 4;
  add_step(c, group, 0, "library", is_one ? "sum of ops" : "sum of ops (library)",
           &DecodeFinding::library);
  add_step(c, group, 1, "library_graph", "step graph (library)", &DecodeFinding::library_graph);
  add_step(c, group, 2, "best", "sum of ops (best)", &DecodeFinding::best)->data_only = is_one;
  add_step(c, group, 1, "best_graph", "step graph (best)", &DecodeFinding::best_graph);
  c.number("dollars_per_million", "$/M, decode only",
           [](auto& r) { return dollars_cell(r->dollars()); });
  c.text(6, "rate", "at", [](auto& r) { return text_cell(rate_text(*r)); }).data_only = one_rate;
  c.text(3, "step_time_is", "step time is", [](auto& r) {
    const auto origins = origins_of(r->decode);
    return origins ? main_origin_cell(*origins) : Cell();
  });
  for (const OpGroup part : all_of<OpGroup>)
    c.data(fmt::format("{}_percent", name_of(part)),
           [=](auto& r) { return share_cell(r->decode.explained(), part); });
  c.data("reason", [](auto& r) { return text_cell(r->decode.reason); });
  return c;
}

std::string user_speed_of(const PricedDecode& p) {
  return format_significant(
      p.decode.preferred()->tokens_per_second.value / as_double(p.decode.point.batch), 3);
}

/// `L40S, 39.9 tok/s a user at batch 1, 11.7 at 128 (1497 tok/s, $0.098 per million, decode only)`,
/// of the batches that fit; of one file.
std::string speeds_of(const DecodeGroup& group) {
  DecodeGroup known;
  std::copy_if(group.begin(), group.end(), std::back_inserter(known),
               [](auto* p) { return p->decode.preferred() != nullptr && p->decode.fits(); });
  if (known.empty()) return {};
  const auto less = [](auto* a, auto* b) { return a->decode.point.batch < b->decode.point.batch; };
  const auto [first, last] = std::minmax_element(known.begin(), known.end(), less);
  const PricedDecode& largest = **last;
  const Rate* rate = first_rate(largest);
  const std::string dollars =
      rate != nullptr && rate->kind != RateKind::kUnit
          ? fmt::format(", {} per million, decode only", format_dollars(largest.dollars()->value))
          : std::string();
  const std::string more = *first == *last ? std::string()
                                           : fmt::format(", {} at {}", user_speed_of(largest),
                                                         largest.decode.point.batch);
  return fmt::format("{}, {} tok/s a user at batch {}{} ({} tok/s{})", largest.card,
                     user_speed_of(**first), (*first)->decode.point.batch, more,
                     format_significant(largest.decode.preferred()->tokens_per_second.value),
                     dollars);
}

}  // namespace

std::vector<Table> tokens_tables(std::span<const PricedDecode> points) {
  std::vector<Table> tables;
  for (const DecodeGroup& group : groups_of(points)) {
    std::set<std::string> rates;
    for (const PricedDecode* p : group) {
      if (first_rate(*p) != nullptr) rates.insert(rate_text(*p));
    }
    std::string title = fmt::format("decode tok/s, {}", subject_of(group));
    if (rates.size() == 1) title += fmt::format("    {}", *rates.begin());
    tables.push_back(
        tokens_columns(group, rates.size() <= 1).table("tokens", std::move(title), group));
    tables.back().notes = notes_of(group);
    add_unpriced_notes(group, tables.back().notes);
  }
  const auto has_step = [](const PricedDecode& p) { return p.decode.preferred() != nullptr; };
  if (std::any_of(points.begin(), points.end(), has_step)) {
    tables.back().notes.emplace_back(
        "tok/s are of the kernels: a sampler beyond greedy, block tables, the host's gaps and "
        "scheduling are not in them");
  }
  return tables;
}

std::vector<Answered> decode_speeds(std::span<const PricedDecode> points) {
  std::vector<Answered> answers;
  for (const DecodeGroup& group : groups_of(points)) {
    std::vector<std::string> cards;
    for (const DecodeGroup& own : by_file(group))
      if (std::string words = speeds_of(own); !words.empty()) cards.push_back(std::move(words));
    answers.push_back({subject_of(group), fmt::format("{}", fmt::join(cards, "; "))});
  }
  return answers;
}

}  // namespace gpugauge
