#include "harness/render/answers/tokens_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

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
  return rate->kind == RateKind::kUnit ? "$/M per $1.00/h; pass --hourly" : words_of(*rate);
}

template <typename Part>
Cell share_cell(const EngineStep* step, Part part) {
  return percent_cell(step != nullptr ? std::optional(step->share_of(part)) : std::nullopt);
}

/// A step graph has columns only where a point has one.
void add_step(ColumnList<TokensRow>& c, const DecodeGroup& group, int rank, const char* key,
              const char* header, std::optional<EngineStep> DecodeFinding::*step) {
  const bool is_graph = step == &DecodeFinding::library_graph || step == &DecodeFinding::best_graph;
  const auto has_step = [=](TokensRow r) { return (r->decode.*step).has_value(); };
  if (is_graph && std::none_of(group.begin(), group.end(), has_step)) return;
  c.interval(key, "tok_per_s", header, [=](TokensRow r) {
     return tokens_of(r->decode.*step);
   }).dispensable = rank;
}

ColumnList<TokensRow> tokens_columns(const DecodeGroup& group, bool one_rate) {
  auto c = place_columns<TokensRow>(group);
  c.interval("memory_bound", "tok_per_s", "memory bound", [](TokensRow r) {
     return r->decode.memory_bound_tokens_per_second;
   }).dispensable = 3;
  add_step(c, group, 0, "library", "sum of ops (library)", &DecodeFinding::library);
  add_step(c, group, 1, "library_graph", "step graph (library)", &DecodeFinding::library_graph);
  add_step(c, group, 2, "best", "sum of ops (best)", &DecodeFinding::best);
  add_step(c, group, 1, "best_graph", "step graph (best)", &DecodeFinding::best_graph);
  c.number("dollars_per_million", "$/M output", [](auto& r) { return dollars_cell(r->dollars()); });
  c.text(4, "rate", "at", [](auto& r) { return text_cell(rate_text(*r)); }).data_only = one_rate;
  c.add(dispensable(5, wrapping(30, text_column("step_time_is", "step time is"))), [](auto& r) {
    const auto origins = origins_of(r->decode);
    return origins ? origins_cell(*origins) : Cell();
  });
  for (const OpGroup part : all_of<OpGroup>)
    c.data(fmt::format("{}_percent", name_of(part)),
           [=](auto& r) { return share_cell(r->decode.explained(), part); });
  c.data("reason", [](auto& r) { return text_cell(r->decode.reason); });
  return c;
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
  }
  const auto has_step = [](const PricedDecode& p) { return p.decode.preferred() != nullptr; };
  if (std::any_of(points.begin(), points.end(), has_step)) {
    tables.back().notes.emplace_back(
        "tok/s are of the kernels: a sampler beyond greedy, block tables, the host's gaps and "
        "scheduling are not in them");
  }
  return tables;
}

}  // namespace gpugauge
