#include "harness/render/answers/advice_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <tuple>

#include "harness/base/units.hpp"
#include "harness/render/answers/decode_columns.hpp"
#include "harness/render/answers/origins.hpp"
#include "harness/render/table/columns.hpp"

namespace gpugauge {
namespace {

/// With what every row of an advice's table says for programs.
template <typename Row>
ColumnList<Row> columns_of(const Advice& advice) {
  ColumnList<Row> columns;
  columns.same("model", advice.model);
  columns.same("input_tokens", integer_cell(advice.context));
  return columns;
}

std::string batch_text(const Ranking& ranking) {
  return ranking.batch ? fmt::format("batch {}", *ranking.batch)
                       : std::string("each card's own largest batch");
}

std::string gpus_text(const Option& o) {
  return o.billed_gpus == o.gpus ? std::to_string(o.gpus)
                                 : fmt::format("{} of {}", o.gpus, o.billed_gpus);
}

/// `$0.72 Spheron`, `$1.07 spot Spheron`, `$0.72 given`.
std::string offer_text(const Rate& rate) {
  std::string text = format_dollars(rate.dollars_per_gpu_hour);
  if (rate.kind != RateKind::kOnDemand) text += fmt::format(" {}", name_of(rate.kind));
  return rate.provider.empty() ? text : fmt::format("{} {}", text, rate.provider);
}

/// Why it stands where it does, beside the winner.
std::string because(const Ranking& ranking, const Option& option) {
  const Option& winner = *ranking.winner();
  if (&option == &winner) return "cheapest";
  const double price = option.rate->dollars_per_gpu_hour / winner.rate->dollars_per_gpu_hour;
  if (&ranking.card(option) == &ranking.card(winner)) return fmt::format("{:.3g}x price", price);
  return fmt::format("{:.3g}x speed, {:.3g}x price", ranking.speed(option) / ranking.speed(winner),
                     price);
}

Cell month_cell(const Option& o) {
  if (!o.fleet) return {};
  const double dollars = o.fleet->dollars_per_month;
  return {fmt::format("${:.0f}", dollars), dollars};
}

Cell margin_cell(double margin) {
  return {margin > 0 ? fmt::format("{:.0f}%", 100 * margin) : "", 100 * margin};
}

Cell probability_cell(const Option& o) {
  if (!o.to_next) return {};
  const double probability = o.to_next->probability_a_is_cheaper;
  return {format_probability(probability), probability};
}

ColumnList<Option> option_columns(const Advice& advice, const Ranking& ranking,
                                  const AdviceRequest& request) {
  const auto service = [&](const Option& o) -> const Service& { return ranking.service(o); };
  const auto dollars = [](const Option& o) { return o.dollars_per_million; };
  auto c = columns_of<Option>(advice);
  c.same("batch_is", ranking.batch ? "given" : "largest");
  c.data("place", [&](auto& o) { return &o - ranking.options.data() + 1; });
  c.text("card", "card", [&](auto& o) { return ranking.card(o).name; });
  c.add(wrapping(13, text_column("offer", "$/GPU-h")), [](auto& o) { return offer_text(*o.rate); });
  c.data("dollars_per_gpu_hour", [](auto& o) { return o.rate->dollars_per_gpu_hour; });
  c.data("rate_kind", [](auto& o) { return name_of(o.rate->kind); });
  c.data("provider", [](auto& o) { return text_cell(o.rate->provider); });
  const bool is_one_each = std::all_of(ranking.options.begin(), ranking.options.end(),
                                       [](auto& o) { return gpus_text(o) == "1"; });
  c.add(visible_if(!is_one_each, text_column("gpus", "GPUs")),
        [=](auto& o) { return Cell(gpus_text(o), std::int64_t{service(o).gpus}); });
  c.data("billed_gpus", [](auto& o) { return o.billed_gpus; });
  c.number("dollars_per_million",
           fmt::format("$/M, {} in + {} out", advice.context, request.output_tokens),
           [=](auto& o) { return dollars_cell(dollars(o)); });
  c.ends("dollars_per_million_low", "dollars_per_million_high", dollars);
  c.number(2, "dollars_per_month", "$/month", month_cell);
  c.number(1, "margin_percent", "dearer by", [](auto& o) { return margin_cell(o.margin); });
  c.number(5, "probability_cheaper", "P", probability_cell);
  c.number(3, "tok_per_s_per_user", "tok/s a user",
           [=](auto& o) { return user_speed(service(o).rate.tpot_ns); });
  for (const auto& [key, header, time] : {std::tuple("ttft_ms", "TTFT ms", &ServingRate::ttft_ns),
                                          std::tuple("tpot_ms", "TPOT ms", &ServingRate::tpot_ns)})
    c.number(3, key, header,
             [=, time = time](auto& o) { return (service(o).rate.*time).value / kNsPerMs; });
  c.number(4, "output_tok_per_s", "tok/s",
           [=](auto& o) { return service(o).rate.output_tokens_per_second.value; });
  c.add(visible_if(!ranking.batch, number_column("batch", "batch")),
        [=](auto& o) { return service(o).batch; });
  c.add(visible_if(!ranking.batch, dispensable(4, text_column("batch_limit", "limited by"))),
        [=](auto& o) { return name_of(service(o).limit); });
  c.data("file", [=](auto& o) { return text_cell(service(o).file); });
  c.data("time_is", [=](auto& o) { return origins_cell(service(o).rate.origins); });
  add_origins(c, [=](auto& o) { return std::optional(service(o).rate.origins); });
  c.add(dispensable(6, wrapping(14, text_column("because", "a GPU beside the first"))),
        [&](auto& o) { return because(ranking, o); });
  return c;
}

Table ranking_table(const Advice& advice, const Ranking& ranking, const AdviceRequest& request) {
  Table table =
      option_columns(advice, ranking, request)
          .table("advice",
                 fmt::format(
                     "{} {}, {} tokens in, {} out, {}{}", advice.model, name_of(request.precision),
                     advice.context, request.output_tokens, batch_text(ranking),
                     request.tokens_per_day.empty() ? ""
                                                    : fmt::format(", {:.4g} output tokens per day",
                                                                  request.tokens_per_day.front())),
                 ranking.options);
  for (const Service& service : ranking.services) {
    if (!service.serves()) continue;
    table.notes.push_back(fmt::format(
        "{}{}: {}{}", service.gpus > 1 ? fmt::format("{} x ", service.gpus) : "",
        service.card->name, service.file == service.card->name ? "" : service.file + ", ",
        origins_words(service.rate.origins)));
  }
  return table;
}

struct ExcludedRow {
  std::string at;
  const Excluded* excluded;
};

Table excluded_table(const Advice& advice) {
  std::vector<ExcludedRow> rows;
  for (const Ranking& ranking : advice.rankings) {
    for (const Excluded& excluded : ranking.excluded)
      rows.push_back({batch_text(ranking), &excluded});
  }
  auto c = columns_of<ExcludedRow>(advice);
  c.text("card", "card", [](auto& r) { return r.excluded->card->name; });
  c.add(wrapping(12, text_column("at", "at")), [](auto& r) { return r.at; });
  c.add(sentence_column("reason", "not ranked because"),
        [](auto& r) { return r.excluded->reason; });
  return c.table("excluded", "not ranked", rows);
}

Cell gib_cell(double bytes) { return {fmt::format("{:.1f}", bytes / kGib), bytes}; }

Cell dollars_of(const Rate* rate) {
  return rate != nullptr ? dollars_cell(rate->dollars_per_gpu_hour) : Cell();
}

Table facts_table(const Advice& advice, const AdviceRequest& request) {
  auto c = columns_of<CardFacts>(advice);
  const auto of_fit = [](auto get) {
    return [=](const CardFacts& f) { return f.fit ? to_cell(get(*f.fit)) : Cell(); };
  };
  c.text("card", "card", [](auto& f) { return f.card->name; });
  c.number("gpus", "GPUs", of_fit([](auto& fit) { return fit.cards; }));
  c.number(4, "usable_bytes", "usable",
           of_fit([](auto& fit) { return gib_cell(fit.usable_bytes); }));
  c.number(5, "weight_bytes", "weights",
           of_fit([](auto& fit) { return gib_cell(fit.weight_bytes); }));
  c.number(5, "kv_bytes", "KV cache", of_fit([](auto& fit) { return gib_cell(fit.kv_bytes); }));
  c.number(3, "free_bytes", "free", of_fit([](auto& fit) { return gib_cell(fit.free_bytes()); }));
  c.number("largest_batch", "max batch", of_fit([](auto& fit) { return fit.largest_batch; }));
  c.number(2, "largest_context", "max prompt", [](auto& f) {
    return f.fit && f.largest_context ? integer_cell(*f.largest_context) : Cell();
  });
  c.number(1, "read_gbps", "GB/s",
           [](auto& f) { return f.read ? number_cell(f.read->rate.value) : Cell(); });
  c.data("read_is", [](auto& f) { return f.read ? Cell(name_of(f.read->origin)) : Cell(); });
  c.number(2, "tflops", "TFLOPS",
           [](auto& f) { return f.tflops ? number_cell(f.tflops->value) : Cell(); });
  c.number(6, "ridge_batch", "ridge", [](auto& f) { return f.ridge_batch; });
  c.text(6, "link", "link", [](auto& f) { return name_of(f.link.link); });
  c.number("on_demand_per_gpu_hour", "$/h", [](auto& f) { return dollars_of(f.on_demand); });
  c.number(3, "spot_per_gpu_hour", "spot", [](auto& f) { return dollars_of(f.spot); });
  return c.table(
      "cards",
      fmt::format("{} on each card: GPUs needed at batch {}; memory of each GPU in GiB at batch {}",
                  advice.model, request.batches.front(), request.batches.back()),
      advice.checklist.facts);
}

Table checklist_table(const Advice& advice) {
  auto c = columns_of<ChecklistLine>(advice);
  c.add(wrapping(12, text_column("question", "question")),
        [](auto& line) { return name_of(line.question); });
  c.text("favours", "speaks for", [](auto& line) {
    return line.favours != nullptr ? Cell(line.favours->name) : Cell("none", {});
  });
  c.add(sentence_column("why", "why"), [](auto& line) { return line.why; });
  return c.table("checklist", "checklist", advice.checklist.lines);
}

std::string value_text(FlipKind kind, double value) {
  if (kind == FlipKind::kWinnersPrice || kind == FlipKind::kRunnerUpsPrice)
    return format_dollars(value);
  if (kind == FlipKind::kWinnersBusyness) return format_percent(value);
  return kind == FlipKind::kDemand ? fmt::format("{:.3g}", value) : fmt::format("{:.0f}", value);
}

std::string what_text(const Ranking& ranking, FlipKind kind) {
  const std::string& winner = ranking.card(*ranking.winner()).name;
  const std::string& other = ranking.card(*ranking.runner_up()).name;
  switch (kind) {
    case FlipKind::kWinnersPrice:
      return fmt::format("price of {}, $/GPU-h", winner);
    case FlipKind::kRunnerUpsPrice:
      return fmt::format("price of {}, $/GPU-h", other);
    case FlipKind::kWinnersBusyness:
      return fmt::format("utilisation of {}, {} unchanged", winner, other);
    case FlipKind::kBatch:
      return "batch of both cards";
    case FlipKind::kContext:
      return "prompt length, in tokens";
    case FlipKind::kDemand:
      return "output tokens per day, by $/month";
  }
  return {};
}

Table flips_table(const Advice& advice) {
  const Ranking& ranking = advice.at_median();
  const auto value = [](std::optional<double> Flip::*number, const char* none) {
    return [=](const Flip& f) {
      return f.*number ? Cell(value_text(f.kind, *(f.*number)), *(f.*number)) : Cell(none, {});
    };
  };
  auto c = columns_of<Flip>(advice);
  c.data("what", [](auto& f) { return name_of(f.kind); });
  c.add(wrapping(24, text_column("text", "what")),
        [&](auto& f) { return what_text(ranking, f.kind); });
  c.number("now", "now", value(&Flip::now, "not given"));
  c.number("flips_at", "cheaper from", value(&Flip::at, "none"));
  return c.table("flips",
                 fmt::format("from where {} would be cheaper than {}, at batch {}",
                             ranking.card(*ranking.runner_up()).name,
                             ranking.card(*ranking.winner()).name, *ranking.batch),
                 advice.flips);
}

Table fleet_table(std::span<const std::string> sentences) {
  ColumnList<std::string> c;
  c.add(sentence_column("text", ""), [](auto& sentence) { return sentence; });
  return c.table("fleet", "fleet", sentences);
}

std::string subject_of(const Advice& advice, const AdviceRequest& request) {
  return fmt::format("{} {}, {} in", advice.model, name_of(request.precision), advice.context);
}

Table answers(const AdviceAnswer& answer, const AdviceRequest& request) {
  const bool is_one = answer.advice.size() == 1;
  ColumnList<Advice> c;
  c.add(visible_if(!is_one, text_column("model", "model")), [](auto& a) { return a.model; });
  c.add(visible_if(!is_one, number_column("input_tokens", "in")),
        [](auto& a) { return a.context; });
  c.data("card", [](auto& a) {
    const Ranking& ranking = a.at_median();
    return ranking.winner() != nullptr ? Cell(ranking.card(*ranking.winner()).name) : Cell();
  });
  c.data("decided", [](auto& a) { return Cell("", a.at_median().is_decided()); });
  c.add(visible_if(!is_one, sentence_column("answer", "which card to rent")),
        [&](auto& a) { return answer_of(a, request); });
  c.data("details", [&](auto& a) {
    return text_cell(fmt::format("{}", fmt::join(answer_details(a, request), "; ")));
  });
  Table table = c.table("answer", is_one ? answer_of(answer.advice.front(), request) : "answers",
                        answer.advice);
  for (const Advice& advice : answer.advice) {
    for (const std::string& detail : answer_details(advice, request))
      table.notes.push_back(is_one ? detail
                                   : fmt::format("{}: {}", subject_of(advice, request), detail));
  }
  table.notes.insert(table.notes.end(), answer.price_doubts.begin(), answer.price_doubts.end());
  return table;
}

}  // namespace

std::vector<Table> advice_tables(const AdviceAnswer& answer, const AdviceRequest& request) {
  std::vector<Table> tables{answers(answer, request)};
  for (const Advice& advice : answer.advice) {
    for (const Ranking& ranking : advice.rankings)
      tables.push_back(ranking_table(advice, ranking, request));
    Table excluded = excluded_table(advice);
    if (!excluded.rows.empty()) tables.push_back(std::move(excluded));
    tables.push_back(facts_table(advice, request));
    tables.push_back(checklist_table(advice));
    if (!advice.flips.empty()) tables.push_back(flips_table(advice));
  }
  if (!answer.fleet.empty()) tables.push_back(fleet_table(answer.fleet));
  return tables;
}

}  // namespace gpugauge
