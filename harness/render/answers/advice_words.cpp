#include <fmt/format.h>

#include "harness/analyze/step/origins.hpp"
#include "harness/render/answers/advice_table.hpp"
#include "harness/render/table/number.hpp"

namespace gpugauge {
namespace {

std::string place_of(const Ranking& ranking) {
  return ranking.batch ? fmt::format("at batch {}", *ranking.batch)
                       : std::string("at each card's own largest batch");
}

std::string price_of(const Rate& rate) {
  return fmt::format("{} a GPU-hour ({}{}{}{})", format_dollars(rate.dollars_per_gpu_hour),
                     name_of(rate.kind), rate.provider.empty() ? "" : ", ", rate.provider,
                     rate.min_gpus > 1 ? fmt::format(", sold by {}", rate.min_gpus) : "");
}

std::string card_text(const Ranking& ranking, const Option& option) {
  const int gpus = option.fleet ? option.billed_gpus : ranking.service(option).gpus;
  return gpus == 1 ? ranking.card(option).name
                   : fmt::format("{} x {}", gpus, ranking.card(option).name);
}

std::string bill_text(const Option& option) {
  const std::string million =
      fmt::format("{} per million output tokens", format_dollars(option.dollars_per_million.value));
  return option.fleet
             ? fmt::format("${:.0f} a month ({})", option.fleet->dollars_per_month, million)
             : million;
}

/// What would decide between the first two: a measurement, or prices.
std::string remedy(const Ranking& ranking, const Advice& advice) {
  if (const Service* service = ranking.to_measure())
    return fmt::format(
        "{:.0f}% of the time of {} is interpolated or modelled: measure it with gpugauge run "
        "--suite full --model {}",
        100 * service->derived_share(), service->card->name, advice.model);
  return fmt::format(
      "the cards are within {} of each other: a larger price difference would decide",
      format_percent(ranking.runner_up()->margin));
}

std::string versus(const Ranking& ranking) {
  const Option &winner = *ranking.winner(), &other = *ranking.runner_up();
  return fmt::format("{} at {}: {} more, P = {:.2f}", card_text(ranking, other),
                     format_dollars(other.rate->dollars_per_gpu_hour), format_percent(other.margin),
                     winner.to_next->probability_a_is_cheaper);
}

/// Of the first two cards those of which nothing was measured, with what their numbers are.
std::string unmeasured(const Ranking& ranking) {
  std::string text;
  for (const Option* option : {ranking.winner(), ranking.runner_up()}) {
    if (option == nullptr) continue;
    const OriginShares& origins = ranking.service(*option).rate.origins;
    if (!has_measured(origins))
      text += fmt::format(" {}: {}.", ranking.card(*option).name, origins_words(origins));
  }
  return text;
}

/// How another ranking stands to the first.
std::string beside(const Ranking& ranking, const Card* answer) {
  const Option* winner = ranking.winner();
  if (winner == nullptr) return fmt::format("No card serves the model {}.", place_of(ranking));
  const Card* card = &ranking.card(*winner);
  const std::string bill = bill_text(*winner);
  if (ranking.runner_up() == nullptr)
    return fmt::format("Only {} serves the model {}: {}.", card->name, place_of(ranking), bill);
  return fmt::format("{} {} {}: {}; {}{}.", card == answer ? "The same card wins" : "But",
                     place_of(ranking), card == answer ? "too" : card->name + " is cheaper", bill,
                     versus(ranking), ranking.is_decided() ? "" : ", undecided");
}

}  // namespace

std::string answer_of(const Advice& advice, const AdviceRequest& request) {
  const Ranking& ranking = advice.at_median();
  const Option* winner = ranking.winner();
  if (winner == nullptr)
    return fmt::format("No card: none of these serves the model {} at a known price.",
                       place_of(ranking));
  std::string text;
  const Card* answer = &ranking.card(*winner);
  if (const Option* other = ranking.runner_up(); other == nullptr) {
    text =
        fmt::format("Rent {} at {}: {} {}; no other card here serves the model at a known price.",
                    card_text(ranking, *winner), price_of(*winner->rate), bill_text(*winner),
                    place_of(ranking));
  } else if (ranking.is_decided()) {
    text = fmt::format("Rent {} at {}: {} {}; {}.", card_text(ranking, *winner),
                       price_of(*winner->rate), bill_text(*winner), place_of(ranking),
                       versus(ranking));
  } else {
    text = fmt::format("Undecided {}: {} at {}, {}; {}. {}.", place_of(ranking),
                       card_text(ranking, *winner), price_of(*winner->rate), bill_text(*winner),
                       versus(ranking), remedy(ranking, advice));
  }
  text += unmeasured(ranking);
  for (std::size_t i = 1; i < advice.rankings.size(); ++i)
    text += " " + beside(advice.rankings[i], answer);
  if (request.tokens_per_day.empty() && winner->rate->min_gpus > ranking.service(*winner).gpus)
    text += fmt::format(
        " The price needs all {} GPUs of a bundle busy; --tokens-per-day ranks by the billed "
        "amount.",
        winner->rate->min_gpus);
  return text;
}

}  // namespace gpugauge
