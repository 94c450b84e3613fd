#include "harness/answer/advice_fleet.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "harness/base/units.hpp"

namespace gpugauge {
namespace {

/// The cheapest option of that card, or null.
const Option* option_of(const Ranking& ranking, const Card* card) {
  const auto found =
      std::find_if(ranking.options.begin(), ranking.options.end(),
                   [&](const Option& option) { return &ranking.card(option) == card; });
  return found == ranking.options.end() ? nullptr : &*found;
}

/// What the models of one context would cost on this card alone beside on their own best: `l40s for
/// all costs 2.1 times as much for qwen3-32b and cannot serve llama-3.1-70b`.
std::string alone(const Card* card, const std::vector<const Advice*>& models) {
  std::vector<std::string> costs;
  for (const Advice* advice : models) {
    const Option* option = option_of(advice->at_median(), card);
    if (option == nullptr) {
      costs.push_back(fmt::format("cannot serve {}", advice->model));
    } else if (option->margin > 0) {
      costs.push_back(
          fmt::format("costs {:.3g} times as much for {}", 1 + option->margin, advice->model));
    }
  }
  return fmt::format("{} for all {}", card->name, fmt::join(costs, " and "));
}

void add_routing(std::vector<const Advice*> models, std::vector<std::string>& sentences) {
  std::erase_if(models, [](const Advice* a) { return a->at_median().winner() == nullptr; });
  std::stable_sort(models.begin(), models.end(),
                   [](const Advice* a, const Advice* b) { return a->parameters < b->parameters; });
  std::vector<std::string> routes;
  std::vector<const Card*> cards;
  for (const Advice* advice : models) {
    const Ranking& ranking = advice->at_median();
    const Option& winner = *ranking.winner();
    const Card* card = &ranking.card(winner);
    routes.push_back(fmt::format(
        "{} to {}{} (${:.3g} per million{})", advice->model,
        ranking.service(winner).gpus > 1 ? fmt::format("{} x ", ranking.service(winner).gpus) : "",
        card->name, winner.dollars_per_million.value, ranking.is_decided() ? "" : ", undecided"));
    if (std::find(cards.begin(), cards.end(), card) == cards.end()) cards.push_back(card);
  }
  if (cards.size() < 2) return;
  std::vector<std::string> alternatives;
  for (const Card* card : cards) alternatives.push_back(alone(card, models));
  sentences.push_back(fmt::format("Route by model (prompts of {} tokens, batch {}): {}; {}.",
                                  models.front()->context, *models.front()->at_median().batch,
                                  fmt::join(routes, ", "), fmt::join(alternatives, ", ")));
}

void add_growth(const Advice& advice, const AdviceRequest& request,
                std::vector<std::string>& sentences) {
  const Ranking& ranking = advice.at_median();
  const double now = request.tokens_per_day.front(), later = request.tokens_per_day.back();
  const Option *first = cheapest_for(ranking, now, request),
               *second = cheapest_for(ranking, later, request);
  if (first == nullptr || &ranking.card(*first) == &ranking.card(*second)) return;
  const auto fleet = [&](const Option& option, double demand) {
    return fleet_for(ranking.service(option), *option.rate, demand, request);
  };
  const Fleet today = fleet(*first, now);
  const Service& small = ranking.service(*first);
  const double capacity = today.billed_gpus / small.gpus *
                          small.rate.output_tokens_per_second.value * kSecondsPerDay *
                          request.billing.utilisation;
  if (later <= capacity) return;
  const double all_small = fleet(*first, later).dollars_per_month,
               moved = fleet(*second, later).dollars_per_month;
  const double added = today.dollars_per_month + fleet(*second, later - capacity).dollars_per_month;
  const std::string& name = ranking.card(*second).name;
  sentences.push_back(fmt::format(
      "{}, {} tokens in: start with {} (billed GPUs: {}, ${:.0f} a month, up to {:.3g} tokens a "
      "day). For {:.3g} tokens a day {}: ${:.0f} a month; {} alone costs ${:.0f}.",
      advice.model, advice.context, ranking.card(*first).name, today.billed_gpus,
      today.dollars_per_month, capacity, later,
      added < moved ? fmt::format("add {}", name) : fmt::format("move to {}", name),
      std::min(added, moved), ranking.card(*first).name, all_small));
}

}  // namespace

std::vector<std::string> fleet_of(std::span<const Advice> all, const AdviceRequest& request) {
  std::vector<std::string> sentences;
  for (const std::int64_t context : std::set(request.contexts.begin(), request.contexts.end())) {
    std::vector<const Advice*> models;
    for (const Advice& advice : all) {
      if (advice.context == context) models.push_back(&advice);
    }
    add_routing(std::move(models), sentences);
  }
  if (request.tokens_per_day.size() > 1) {
    for (const Advice& advice : all) add_growth(advice, request, sentences);
  }
  return sentences;
}

}  // namespace gpugauge
