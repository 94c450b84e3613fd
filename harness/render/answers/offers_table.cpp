#include "harness/render/answers/offers_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "harness/answer/decode_groups.hpp"
#include "harness/render/answers/decode_columns.hpp"

namespace gpugauge {
namespace {

constexpr std::size_t kMostOffers = 4;

using BatchRow = const PricedDecode*;

/// Points of each file that have a price.
std::vector<DecodeGroup> priced_by_file(const DecodeGroup& group) {
  DecodeGroup priced;
  std::copy_if(group.begin(), group.end(), std::back_inserter(priced),
               [](BatchRow p) { return !p->costs.empty(); });
  return by_file(priced);
}

/// Those that fit; all, where none does.
DecodeGroup that_fit(const DecodeGroup& group) {
  DecodeGroup fitting;
  std::copy_if(group.begin(), group.end(), std::back_inserter(fitting),
               [](BatchRow p) { return p->decode.fits(); });
  return fitting.empty() ? group : fitting;
}

std::string offer_name(const Rate& rate) {
  if (rate.kind == RateKind::kUnit) return "at $1.00/h";
  if (rate.kind == RateKind::kGiven)
    return fmt::format("at {}/h", format_dollars(rate.dollars_per_gpu_hour));
  return fmt::format("{}{}", rate.provider, rate.kind == RateKind::kSpot ? " spot" : "");
}

/// Places of a card's offers, by price.
std::vector<std::size_t> offers_by_price(const PricedDecode& point) {
  std::vector<std::size_t> places(point.costs.size());
  for (std::size_t i = 0; i < places.size(); ++i) places[i] = i;
  std::stable_sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
    return point.costs[a].rate.dollars_per_gpu_hour < point.costs[b].rate.dollars_per_gpu_hour;
  });
  return places;
}

const std::optional<Estimate>& dollars_of(const Cost& cost) {
  return cost.library ? cost.library : cost.best;
}

Cell dollars_at(BatchRow r, std::size_t offer) {
  const auto& dollars = dollars_of(r->costs.at(offer));
  return dollars ? dollars_cell(dollars->value) : Cell();
}

/// `4 of 25 batches do not fit`, with why.
std::string left_out(const DecodeGroup& group) {
  std::vector<BatchRow> large;
  std::copy_if(group.begin(), group.end(), std::back_inserter(large),
               [](BatchRow p) { return !p->decode.fits(); });
  if (large.empty()) return {};
  const auto [first, last] = std::minmax_element(large.begin(), large.end(), [](auto* a, auto* b) {
    return a->decode.point.batch < b->decode.point.batch;
  });
  const std::int64_t least = (*first)->decode.point.batch, most = (*last)->decode.point.batch;
  return fmt::format(
      "batch {} {}",
      least == most ? fmt::format("{}", least) : fmt::format("{} to {}", least, most),
      does_not_fit(*(*first)->decode.fit));
}

std::string title_of(const DecodeGroup& group) {
  const PricedDecode& first = *group.front();
  return fmt::format("$/M, decode only: {}, {}{}", first.card, subject_of(group),
                     at_utilisation(first.costs.front().billing));
}

Table batches_table(const DecodeGroup& group, std::span<const std::size_t> shown) {
  const DecodeGroup rows = that_fit(group);
  const bool has_faster = std::any_of(rows.begin(), rows.end(), [](BatchRow r) {
    const Cost& cost = r->costs.front();
    return cost.library && cost.best && cost.best->value < cost.library->value;
  });
  ColumnList<BatchRow> c;
  c.number("batch", "batch", [](BatchRow r) { return r->decode.point.batch; });
  c.add(visible_if(!rows.front()->decode.fits(), text_column("fits", "fits")),
        [](BatchRow r) { return fits_cell(r->decode); });
  c.number(4, "tok_per_s_per_user", "tok/s a user", [](BatchRow r) {
    return r->decode.preferred()->tokens_per_second.value /
           static_cast<double>(r->decode.point.batch);
  });
  int rank = 0;
  for (const std::size_t offer : shown) {
    const Rate& rate = rows.front()->costs.at(offer).rate;
    Column column = number_column(fmt::format("dollars_{}", offer), offer_name(rate));
    column.dispensable = rank++;
    c.add(std::move(column), [=](BatchRow r) { return dollars_at(r, offer); });
  }
  c.number("half_width_percent", "±",
           [](BatchRow r) { return plus_minus_cell(dollars_of(r->costs.front())); });
  Column fastest = number_column("best_dollars", "fastest kernels");
  fastest.dispensable = 3;
  c.add(visible_if(has_faster, std::move(fastest)), [offer = shown.front()](BatchRow r) {
    const auto& best = r->costs.at(offer).best;
    return best ? dollars_cell(best->value) : Cell();
  });
  c.text(2, "step_time_is", "step time is", [](BatchRow r) {
    const auto origins = origins_of(r->decode);
    return origins ? main_origin_cell(*origins) : Cell();
  });
  Table table = c.table("cost", title_of(group), rows);
  if (rows.size() < group.size()) table.notes.push_back(left_out(group));
  const std::size_t others = group.front()->costs.size() - shown.size();
  if (others > 0)
    table.notes.push_back(fmt::format("{} dearer offer{}; all of them with --format csv or json",
                                      others, others > 1 ? "s" : ""));
  for (std::string& note : unmeasured_notes_of(group)) table.notes.push_back(std::move(note));
  add_unpriced_notes(group, table.notes);
  return table;
}

Table months_table(const DecodeGroup& group, std::span<const std::size_t> shown) {
  std::vector<const Cost*> offers;
  for (const std::size_t offer : shown) offers.push_back(&group.front()->costs.at(offer));
  const Billing& billing = offers.front()->billing;
  using Row = const Cost*;
  ColumnList<Row> c;
  c.text("offer", "offer", [](Row r) { return offer_name(r->rate); });
  c.number("dollars_per_gpu_hour", "$/GPU-h",
           [](Row r) { return dollars_cell(r->rate.dollars_per_gpu_hour); });
  c.number("billed_gpus", "GPUs billed", [](Row r) { return r->billed_gpus; });
  c.number("dollars_per_month", "$/month",
           [](Row r) { return dollars_cell(r->dollars_per_month); });
  c.text(1, "observed_at", "price of", [](Row r) { return text_cell(r->rate.observed_at); });
  Table table = c.table("month",
                        fmt::format("offers of {}, a month of {:g} hours{}", group.front()->card,
                                    billing.hours_per_month, at_utilisation(billing)),
                        offers);
  std::set<std::string> reasons;
  for (const PricedDecode* p : group) {
    if (!p->energy.joules_per_token)
      reasons.insert(fmt::format("{}: {}", p->decode.device, p->energy.reason));
  }
  table.notes.assign(reasons.begin(), reasons.end());
  return table;
}

/// The point and offer of least dollars of one kind of rate.
const PricedDecode* least_of(const DecodeGroup& group, RateKind kind, const Cost*& offer) {
  const PricedDecode* least = nullptr;
  offer = nullptr;
  for (const PricedDecode* p : group) {
    for (const Cost& cost : p->costs) {
      if (!p->decode.fits() || cost.rate.kind != kind || !dollars_of(cost)) continue;
      if (offer != nullptr && dollars_of(*offer)->value <= dollars_of(cost)->value) continue;
      offer = &cost;
      least = p;
    }
  }
  return least;
}

/// `Spheron spot $0.030/M at batch 256, on demand $0.069`.
std::string cheapest_words(const DecodeGroup& group) {
  struct Find {
    const PricedDecode* point;
    const Cost* cost;
    const char* words;
  };
  std::vector<Find> finds;
  for (const auto& [kind, words] :
       {std::pair(RateKind::kOnDemand, "on demand "), std::pair(RateKind::kSpot, "spot "),
        std::pair(RateKind::kGiven, "")}) {
    const Cost* cost = nullptr;
    if (const PricedDecode* point = least_of(group, kind, cost))
      finds.push_back({point, cost, words});
  }
  std::stable_sort(finds.begin(), finds.end(), [](const Find& a, const Find& b) {
    return dollars_of(*a.cost)->value < dollars_of(*b.cost)->value;
  });
  std::string text;
  for (const Find& find : finds) {
    const std::string& provider = find.cost->rate.provider;
    const bool same = !text.empty() && provider == finds.front().cost->rate.provider;
    text += fmt::format("{}{}{}{}/M", text.empty() ? "" : ", ",
                        provider.empty() || same ? "" : provider + " ", find.words,
                        format_dollars(dollars_of(*find.cost)->value));
    if (text.find("batch") == std::string::npos ||
        find.point->decode.point.batch != finds.front().point->decode.point.batch)
      text += fmt::format(" at batch {}", find.point->decode.point.batch);
  }
  return text;
}

}  // namespace

std::vector<Table> offer_tables(std::span<const PricedDecode> points) {
  std::vector<Table> tables;
  std::set<std::string> billed;
  for (const DecodeGroup& group : groups_of(points)) {
    for (const DecodeGroup& own : priced_by_file(group)) {
      std::vector<std::size_t> shown = offers_by_price(*own.front());
      shown.resize(std::min(shown.size(), kMostOffers));
      tables.push_back(batches_table(own, shown));
      if (billed.insert(own.front()->decode.file).second)
        tables.push_back(months_table(own, shown));
    }
    DecodeGroup unknown;
    std::copy_if(group.begin(), group.end(), std::back_inserter(unknown),
                 [](BatchRow p) { return p->costs.empty(); });
    if (unknown.empty()) continue;
    Table& none = tables.emplace_back();
    none.name = "cost";
    none.title = fmt::format("$/M, decode only: {}", subject_of(group));
    none.notes = notes_of(unknown);
  }
  return tables;
}

std::vector<Table> cheapest_tables(std::span<const PricedDecode> points) {
  std::vector<std::string> lines;
  const std::vector<DecodeGroup> groups = groups_of(points);
  for (const DecodeGroup& group : groups) {
    const std::vector<DecodeGroup> files = priced_by_file(group);
    for (const DecodeGroup& own : files) {
      const std::string words = cheapest_words(own);
      const bool is_one = groups.size() == 1 && files.size() == 1;
      if (!words.empty())
        lines.push_back(fmt::format(
            "cheapest{}: {}",
            is_one ? "" : fmt::format(", {}, {}", own.front()->card, subject_of(group)), words));
    }
  }
  if (lines.empty()) return {};
  ColumnList<std::string> c;
  c.add(sentence_column("text", ""), [](auto& line) { return line; });
  Table table = c.table("cheapest", lines.size() == 1 ? lines.front() : "",
                        std::span<const std::string>(lines));
  if (lines.size() == 1) table.columns.front().data_only = true;
  return {table};
}

}  // namespace gpugauge
