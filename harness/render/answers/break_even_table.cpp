#include "harness/render/answers/break_even_table.hpp"

#include <fmt/format.h>

#include "harness/render/answers/decode_columns.hpp"
#include "harness/render/table/columns.hpp"

namespace gpugauge {
namespace {

template <typename Row>
using Columns = std::vector<ColumnOf<Row>>;

std::optional<Estimate> dollars_of(const std::optional<Standing>& standing) {
  return standing ? std::optional(standing->dollars_per_million) : std::nullopt;
}

Cell batch_cell(const std::optional<Standing>& standing) {
  return standing ? integer_cell(standing->batch) : Cell();
}

/// `equal` or `largest`.
Cell batches_cell(const Load& load) { return load.batch ? Cell("equal") : Cell("largest"); }

Cell cheaper_cell(const std::optional<Estimate>& a, const std::optional<Estimate>& b) {
  return a && b ? Cell(name_of(cheaper_of(*a, *b))) : Cell();
}

/// A signed share with its interval: `+14% (+2…+31)`.
Cell margin_cell(const Estimate& margin) {
  return {fmt::format("{:+.0f}%", 100 * margin.value), 100 * margin.value};
}

/// `0.187 (0.152…0.233)`, with the ends of the interval as columns for programs.
template <typename Row, typename Get, typename Show>
Columns<Row> range_columns(const std::string& key, std::string header, Get get, Show show) {
  const auto part = [=](double Estimate::*end) {
    return [=](const Row& r) {
      const std::optional<Estimate> e = get(r);
      return number_cell(e ? std::optional((*e).*end) : std::nullopt);
    };
  };
  return {
      {wrapping(15, number_column(key, std::move(header))),
       [=](const Row& r) {
         const std::optional<Estimate> e = get(r);
         if (!e) return Cell();
         const std::string interval = says_nothing(*e)
                                          ? std::string(kSaysNothing)
                                          : fmt::format("{}…{}", show(e->low), show(e->high));
         return Cell(fmt::format("{} ({})", show(e->value), interval), e->value);
       }},
      {data_column(key + "_low"), part(&Estimate::low)},
      {data_column(key + "_high"), part(&Estimate::high)},
  };
}

template <typename Row, typename Get>
Columns<Row> dollars_columns(const std::string& side, std::string header, Get get) {
  return {
      {wrapping(10, number_column(side + "_dollars_per_million", std::move(header))),
       [=](const Row& r) { return dollars_cell(get(r)); }},
      {data_column(side + "_low_dollars_per_million"),
       [=](const Row& r) { return low_cell(get(r)); }},
      {data_column(side + "_high_dollars_per_million"),
       [=](const Row& r) { return high_cell(get(r)); }},
  };
}

/// What every row says for programs, as all rows of a table are of one finding.
template <typename Row>
Columns<Row> finding_columns(const BreakEvenFinding& finding) {
  const auto same = [](Column column, Cell cell) {
    return ColumnOf<Row>{std::move(column), [=](const Row&) { return cell; }};
  };
  return {same(data_column("model"), finding.model),
          same(data_column("precision"), name_of(finding.precision)),
          same(data_column("output_tokens"), integer_cell(finding.output_tokens)),
          same(data_column("a"), finding.a.name), same(data_column("b"), finding.b.name)};
}

Columns<CardComparison> card_places(const BreakEvenFinding& finding) {
  auto columns = finding_columns<CardComparison>(finding);
  append<CardComparison>(
      columns, {
                   {data_column("input_tokens"),
                    [](const CardComparison& c) { return integer_cell(c.load.input_tokens); }},
                   {dispensable(4, text_column("batches", "batches")),
                    [](const CardComparison& c) { return batches_cell(c.load); }},
                   {number_column("a_batch", "batch A"),
                    [](const CardComparison& c) { return batch_cell(c.a); }},
                   {number_column("b_batch", "batch B"),
                    [](const CardComparison& c) { return batch_cell(c.b); }},
               });
  return columns;
}

std::string describe(char side, const Contender& contender) {
  const Rate& rate = contender.rate;
  return fmt::format("{}: {}{}, {} a GPU-hour ({}{}{}{}{}){}", side,
                     contender.num_gpus > 1 ? fmt::format("{} x ", contender.num_gpus) : "",
                     contender.name, format_dollars(rate.dollars_per_gpu_hour), name_of(rate.kind),
                     rate.provider.empty() ? "" : ", ", rate.provider,
                     rate.observed_at.empty() ? "" : ", ", rate.observed_at,
                     at_utilisation(contender.billing));
}

std::optional<Estimate> price_ratio(const CardComparison& c) {
  return c.evens ? std::optional(c.evens->price_ratio) : std::nullopt;
}

Table price_table(const BreakEvenFinding& finding) {
  auto columns = card_places(finding);
  append(columns, dollars_columns<CardComparison>(
                      "a", "$/M out A", [](const CardComparison& c) { return dollars_of(c.a); }));
  append(columns, dollars_columns<CardComparison>(
                      "b", "$/M out B", [](const CardComparison& c) { return dollars_of(c.b); }));
  append<CardComparison>(columns, {{text_column("cheaper", "cheaper"), [](const CardComparison& c) {
                                      return cheaper_cell(dollars_of(c.a), dollars_of(c.b));
                                    }}});
  append<CardComparison>(
      columns,
      {{dispensable(3, number_column("price_ratio_today", "A/B now")), [](const CardComparison& c) {
          return number_cell(c.evens ? std::optional(c.evens->price_ratio_today) : std::nullopt);
        }}});
  append(columns,
         range_columns<CardComparison>("break_even_price_ratio", "A/B even", price_ratio,
                                       [](double value) { return format_significant(value, 3); }));
  append<CardComparison>(columns,
                         {
                             {number_column("margin_percent", "A's margin"),
                              [](const CardComparison& c) {
                                return c.evens ? margin_cell(c.evens->margin()) : Cell();
                              }},
                             {data_column("margin_low_percent"),
                              [](const CardComparison& c) {
                                return c.evens ? number_cell(100 * c.evens->margin().low) : Cell();
                              }},
                             {data_column("margin_high_percent"),
                              [](const CardComparison& c) {
                                return c.evens ? number_cell(100 * c.evens->margin().high) : Cell();
                              }},
                         });
  Table table = make_table<CardComparison>("break_even", "break-even, " + finding.subject, columns,
                                           finding.comparisons);
  table.notes = {describe('A', finding.a), describe('B', finding.b),
                 "A/B: price of a GPU-hour; margin: how far A's price could rise (if negative, "
                 "must fall) until both cost the "
                 "same"};
  for (const CardComparison& c : finding.comparisons) {
    if (!c.evens) {
      table.notes.emplace_back("empty: it does not fit or is not known; gpugauge serve says why");
      break;
    }
  }
  return table;
}

Table utilisation_table(const BreakEvenFinding& finding) {
  const auto show = [](double share) { return fmt::format("{:.0f}%", 100 * share); };
  auto columns = card_places(finding);
  const auto add = [&](const std::string& side, char other, std::string header,
                       const Contender& fixed, Estimate Evens::*utilisation) {
    columns.push_back(
        {number_column(fmt::format("{}_utilisation_percent", other == 'A' ? "a" : "b"),
                       fmt::format("{} at", other)),
         [share = fixed.billing.utilisation](const CardComparison&) {
           return percent_cell(share);
         }});
    append(columns, range_columns<CardComparison>(
                        side + "_break_even_utilisation", std::move(header),
                        [=](const CardComparison& c) {
                          return c.evens ? std::optional((*c.evens).*utilisation) : std::nullopt;
                        },
                        show));
  };
  add("a", 'B', "A breaks even at", finding.b, &Evens::utilisation_a);
  add("b", 'A', "B breaks even at", finding.a, &Evens::utilisation_b);
  Table table = make_table<CardComparison>(
      "utilisation", "utilisation at which a token costs the same", columns, finding.comparisons);
  table.notes.emplace_back(
      "below its break-even a card costs more than the other; above 100% it "
      "cannot get there");
  return table;
}

Table fleet_table(const BreakEvenFinding& finding) {
  auto columns = finding_columns<FleetPair>(finding);
  append<FleetPair>(
      columns, {
                   {data_column("input_tokens"),
                    [](const FleetPair& f) { return integer_cell(f.load.input_tokens); }},
                   {data_column("tokens_per_day"),
                    [day = finding.tokens_per_day](const FleetPair&) { return number_cell(day); }},
                   {dispensable(4, text_column("batches", "batches")),
                    [](const FleetPair& f) { return batches_cell(f.load); }},
                   {number_column("batch", "batch"),
                    [](const FleetPair& f) {
                      return f.load.batch ? integer_cell(*f.load.batch) : Cell("largest", {});
                    }},
               });
  const auto add = [&](const std::string& side, char name, Fleet FleetPair::*fleet) {
    append(columns, range_columns<FleetPair>(
                        side + "_billed_gpus", fmt::format("GPUs {}", name),
                        [=](const FleetPair& f) { return std::optional((f.*fleet).billed_gpus); },
                        [](double value) { return fmt::format("{:.0f}", value); }));
    append(columns,
           range_columns<FleetPair>(
               side + "_dollars_per_month", fmt::format("$/month {}", name),
               [=](const FleetPair& f) { return std::optional((f.*fleet).dollars_per_month); },
               [](double value) { return fmt::format("{:.0f}", value); }));
  };
  add("a", 'A', &FleetPair::a);
  add("b", 'B', &FleetPair::b);
  append<FleetPair>(columns, {{text_column("cheaper", "cheaper"), [](const FleetPair& f) {
                                 return cheaper_cell(f.a.dollars_per_month, f.b.dollars_per_month);
                               }}});
  return make_table<FleetPair>(
      "fleet",
      fmt::format("fleets for {:.0f} output tokens a day, a month of {:g} hours",
                  finding.tokens_per_day, finding.a.billing.hours_per_month),
      columns, finding.fleets);
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
std::string throughout(const Curve& curve) {
  const auto common = common_points(curve);
  if (common.empty()) return "nothing is known of both";
  const CurvePoint& first = *common.front();
  std::size_t undecided = 0;
  for (const CurvePoint* p : common)
    undecided += cheaper_of(*p->a, *p->b) == CheaperCard::kUndecided;
  return fmt::format("none: {} throughout, undecided at {} of {}",
                     first.a->value < first.b->value ? "A" : "B", undecided, common.size());
}

Cell place_cell(const std::optional<std::int64_t>& place) {
  return place ? integer_cell(*place) : Cell();
}

Table crossings_table(const BreakEvenFinding& finding) {
  std::vector<CrossingRow> rows;
  for (const Curve& curve : finding.curves) {
    for (const Crossing& crossing : curve.crossings) rows.push_back({&curve, &crossing});
    if (curve.crossings.empty()) rows.push_back({&curve, nullptr});
  }
  const auto place = [](auto member) {
    return [=](const CrossingRow& r) {
      return r.crossing != nullptr ? place_cell((*r.crossing).*member) : Cell();
    };
  };
  const auto range_end = [](bool is_last) {
    return [=](const CrossingRow& r) {
      const auto common = common_points(*r.curve);
      if (common.empty()) return Cell();
      return integer_cell((is_last ? common.back() : common.front())->place);
    };
  };
  auto columns = finding_columns<CrossingRow>(finding);
  append<CrossingRow>(
      columns,
      {
          {text_column("axis", "along"),
           [](const CrossingRow& r) { return Cell(name_of(r.curve->axis)); }},
          {dispensable(2, wrapping(16, text_column("fixed", "at"))),
           [](const CrossingRow& r) { return Cell(fixed_of(*r.curve)); }},
          {dispensable(3, number_column("from", "from")), range_end(false)},
          {dispensable(3, number_column("to", "to")), range_end(true)},
          {wrapping(16, text_column("swap", "they swap")),
           [](const CrossingRow& r) {
             if (r.crossing == nullptr) return Cell(throughout(*r.curve));
             const bool a_first = r.crossing->before == CheaperCard::kA;
             return Cell(fmt::format("{} cheaper to {}, {} from {}", a_first ? "A" : "B",
                                     r.crossing->last, a_first ? "B" : "A", r.crossing->first));
           }},
          {data_column("cheaper_before"),
           [](const CrossingRow& r) {
             return r.crossing != nullptr ? Cell(name_of(r.crossing->before)) : Cell();
           }},
          {data_column("last_before"), place(&Crossing::last)},
          {data_column("first_after"), place(&Crossing::first)},
          {number_column("sure_until", "sure until"), place(&Crossing::sure_until)},
          {number_column("sure_from", "sure from"), place(&Crossing::sure_from)},
      });
  Table table =
      make_table<CrossingRow>("crossings", "where A and B swap places in $/M", columns, rows);
  table.notes.emplace_back(
      "between sure until and sure from (if empty, to the end of what is known "
      "of both) it is undecided");
  return table;
}

Table curve_table(const BreakEvenFinding& finding, const Curve& curve) {
  auto columns = finding_columns<CurvePoint>(finding);
  const std::string axis(name_of(curve.axis));
  append<CurvePoint>(
      columns,
      {
          {data_column("axis"), [=](const CurvePoint&) { return Cell(axis); }},
          {data_column("fixed"),
           [fixed = fixed_of(curve)](const CurvePoint&) { return Cell(fixed); }},
          {number_column("place", axis), [](const CurvePoint& p) { return integer_cell(p.place); }},
      });
  append(columns,
         dollars_columns<CurvePoint>("a", "$/M out A", [](const CurvePoint& p) { return p.a; }));
  append(columns,
         dollars_columns<CurvePoint>("b", "$/M out B", [](const CurvePoint& p) { return p.b; }));
  append<CurvePoint>(columns, {{text_column("cheaper", "cheaper"),
                                [](const CurvePoint& p) { return cheaper_cell(p.a, p.b); }}});
  return make_table<CurvePoint>(
      "curve", fmt::format("$ per million output tokens along {}, {}", axis, fixed_of(curve)),
      columns, curve.points);
}

}  // namespace

std::vector<Table> break_even_tables(const BreakEvenFinding& finding) {
  std::vector<Table> tables{price_table(finding), utilisation_table(finding)};
  if (!finding.fleets.empty()) tables.push_back(fleet_table(finding));
  tables.push_back(crossings_table(finding));
  for (const Curve& curve : finding.curves) tables.push_back(curve_table(finding, curve));
  return tables;
}

}  // namespace gpugauge
