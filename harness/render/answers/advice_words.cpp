#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/analyze/step/origins.hpp"
#include "harness/render/answers/advice_table.hpp"
#include "harness/render/answers/rent_sentence.hpp"
#include "harness/render/table/number.hpp"

namespace gpugauge {
namespace {

std::string place_of(const Ranking& ranking) {
  return ranking.batch ? fmt::format("at batch {}", *ranking.batch)
                       : std::string("at each card's own largest batch");
}

RentBasis basis_of(const Advice& advice, const AdviceRequest& request) {
  std::string words = fmt::format("{} in + {} out", advice.context, request.output_tokens);
  if (request.tokens_per_day.empty()) return {.words = std::move(words), .is_month = false};
  return {
      .words = fmt::format("{:.3g} output tokens a day, {}", request.tokens_per_day.front(), words),
      .is_month = true};
}

/// What would decide between the first two: a measurement, or prices.
std::string remedy(const Ranking& ranking, const Advice& advice) {
  if (const Service* service = ranking.to_measure())
    return fmt::format(
        "{:.0f}% of the time of {} is interpolated or modelled: measure it with gpugauge run "
        "--suite full --model {}",
        100 * service->derived_share(), service->card->name, advice.model_option);
  return fmt::format(
      "the cards are within {} of each other: a larger price difference would decide",
      format_percent(ranking.runner_up()->margin));
}

/// How surely the first of each ranking is cheaper than the next card, and what that covers.
std::string sureness(const Advice& advice) {
  std::vector<std::string> places;
  double error = 0;
  for (const Ranking& ranking : advice.rankings) {
    if (ranking.runner_up() == nullptr) continue;
    places.push_back(fmt::format(
        "{} at {}", format_probability(ranking.winner()->to_next->probability_a_is_cheaper),
        ranking.batch ? fmt::format("batch {}", *ranking.batch) : "the largest"));
    const ErrorFactors& between =
        ranking.service(*ranking.winner()).rate.throughput_error.between_cards;
    error = std::max(error, (between.high - between.low) / 2);
  }
  if (places.empty()) return {};
  return fmt::format(
      "P, that it is cheaper than the next card: {}. P covers the scatter and the method of the "
      "ops{}, not a change of price.",
      fmt::join(places, ", "),
      error > 0 ? fmt::format(" and the error of the engine's model between two cards (±{:.0f}%)",
                              100 * error)
                : std::string());
}

/// Of the first two cards those of which nothing was measured, with what their numbers are.
void add_unmeasured(const Ranking& ranking, std::vector<std::string>& details) {
  for (const Option* option : {ranking.winner(), ranking.runner_up()}) {
    if (option == nullptr) continue;
    const OriginShares& origins = ranking.service(*option).rate.origins;
    if (!has_measured(origins))
      details.push_back(fmt::format("{}: {}", ranking.card(*option).name, origins_words(origins)));
  }
}

}  // namespace

std::string format_probability(double probability) {
  // 500 replicates tell no more.
  constexpr double kMost = 0.99;
  if (probability > kMost) return ">0.99";
  return probability < 1 - kMost ? "<0.01" : fmt::format("{:.2f}", probability);
}

std::string answer_of(const Advice& advice, const AdviceRequest& request) {
  const Ranking& ranking = advice.at_median();
  if (ranking.winner() == nullptr)
    return fmt::format("No card: none of these serves the model {} at a known price",
                       place_of(ranking));
  return rent_sentence(advice.rankings, basis_of(advice, request));
}

std::vector<std::string> answer_details(const Advice& advice, const AdviceRequest& request) {
  const Ranking& ranking = advice.at_median();
  const Option* winner = ranking.winner();
  std::vector<std::string> details;
  if (winner == nullptr) return details;
  if (ranking.runner_up() == nullptr)
    details.emplace_back("no other card here serves the model at a known price");
  if (std::string sure = sureness(advice); !sure.empty()) details.push_back(std::move(sure));
  if (ranking.runner_up() != nullptr && !ranking.is_decided())
    details.push_back(remedy(ranking, advice));
  add_unmeasured(ranking, details);
  if (request.tokens_per_day.empty() && winner->rate->min_gpus > ranking.service(*winner).gpus)
    details.push_back(fmt::format(
        "the price needs all {} GPUs of a bundle busy; --tokens-per-day ranks by the billed amount",
        winner->rate->min_gpus));
  return details;
}

}  // namespace gpugauge
