#include "harness/render/answers/tokens_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/render/answers/decode_columns.hpp"
#include "harness/render/answers/origins.hpp"

namespace gpugauge {
namespace {

using TokensRow = const PricedDecode*;

/// `312.4 ±8.1%`.
Cell rate_cell(const std::optional<Estimate>& e) {
  return e ? Cell(fmt::format("{} {}", format_significant(e->value), format_plus_minus(*e)),
                  e->value)
           : Cell();
}
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

bool any_graph(const DecodeGroup& group, std::optional<EngineStep> DecodeFinding::*graph) {
  return std::any_of(group.begin(), group.end(),
                     [&](const PricedDecode* p) { return (p->decode.*graph).has_value(); });
}

/// An estimate as three columns: for people with its interval, for programs value, low and high.
template <typename Get>
std::vector<ColumnOf<TokensRow>> rate_columns(int rank, const std::string& key, std::string header,
                                              Get get) {
  return {
      {dispensable(rank, number_column(key + "_tok_per_s", std::move(header))),
       [=](const TokensRow& r) { return rate_cell(get(*r)); }},
      {data_column(key + "_low_tok_per_s"), [=](const TokensRow& r) { return low_cell(get(*r)); }},
      {data_column(key + "_high_tok_per_s"),
       [=](const TokensRow& r) { return high_cell(get(*r)); }},
  };
}

std::vector<ColumnOf<TokensRow>> tokens_columns(const DecodeGroup& group, bool one_rate) {
  auto columns = place_columns<TokensRow>(
      group, [](const TokensRow& r) -> const DecodeFinding& { return r->decode; });
  append(columns, rate_columns(3, "bytes_floor", "bytes floor", [](const PricedDecode& p) {
           return p.decode.floor_tokens_per_second;
         }));
  append(columns, rate_columns(0, "library", "sum of ops (library)",
                               [](const PricedDecode& p) { return tokens_of(p.decode.library); }));
  if (any_graph(group, &DecodeFinding::library_graph))
    append(columns,
           rate_columns(1, "library_graph", "step graph (library)",
                        [](const PricedDecode& p) { return tokens_of(p.decode.library_graph); }));
  append(columns, rate_columns(2, "best", "sum of ops (best)",
                               [](const PricedDecode& p) { return tokens_of(p.decode.best); }));
  if (any_graph(group, &DecodeFinding::best_graph))
    append(columns, rate_columns(1, "best_graph", "step graph (best)", [](const PricedDecode& p) {
             return tokens_of(p.decode.best_graph);
           }));
  append<TokensRow>(
      columns,
      {
          {number_column("dollars_per_million", "$/M output"),
           [](const TokensRow& r) { return dollars_cell(r->dollars()); }},
          {visible_if(!one_rate, dispensable(4, text_column("rate", "at"))),
           [](const TokensRow& r) { return text_cell(rate_text(*r)); }},
          {dispensable(5, wrapping(30, text_column("step_time_is", "step time is"))),
           [](const TokensRow& r) {
             const EngineStep* step = r->decode.preferred();
             return step != nullptr ? origins_cell(step->origins()) : Cell();
           }},
          {data_column("measured_percent"),
           [](const TokensRow& r) { return share_cell(r->decode.preferred(), Origin::kMeasured); }},
          {data_column("interpolated_percent"),
           [](const TokensRow& r) {
             return share_cell(r->decode.preferred(), Origin::kInterpolated);
           }},
          {data_column("modelled_percent"),
           [](const TokensRow& r) { return share_cell(r->decode.preferred(), Origin::kModelled); }},
          {data_column("linears_percent"),
           [](const TokensRow& r) { return share_cell(r->decode.explained(), OpGroup::kLinears); }},
          {data_column("attention_percent"),
           [](const TokensRow& r) {
             return share_cell(r->decode.explained(), OpGroup::kAttention);
           }},
          {data_column("head_percent"),
           [](const TokensRow& r) { return share_cell(r->decode.explained(), OpGroup::kHead); }},
          {data_column("other_percent"),
           [](const TokensRow& r) { return share_cell(r->decode.explained(), OpGroup::kOther); }},
          {data_column("reason"), [](const TokensRow& r) { return text_cell(r->decode.reason); }},
      });
  return columns;
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
    tables.push_back(make_table<TokensRow>("tokens", std::move(title),
                                           tokens_columns(group, rates.size() <= 1), group));
    tables.back().notes = notes_of(group);
  }
  return tables;
}

}  // namespace gpugauge
