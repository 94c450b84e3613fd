#include "harness/render/answers/break_even_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/base/estimate.hpp"
#include "harness/render/answers/decode_columns.hpp"
#include "harness/render/answers/origins.hpp"
#include "harness/render/table/columns.hpp"

namespace gpugauge {
namespace {

/// With what every row says for programs, as all rows of a table are of one answer.
template <typename Row>
ColumnList<Row> columns_of(const BreakEvenAnswer& answer) {
  ColumnList<Row> c;
  c.same("model", answer.model);
  c.same("precision", name_of(answer.precision));
  c.same("output_tokens", integer_cell(answer.output_tokens));
  c.same("a", answer.a.name);
  c.same("b", answer.b.name);
  return c;
}

Cell batch_cell(const std::optional<Standing>& standing) {
  return standing ? integer_cell(standing->batch) : Cell();
}

/// `64`; of two own largest batches `124 and 285`.
std::string batch_text(const CardComparison& c) {
  const auto of = [](const std::optional<Standing>& s) {
    return s ? fmt::format("{}", s->batch) : std::string("none");
  };
  return c.load.batch ? fmt::format("{}", *c.load.batch)
                      : fmt::format("{} and {}", of(c.a), of(c.b));
}

/// `equal` or `largest`.
const char* batches_of(const Load& load) { return load.batch ? "equal" : "largest"; }

/// `0.187 (0.152…0.233)`, with the ends of the interval for programs. `get(row)` may be nothing.
template <typename Row, typename Get, typename Show>
void add_range(ColumnList<Row>& c, const std::string& key, std::string header, Get get, Show show,
               int rank = 0) {
  c.add(dispensable(rank, wrapping(15, number_column(key, std::move(header)))), [=](const Row& r) {
    const std::optional<Estimate> e = get(r);
    if (!e) return Cell();
    const std::string interval = says_nothing(*e)
                                     ? std::string(kSaysNothing)
                                     : fmt::format("{}…{}", show(e->low), show(e->high));
    return Cell(fmt::format("{} ({})", show(e->value), interval), e->value);
  });
  c.ends(key + "_low", key + "_high", get);
}

template <typename Row, typename Get>
void add_dollars(ColumnList<Row>& c, const char* side, const Contender& contender, Get get) {
  wrap(c.interval(side, "dollars_per_million", fmt::format("$/M, {}", contender.name), get,
                  dollars_cell),
       10);
}

/// For people the name of the card that is meant.
Cell cheaper_cell(const BreakEvenAnswer& answer, Cheaper cheaper) {
  const std::string name(name_of(cheaper));
  if (cheaper == Cheaper::kUndecided) return name;
  return {cheaper == Cheaper::kA ? answer.a.name : answer.b.name, name};
}

template <typename Row, typename Get>
void add_cheaper(ColumnList<Row>& c, const BreakEvenAnswer& answer, Get get) {
  c.text("cheaper", "cheaper", [=, &answer](const Row& r) {
    const std::optional<Cheaper> cheaper = get(r);
    return cheaper ? cheaper_cell(answer, *cheaper) : Cell();
  });
}

/// What is known of both contenders, as a cell.
template <typename Get>
auto of_evens(Get get) {
  return [=](const CardComparison& c) { return c.evens ? to_cell(get(*c.evens)) : Cell(); };
}

ColumnList<CardComparison> card_places(const BreakEvenAnswer& answer) {
  auto c = columns_of<CardComparison>(answer);
  c.data("input_tokens", [](auto& r) { return r.load.input_tokens; });
  c.data("batches", [](auto& r) { return batches_of(r.load); });
  c.text("batch", "batch", [](auto& r) { return batch_text(r); });
  c.data("a_batch", [](auto& r) { return batch_cell(r.a); });
  c.data("b_batch", [](auto& r) { return batch_cell(r.b); });
  return c;
}

/// With where its numbers are from, at the first load at which it serves.
std::string describe(const Contender& contender, const BreakEvenAnswer& answer,
                     std::optional<Standing> CardComparison::*standing) {
  const Rate& rate = contender.rate;
  const auto known =
      std::find_if(answer.comparisons.begin(), answer.comparisons.end(),
                   [=](const CardComparison& c) { return (c.*standing).has_value(); });
  const std::string origins =
      known == answer.comparisons.end()
          ? std::string()
          : fmt::format("; at batch {} {}", ((*known).*standing)->batch,
                        origins_words(((*known).*standing)->tokens_per_second.origins));
  return fmt::format("{}{}: {} a GPU-hour ({}{}{}{}{}){}{}",
                     contender.num_gpus > 1 ? fmt::format("{} x ", contender.num_gpus) : "",
                     contender.name, format_dollars(rate.dollars_per_gpu_hour), name_of(rate.kind),
                     rate.provider.empty() ? "" : ", ", rate.provider,
                     rate.observed_at.empty() ? "" : ", ", rate.observed_at,
                     at_utilisation(contender.billing), origins);
}

Table price_table(const BreakEvenAnswer& answer) {
  const auto dollars = [](std::optional<Standing> CardComparison::*side) {
    return [=](const CardComparison& c) -> std::optional<Estimate> {
      if (!(c.*side)) return std::nullopt;
      return (c.*side)->dollars_per_million;
    };
  };
  const auto ratio = [](const CardComparison& c) {
    return c.evens ? std::optional(c.evens->price_ratio) : std::nullopt;
  };
  auto c = card_places(answer);
  add_dollars(c, "a", answer.a, dollars(&CardComparison::a));
  add_dollars(c, "b", answer.b, dollars(&CardComparison::b));
  add_cheaper(c, answer, [](const CardComparison& r) {
    return r.evens ? std::optional(r.evens->dollars.cheaper()) : std::nullopt;
  });
  // At the price of the other today.
  const auto hour = [](double price) { return format_dollars(price); };
  const double price_a = answer.a.rate.dollars_per_gpu_hour,
               price_b = answer.b.rate.dollars_per_gpu_hour;
  add_range(
      c, "a_break_even_dollars_per_gpu_hour", fmt::format("$/GPU-h of {} even at", answer.a.name),
      [=](const CardComparison& r) {
        return r.evens ? std::optional(scaled(r.evens->price_ratio, price_b)) : std::nullopt;
      },
      hour, 1);
  add_range(
      c, "b_break_even_dollars_per_gpu_hour", fmt::format("$/GPU-h of {} even at", answer.b.name),
      [=](const CardComparison& r) {
        return r.evens ? std::optional(reciprocal(price_a, r.evens->price_ratio)) : std::nullopt;
      },
      hour, 2);
  c.data("price_ratio_today", of_evens([](auto& e) { return e.price_ratio_today; }));
  const auto ratio_data = [=](auto part) {
    return [=](const CardComparison& r) {
      const auto e = ratio(r);
      return e ? number_cell((*e).*part) : Cell();
    };
  };
  c.data("break_even_price_ratio", ratio_data(&Estimate::value));
  c.data("break_even_price_ratio_low", ratio_data(&Estimate::low));
  c.data("break_even_price_ratio_high", ratio_data(&Estimate::high));
  c.data("margin_percent", of_evens([](auto& e) { return 100 * e.margin().value; }));
  c.data("margin_low_percent", of_evens([](auto& e) { return 100 * e.margin().low; }));
  c.data("margin_high_percent", of_evens([](auto& e) { return 100 * e.margin().high; }));
  for (const auto& [key, side] :
       {std::pair("a_time_is", &CardComparison::a), std::pair("b_time_is", &CardComparison::b)})
    c.data(key, [side = side](auto& r) {
      return r.*side ? origins_cell((r.*side)->tokens_per_second.origins) : Cell();
    });
  Table table =
      c.table("break_even",
              fmt::format("break-even, {} {}, {} tokens in, {} out", answer.model,
                          name_of(answer.precision), answer.input_tokens, answer.output_tokens),
              answer.comparisons);
  table.notes = {describe(answer.a, answer, &CardComparison::a),
                 describe(answer.b, answer, &CardComparison::b),
                 "even at: the price at which both cost the same, the other's unchanged"};
  if (!std::all_of(answer.comparisons.begin(), answer.comparisons.end(),
                   [](const CardComparison& r) { return r.evens.has_value(); }))
    table.notes.emplace_back("empty: does not fit, or is not known; gpugauge serve says why");
  table.notes.insert(table.notes.end(), answer.price_doubts.begin(), answer.price_doubts.end());
  return table;
}

Table utilisation_table(const BreakEvenAnswer& answer) {
  const auto show = [](double share) { return fmt::format("{:.0f}%", 100 * share); };
  auto c = card_places(answer);
  const auto add = [&](const std::string& side, const std::string& other,
                       const std::string& fixed_header, const std::string& header,
                       const Contender& fixed, Estimate Evens::*utilisation) {
    c.number(1, other + "_utilisation_percent", fixed_header,
             [share = fixed.billing.utilisation](auto&) { return percent_cell(share); });
    add_range(
        c, side + "_break_even_utilisation", header,
        [=](const CardComparison& r) {
          return r.evens ? std::optional((*r.evens).*utilisation) : std::nullopt;
        },
        show);
  };
  add("a", "b", fmt::format("{} at", answer.b.name), fmt::format("{} even at", answer.a.name),
      answer.b, &Evens::utilisation_a);
  add("b", "a", fmt::format("{} at", answer.a.name), fmt::format("{} even at", answer.b.name),
      answer.a, &Evens::utilisation_b);
  Table table =
      c.table("utilisation", "utilisation at which a token costs the same", answer.comparisons);
  table.notes = {
      "below its break-even utilisation a card costs more than the other; above 100% it always "
      "does"};
  return table;
}

Table fleet_table(const BreakEvenAnswer& answer) {
  auto c = columns_of<FleetPair>(answer);
  c.data("input_tokens", [](auto& f) { return f.load.input_tokens; });
  c.same("tokens_per_day", number_cell(answer.tokens_per_day));
  c.text(4, "batches", "batches", [](auto& f) { return batches_of(f.load); });
  c.number("batch", "batch", [](auto& f) {
    return f.load.batch ? integer_cell(*f.load.batch) : Cell("largest", {});
  });
  const auto whole = [](double value) { return fmt::format("{:.0f}", value); };
  const auto add = [&](const std::string& side, const std::string& name,
                       FleetRange FleetPair::*fleet) {
    add_range(
        c, side + "_billed_gpus", fmt::format("GPUs, {}", name),
        [=](const FleetPair& f) { return std::optional((f.*fleet).billed_gpus); }, whole);
    add_range(
        c, side + "_dollars_per_month", fmt::format("$/month, {}", name),
        [=](const FleetPair& f) -> std::optional<Estimate> { return (f.*fleet).dollars_per_month; },
        whole);
  };
  add("a", answer.a.name, &FleetPair::a);
  add("b", answer.b.name, &FleetPair::b);
  add_cheaper(c, answer, [](const FleetPair& f) { return f.cheaper(); });
  return c.table("fleet",
                 fmt::format("fleets for {:.0f} output tokens a day, a month of {:g} hours",
                             answer.tokens_per_day, answer.a.billing.hours_per_month),
                 answer.fleets);
}

/// `batch 8`, `own largest batch`, `1024 tokens in`: what stays while the axis varies.
std::string fixed_of(const Curve& curve) {
  if (curve.axis == Axis::kBatch) return fmt::format("{} tokens in", curve.load.input_tokens);
  return curve.load.batch ? fmt::format("batch {}", *curve.load.batch) : "own largest batch";
}

/// A crossing with the curve that it is of; without one the curve has none.
struct CrossingRow {
  const Curve* curve;
  const Crossing* crossing;
};

/// Where both are known.
std::vector<const CurvePoint*> common_points(const Curve& curve) {
  std::vector<const CurvePoint*> common;
  for (const CurvePoint& point : curve.points) {
    if (point.a && point.b) common.push_back(&point);
  }
  return common;
}

/// Who is cheaper along a curve without a crossing.
std::string throughout(const BreakEvenAnswer& answer, const Curve& curve) {
  const auto common = common_points(curve);
  if (common.empty()) return "not known for both";
  const CurvePoint& first = *common.front();
  const auto undecided = std::count_if(common.begin(), common.end(), [](const CurvePoint* p) {
    return p->cheaper == Cheaper::kUndecided;
  });
  std::string text = fmt::format("none: {} cheaper throughout",
                                 first.a->value < first.b->value ? answer.a.name : answer.b.name);
  if (undecided > 0) text += fmt::format(", undecided at {} of {}", undecided, common.size());
  return text;
}

Table crossings_table(const BreakEvenAnswer& answer) {
  std::vector<CrossingRow> rows;
  for (const Curve& curve : answer.curves) {
    for (const Crossing& crossing : curve.crossings) rows.push_back({&curve, &crossing});
    if (curve.crossings.empty()) rows.push_back({&curve, nullptr});
  }
  const auto place = [](auto member) {
    return [=](const CrossingRow& r) {
      return r.crossing != nullptr ? to_cell((*r.crossing).*member) : Cell();
    };
  };
  const auto range_end = [](bool is_last) {
    return [=](const CrossingRow& r) {
      const auto common = common_points(*r.curve);
      if (common.empty()) return Cell();
      return integer_cell((is_last ? common.back() : common.front())->place);
    };
  };
  auto c = columns_of<CrossingRow>(answer);
  c.text("axis", "along", [](auto& r) { return name_of(r.curve->axis); });
  c.add(dispensable(2, wrapping(16, text_column("fixed", "at"))),
        [](auto& r) { return fixed_of(*r.curve); });
  c.number(3, "from", "from", range_end(false));
  c.number(3, "to", "to", range_end(true));
  c.add(wrapping(16, text_column("swap", "break-even")), [&answer](auto& r) {
    if (r.crossing == nullptr) return throughout(answer, *r.curve);
    const bool a_first = r.crossing->before == Cheaper::kA;
    return fmt::format("{} cheaper to {}, {} from {}", (a_first ? answer.a : answer.b).name,
                       r.crossing->last, (a_first ? answer.b : answer.a).name, r.crossing->first);
  });
  c.data("cheaper_before", [](auto& r) {
    return r.crossing != nullptr ? Cell(name_of(r.crossing->before)) : Cell();
  });
  c.data("last_before", place(&Crossing::last));
  c.data("first_after", place(&Crossing::first));
  c.number("sure_until", "decided until", place(&Crossing::sure_until));
  c.number("sure_from", "decided from", place(&Crossing::sure_from));
  Table table = c.table("crossings", "where the cheaper card changes", rows);
  if (std::any_of(rows.begin(), rows.end(), [](auto& r) {
        return r.crossing != nullptr && (r.crossing->sure_until || r.crossing->sure_from);
      }))
    table.notes = {
        "undecided between decided until and decided from (empty: to the end of the range known "
        "for both)"};
  return table;
}

Table curve_table(const BreakEvenAnswer& answer, const Curve& curve) {
  auto c = columns_of<CurvePoint>(answer);
  const std::string axis(name_of(curve.axis));
  c.same("axis", axis);
  c.same("fixed", fixed_of(curve));
  c.number("place", axis, [](auto& p) { return p.place; });
  add_dollars(c, "a", answer.a, [](const CurvePoint& p) { return p.a; });
  add_dollars(c, "b", answer.b, [](const CurvePoint& p) { return p.b; });
  add_cheaper(c, answer, [](const CurvePoint& p) {
    return p.a && p.b ? std::optional(p.cheaper) : std::nullopt;
  });
  return c.table("curve",
                 fmt::format("$ per million output tokens along {}, {}", axis, fixed_of(curve)),
                 curve.points);
}

}  // namespace

std::vector<Table> break_even_tables(const BreakEvenAnswer& answer) {
  std::vector<Table> tables{price_table(answer), utilisation_table(answer)};
  if (!answer.fleets.empty()) tables.push_back(fleet_table(answer));
  tables.push_back(crossings_table(answer));
  for (const Curve& curve : answer.curves) tables.push_back(curve_table(answer, curve));
  return tables;
}

}  // namespace gpugauge
