#include "harness/render/answers/serving_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <tuple>

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
  return f.engine() ? std::optional(f.decode.step(*f.engine())->step_ns) : std::nullopt;
}

std::optional<Estimate> of_rate(const ServingFinding& f, Estimate ServingRate::*time) {
  return f.rate() != nullptr ? std::optional(f.rate()->*time) : std::nullopt;
}

/// `18.30 ±8.1%`.
template <typename Get>
std::vector<ColumnOf<ServingRow>> finding_columns(int rank, const std::string& key,
                                                  const std::string& unit, std::string header,
                                                  Get get) {
  return interval_columns<ServingRow>(rank, key, unit, std::move(header),
                                      [=](const ServingRow& r) { return get(*r); });
}

template <typename Get>
std::vector<ColumnOf<ServingRow>> time_columns(int rank, const std::string& key, std::string header,
                                               Get get) {
  return finding_columns(rank, key, "ms", std::move(header), [=](const ServingFinding& f) {
    std::optional<Estimate> e = get(f);
    if (e) e = Estimate{e->value / kNsPerMs, e->low / kNsPerMs, e->high / kNsPerMs};
    return e;
  });
}

template <typename Get>
ColumnOf<ServingRow> fit_column(Column column, Get get) {
  return {std::move(column), [=](const ServingRow& r) { return r->fit ? get(*r->fit) : Cell(); }};
}

Cell bytes_cell(double bytes) { return {format_bytes(bytes), bytes}; }

Cell share_cell(const ServingFinding& f, Origin origin) {
  return percent_cell(f.rate() != nullptr
                          ? std::optional(f.rate()->origins[static_cast<std::size_t>(origin)])
                          : std::nullopt);
}

std::vector<ColumnOf<ServingRow>> serving_places(const ServingGroup& group) {
  const bool several = std::any_of(group.begin(), group.end(), [&](ServingRow r) {
    return r->decode.file != group.front()->decode.file;
  });
  return {
      {visible_if(several, file_column()),
       [](const ServingRow& r) { return text_cell(r->decode.file); }},
      {visible_if(several, dispensable(6, text_column("device", "device"))),
       [](const ServingRow& r) { return text_cell(r->decode.device); }},
      {data_column("model"), [](const ServingRow& r) { return Cell(r->decode.model); }},
      {data_column("precision"),
       [](const ServingRow& r) { return Cell(name_of(r->request.precision)); }},
      {data_column("kv_dtype"), [](const ServingRow& r) { return Cell(name_of(r->request.kv)); }},
      {data_column("input_tokens"),
       [](const ServingRow& r) { return integer_cell(r->request.input_tokens); }},
      {data_column("output_tokens"),
       [](const ServingRow& r) { return integer_cell(r->request.output_tokens); }},
      {visible_if(group.front()->request.group.cards > 1, number_column("cards", "cards")),
       [](const ServingRow& r) { return integer_cell(r->request.group.cards); }},
      {dispensable(5, wrapping(9, text_column("batch_is", "batch is"))),
       [](const ServingRow& r) {
         return r->limit == BatchLimit::kGiven
                    ? Cell("given")
                    : Cell(fmt::format("largest: {}", name_of(r->limit)), std::string("largest"));
       }},
      {number_column("batch", "batch"),
       [](const ServingRow& r) { return integer_cell(r->point.batch); }},
      {data_column("batch_limit"), [](const ServingRow& r) { return Cell(name_of(r->limit)); }},
  };
}

std::vector<ColumnOf<ServingRow>> serving_columns(const ServingGroup& group) {
  auto columns = serving_places(group);
  append<ServingRow>(
      columns,
      {
          fit_column(data_column("fits"),
                     [](const FitFinding& f) { return Cell(f.fits() ? "yes" : "no", f.fits()); }),
          fit_column(dispensable(4, number_column("memory_batch", "fit in memory")),
                     [](const FitFinding& f) { return integer_cell(f.largest_batch); }),
          fit_column(data_column("weight_bytes"),
                     [](const FitFinding& f) { return bytes_cell(f.weight_bytes); }),
          fit_column(data_column("kv_bytes"),
                     [](const FitFinding& f) { return bytes_cell(f.kv_bytes); }),
          fit_column(data_column("usable_bytes"),
                     [](const FitFinding& f) { return bytes_cell(f.usable_bytes); }),
          fit_column(data_column("cards_needed"),
                     [](const FitFinding& f) {
                       return f.cards_needed ? integer_cell(*f.cards_needed) : Cell();
                     }),
          {data_column("engine"),
           [](const ServingRow& r) { return r->engine() ? Cell(name_of(*r->engine())) : Cell(); }},
      });
  append(columns, time_columns(4, "decode", "decode ms", decode_time));
  append(columns, time_columns(0, "ttft", "TTFT ms", [](const ServingFinding& f) {
           return of_rate(f, &ServingRate::ttft_ns);
         }));
  append(columns, time_columns(0, "tpot", "TPOT ms", [](const ServingFinding& f) {
           return of_rate(f, &ServingRate::tpot_ns);
         }));
  append(columns, finding_columns(0, "library_output", "tok_per_s", "out tok/s (library)",
                                  [](const ServingFinding& f) { return tokens_of(f.library); }));
  append(columns, finding_columns(2, "best_output", "tok_per_s", "out tok/s (best)",
                                  [](const ServingFinding& f) { return tokens_of(f.best); }));
  append<ServingRow>(
      columns,
      {
          {dispensable(3, wrapping(30, text_column("time_is", "time is"))),
           [](const ServingRow& r) {
             return r->rate() != nullptr ? origins_cell(r->rate()->origins) : Cell();
           }},
          {data_column("measured_percent"),
           [](const ServingRow& r) { return share_cell(*r, Origin::kMeasured); }},
          {data_column("interpolated_percent"),
           [](const ServingRow& r) { return share_cell(*r, Origin::kInterpolated); }},
          {data_column("modelled_percent"),
           [](const ServingRow& r) { return share_cell(*r, Origin::kModelled); }},
          {data_column("imported_percent"),
           [](const ServingRow& r) { return share_cell(*r, Origin::kImported); }},
          {data_column("reason"), [](const ServingRow& r) { return text_cell(r->reason); }},
      });
  return columns;
}

std::vector<std::string> notes_of(const ServingGroup& group) {
  std::vector<std::string> notes;
  for (const ServingRow& r : group) {
    std::vector<std::string> texts;
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
  return notes;
}

}  // namespace

std::vector<Table> serving_tables(std::span<const PricedServing> servings) {
  std::vector<Table> tables;
  for (const ServingGroup& group : groups_of(servings)) {
    const ServingFinding& first = *group.front();
    tables.push_back(
        make_table<ServingRow>("serving",
                               fmt::format("serving {} {}, {} tokens in, {} out",
                                           first.decode.model, name_of(first.request.precision),
                                           first.request.input_tokens, first.request.output_tokens),
                               serving_columns(group), group));
    tables.back().notes = notes_of(group);
  }
  return tables;
}

}  // namespace gpugauge
