#include "harness/render/answers/advice_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "harness/analyze/advise/fleet.hpp"
#include "harness/base/units.hpp"
#include "harness/render/answers/decode_columns.hpp"
#include "harness/render/answers/origins.hpp"
#include "harness/render/table/columns.hpp"

namespace gpugauge {
namespace {

/// A line of a ranking with what it belongs to.
struct OptionRow {
  const Advice* advice;
  const Ranking* ranking;
  const Option* option;
  int place;

  const Service& service() const { return ranking->service(*option); }
};

template <typename Row>
std::vector<ColumnOf<Row>> option_places() {
  return {
      {data_column("model"), [](const Row& r) { return Cell(r.advice->model); }},
      {data_column("context"), [](const Row& r) { return integer_cell(r.advice->context); }},
  };
}

std::string batch_text(const Ranking& ranking) {
  return ranking.batch ? fmt::format("batch {}", *ranking.batch)
                       : std::string("each card's own largest batch");
}

std::string gpus_text(const OptionRow& r) {
  const int gpus = r.option->month ? r.option->month->gpus : r.service().gpus;
  const int billed = r.option->month ? r.option->month->billed_gpus
                                     : billable_gpus(gpus, r.option->rate->min_gpus);
  return billed == gpus ? std::to_string(gpus) : fmt::format("{} of {}", gpus, billed);
}

std::string offer_text(const Rate& rate) {
  return fmt::format("{} {} {}", format_dollars(rate.dollars_per_gpu_hour), name_of(rate.kind),
                     rate.provider);
}

/// Why it stands where it does, beside the winner.
std::string because(const OptionRow& r) {
  const Option& winner = *r.ranking->winner();
  if (r.option == &winner) return "cheapest";
  const double price = r.option->rate->dollars_per_gpu_hour / winner.rate->dollars_per_gpu_hour;
  if (&r.ranking->card(*r.option) == &r.ranking->card(winner))
    return fmt::format("{:.3g}x price", price);
  const Service& first = r.ranking->service(winner);
  const double speed = r.service().rate.output_tokens_per_second.value / r.service().gpus /
                       (first.rate.output_tokens_per_second.value / first.gpus);
  return fmt::format("{:.3g}x tok/s, {:.3g}x price", speed, price);
}

Cell ms_cell(const Estimate& ns) { return number_cell(ns.value / kNsPerMs); }

Cell month_cell(const OptionRow& r) {
  return r.option->month
             ? Cell(fmt::format("${:.0f}", r.option->month->dollars), r.option->month->dollars)
             : Cell();
}

std::vector<ColumnOf<OptionRow>> option_columns(bool own_largest) {
  using Row = OptionRow;
  auto columns = option_places<Row>();
  append<Row>(
      columns,
      {
          {data_column("batch_is"),
           [](const Row& r) { return Cell(r.ranking->batch ? "given" : "largest"); }},
          {data_column("place"), [](const Row& r) { return integer_cell(r.place); }},
          {text_column("card", "card"), [](const Row& r) { return Cell(r.service().card->name); }},
          {wrapping(18, text_column("offer", "$/GPU-h")),
           [](const Row& r) { return Cell(offer_text(*r.option->rate)); }},
          {data_column("dollars_per_gpu_hour"),
           [](const Row& r) { return number_cell(r.option->rate->dollars_per_gpu_hour); }},
          {data_column("rate_kind"),
           [](const Row& r) { return Cell(name_of(r.option->rate->kind)); }},
          {data_column("provider"),
           [](const Row& r) { return text_cell(r.option->rate->provider); }},
          {text_column("gpus", "GPUs"),
           [](const Row& r) { return Cell(gpus_text(r), std::int64_t{r.service().gpus}); }},
          {data_column("billed_gpus"),
           [](const Row& r) {
             return integer_cell(r.option->month
                                     ? r.option->month->billed_gpus
                                     : billable_gpus(r.service().gpus, r.option->rate->min_gpus));
           }},
          {number_column("dollars_per_million", "$/M out"),
           [](const Row& r) { return dollars_cell(r.option->dollars_per_million); }},
          {data_column("dollars_per_million_low"),
           [](const Row& r) { return low_cell(r.option->dollars_per_million); }},
          {data_column("dollars_per_million_high"),
           [](const Row& r) { return high_cell(r.option->dollars_per_million); }},
          {dispensable(2, number_column("dollars_per_month", "$/month")), month_cell},
          {dispensable(1, number_column("margin_percent", "more")),
           [](const Row& r) {
             return Cell(r.option->margin > 0 ? fmt::format("{:.0f}%", 100 * r.option->margin) : "",
                         100 * r.option->margin);
           }},
          {dispensable(3, number_column("probability_cheaper", "P")),
           [](const Row& r) {
             return r.option->probability ? Cell(fmt::format("{:.2f}", *r.option->probability),
                                                 *r.option->probability)
                                          : Cell();
           }},
          {dispensable(4, number_column("output_tok_per_s", "tok/s")),
           [](const Row& r) {
             return number_cell(r.service().rate.output_tokens_per_second.value);
           }},
          {dispensable(5, number_column("ttft_ms", "TTFT")),
           [](const Row& r) { return ms_cell(r.service().rate.ttft_ns); }},
          {dispensable(5, number_column("tpot_ms", "TPOT")),
           [](const Row& r) { return ms_cell(r.service().rate.tpot_ns); }},
          {visible_if(own_largest, dispensable(3, number_column("batch", "batch, limit"))),
           [](const Row& r) {
             return Cell(fmt::format("{} {}", r.service().batch, name_of(r.service().limit)),
                         r.service().batch);
           }},
          {data_column("batch_limit"),
           [](const Row& r) { return Cell(name_of(r.service().limit)); }},
          {data_column("file"), [](const Row& r) { return text_cell(r.service().file); }},
          {dispensable(6, wrapping(14, text_column("because", "because, per GPU"))),
           [](const Row& r) { return Cell(because(r)); }},
      });
  return columns;
}

Table ranking_table(const Advice& advice, const Ranking& ranking, const AdviceRequest& request) {
  std::vector<OptionRow> rows;
  for (const Option& option : ranking.options)
    rows.push_back({&advice, &ranking, &option, static_cast<int>(rows.size()) + 1});
  Table table = make_table<OptionRow>(
      "advice",
      fmt::format("{} {}, {} tokens in, {} out, {}{}", advice.model, name_of(request.precision),
                  advice.context, request.output_tokens, batch_text(ranking),
                  request.tokens_per_day.empty() ? ""
                                                 : fmt::format(", {:.4g} output tokens a day",
                                                               request.tokens_per_day.front())),
      option_columns(!ranking.batch), rows);
  for (const Service& service : ranking.services) {
    if (!service.serves()) continue;
    table.notes.push_back(
        fmt::format("{}{}: {}, {}", service.gpus > 1 ? fmt::format("{} x ", service.gpus) : "",
                    service.card->name, service.file, origins_cell(service.rate.origins).text));
  }
  return table;
}

struct ExcludedRow {
  const Advice* advice;
  std::string at;
  const Excluded* excluded;
};

Table excluded_table(const Advice& advice) {
  std::vector<ExcludedRow> rows;
  for (const Ranking& ranking : advice.rankings) {
    for (const Excluded& excluded : ranking.excluded)
      rows.push_back({&advice, batch_text(ranking), &excluded});
  }
  auto columns = option_places<ExcludedRow>();
  append<ExcludedRow>(columns, {{text_column("card", "card"),
                                 [](const ExcludedRow& r) { return Cell(r.excluded->card->name); }},
                                {wrapping(12, text_column("at", "at")),
                                 [](const ExcludedRow& r) { return Cell(r.at); }},
                                {sentence_column("reason", "cannot be ranked because"),
                                 [](const ExcludedRow& r) { return Cell(r.excluded->reason); }}});
  return make_table<ExcludedRow>("excluded", "not ranked", columns, rows);
}

struct FactsRow {
  const Advice* advice;
  const CardFacts* facts;
};

Cell gib_cell(double bytes) { return {fmt::format("{:.1f}", bytes / kGib), bytes}; }

Cell dollars_of(const Rate* rate) {
  return rate != nullptr
             ? Cell(format_dollars(rate->dollars_per_gpu_hour), rate->dollars_per_gpu_hour)
             : Cell();
}

template <typename Get>
ColumnOf<FactsRow> fit_column(Column column, Get get) {
  return {std::move(column),
          [=](const FactsRow& r) { return r.facts->fit ? get(*r.facts->fit) : Cell(); }};
}

Table facts_table(const Advice& advice, const AdviceRequest& request) {
  using Row = FactsRow;
  std::vector<Row> rows;
  for (const CardFacts& facts : advice.checklist.facts) rows.push_back({&advice, &facts});
  auto columns = option_places<Row>();
  append<Row>(
      columns,
      {{text_column("card", "card"), [](const Row& r) { return Cell(r.facts->card->name); }},
       fit_column(number_column("gpus", "GPUs"),
                  [](const FitFinding& f) { return integer_cell(f.cards); }),
       fit_column(dispensable(4, number_column("usable_bytes", "usable")),
                  [](const FitFinding& f) { return gib_cell(f.usable_bytes); }),
       fit_column(dispensable(5, number_column("weight_bytes", "weights")),
                  [](const FitFinding& f) { return gib_cell(f.weight_bytes); }),
       fit_column(dispensable(5, number_column("kv_bytes", "KV cache")),
                  [](const FitFinding& f) { return gib_cell(f.kv_bytes); }),
       fit_column(dispensable(3, number_column("free_bytes", "free")),
                  [](const FitFinding& f) { return gib_cell(f.free_bytes()); }),
       fit_column(number_column("largest_batch", "max batch"),
                  [](const FitFinding& f) { return integer_cell(f.largest_batch); }),
       {dispensable(2, number_column("largest_context", "max prompt")),
        [](const Row& r) {
          return r.facts->fit ? integer_cell(r.facts->largest_context) : Cell();
        }},
       {dispensable(1, number_column("read_gbps", "GB/s")),
        [](const Row& r) {
          return number_cell(r.facts->read ? std::optional(r.facts->read->rate.value)
                                           : std::nullopt);
        }},
       {data_column("read_is"),
        [](const Row& r) { return r.facts->read ? Cell(name_of(r.facts->read->origin)) : Cell(); }},
       {dispensable(2, number_column("tflops", "TFLOPS")),
        [](const Row& r) {
          return number_cell(r.facts->tflops ? std::optional(r.facts->tflops->value)
                                             : std::nullopt);
        }},
       {dispensable(6, number_column("ridge_batch", "ridge")),
        [](const Row& r) {
          return r.facts->ridge_batch ? integer_cell(*r.facts->ridge_batch) : Cell();
        }},
       {dispensable(6, text_column("link", "link")),
        [](const Row& r) { return Cell(name_of(r.facts->link.link)); }},
       {number_column("on_demand_per_gpu_hour", "$/h"),
        [](const Row& r) { return dollars_of(r.facts->on_demand); }},
       {dispensable(3, number_column("spot_per_gpu_hour", "spot")),
        [](const Row& r) { return dollars_of(r.facts->spot); }}});
  return make_table<Row>(
      "cards",
      fmt::format("{} on each card: GPUs that hold it at batch {}; GiB of each GPU at batch {}",
                  advice.model, request.batches.front(), request.batches.back()),
      columns, rows);
}

struct LineRow {
  const Advice* advice;
  const ChecklistLine* line;
};

Table checklist_table(const Advice& advice) {
  std::vector<LineRow> rows;
  for (const ChecklistLine& line : advice.checklist.lines) rows.push_back({&advice, &line});
  auto columns = option_places<LineRow>();
  append<LineRow>(
      columns,
      {{wrapping(12, text_column("question", "question")),
        [](const LineRow& r) { return Cell(name_of(r.line->question)); }},
       {text_column("favours", "favours"),
        [](const LineRow& r) {
          return r.line->favours != nullptr ? Cell(r.line->favours->name) : Cell("neither", {});
        }},
       {sentence_column("why", "because"), [](const LineRow& r) { return Cell(r.line->why); }}});
  return make_table<LineRow>("checklist", "checklist", columns, rows);
}

struct FlipRow {
  const Advice* advice;
  const Flip* flip;
};

std::string value_text(FlipKind kind, double value) {
  if (kind == FlipKind::kWinnersPrice || kind == FlipKind::kRunnerUpsPrice)
    return format_dollars(value);
  if (kind == FlipKind::kWinnersBusyness) return format_percent(value);
  return kind == FlipKind::kDemand ? fmt::format("{:.3g}", value) : fmt::format("{:.0f}", value);
}

std::string what_text(const FlipRow& r) {
  const Ranking& ranking = r.advice->at_median();
  const std::string& winner = ranking.card(*ranking.winner()).name;
  const std::string& other = ranking.card(*ranking.runner_up()).name;
  switch (r.flip->kind) {
    case FlipKind::kWinnersPrice:
      return fmt::format("$/GPU-h of {}, to rise to", winner);
    case FlipKind::kRunnerUpsPrice:
      return fmt::format("$/GPU-h of {}, to fall to", other);
    case FlipKind::kWinnersBusyness:
      return fmt::format("{} kept busy, {} as now", winner, other);
    case FlipKind::kBatch:
      return "batch, the same for both";
    case FlipKind::kContext:
      return "tokens of a prompt";
    case FlipKind::kDemand:
      return "output tokens a day, by $ a month";
  }
  return {};
}

Table flips_table(const Advice& advice) {
  std::vector<FlipRow> rows;
  for (const Flip& flip : advice.flips) rows.push_back({&advice, &flip});
  auto columns = option_places<FlipRow>();
  const auto value = [](const Flip& flip, const std::optional<double>& number, const char* none) {
    return number ? Cell(value_text(flip.kind, *number), *number) : Cell(none, {});
  };
  append<FlipRow>(
      columns, {{data_column("what"), [](const FlipRow& r) { return Cell(name_of(r.flip->kind)); }},
                {wrapping(24, text_column("text", "what")),
                 [](const FlipRow& r) { return Cell(what_text(r)); }},
                {number_column("now", "now"),
                 [=](const FlipRow& r) { return value(*r.flip, r.flip->now, "not named"); }},
                {number_column("flips_at", "flips at"),
                 [=](const FlipRow& r) { return value(*r.flip, r.flip->at, "none"); }}});
  const Ranking& ranking = advice.at_median();
  const Option* other = ranking.runner_up();
  return make_table<FlipRow>(
      "flips",
      other != nullptr
          ? fmt::format("what would make {} cheaper than {}, {}", ranking.card(*other).name,
                        ranking.card(*ranking.winner()).name,
                        fmt::format("at batch {}", *ranking.batch))
          : std::string("what would change the answer"),
      columns, rows);
}

Table sentences_table(std::string name, std::string title, std::vector<std::string> sentences) {
  const std::vector<ColumnOf<std::string>> columns{
      {sentence_column("text", ""), [](const std::string& s) { return Cell(s); }}};
  return make_table<std::string>(std::move(name), std::move(title), columns, sentences);
}

struct AnswerRow {
  const Advice* advice;
  std::string text;
};

Table answer_table(std::span<const Advice> all, const AdviceRequest& request) {
  std::vector<AnswerRow> rows;
  for (const Advice& advice : all) rows.push_back({&advice, answer_of(advice, request)});
  auto columns = std::vector<ColumnOf<AnswerRow>>{
      {text_column("model", "model"), [](const AnswerRow& r) { return Cell(r.advice->model); }},
      {number_column("context", "in"),
       [](const AnswerRow& r) { return integer_cell(r.advice->context); }},
      {data_column("card"),
       [](const AnswerRow& r) {
         const Ranking& ranking = r.advice->at_median();
         return ranking.winner() != nullptr ? Cell(ranking.card(*ranking.winner()).name) : Cell();
       }},
      {data_column("decided"),
       [](const AnswerRow& r) { return Cell("", r.advice->at_median().is_decided()); }},
      {sentence_column("answer", "which card to rent"),
       [](const AnswerRow& r) { return Cell(r.text); }}};
  return make_table<AnswerRow>("answer", "answer", columns, rows);
}

}  // namespace

std::vector<Table> advice_tables(std::span<const Advice> all, const AdviceRequest& request) {
  std::vector<Table> tables;
  for (const Advice& advice : all) {
    for (const Ranking& ranking : advice.rankings)
      tables.push_back(ranking_table(advice, ranking, request));
    Table excluded = excluded_table(advice);
    if (!excluded.rows.empty()) tables.push_back(std::move(excluded));
    tables.push_back(facts_table(advice, request));
    tables.push_back(checklist_table(advice));
    if (!advice.flips.empty()) tables.push_back(flips_table(advice));
  }
  std::vector<std::string> fleet = fleet_of(all, request);
  if (!fleet.empty()) tables.push_back(sentences_table("fleet", "fleet", std::move(fleet)));
  tables.push_back(answer_table(all, request));
  return tables;
}

}  // namespace gpugauge
