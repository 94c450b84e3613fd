#include "harness/analyze/advise/ranking.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "harness/base/estimate.hpp"

namespace gpugauge {
namespace {

/// What it is ranked by, with what that could as well be.
Resampled resampled_bill(const Ranking& ranking, const Option& option,
                         const AdviceRequest& request) {
  const Service& service = ranking.service(option);
  const Bill bill = bill_of(*option.rate, service.gpus);
  if (!option.fleet) return dollars_per_million(bill, service.tokens_per_second, request.billing);
  Replicates months;
  for (const double rate : service.tokens_per_second.replicates)
    months.push_back(
        fleet_for(request.tokens_per_day.front(), rate, bill, request.billing).dollars_per_month);
  return resampled(option.bill(), std::move(months));
}

void add_options(Ranking& ranking, std::size_t index, const AdviceRequest& request) {
  const Service& service = ranking.services[index];
  const auto exclude = [&](std::string reason) {
    ranking.excluded.push_back({service.card, std::move(reason)});
  };
  if (!service.serves()) return exclude(service.reason);
  if (service.card->rates.empty())
    return exclude(
        fmt::format("no price is known: pass --prices or --hourly {}=DOLLARS", service.card->name));
  const std::size_t before = ranking.options.size();
  bool is_any_allowed = false;
  for (const Rate& rate : service.card->rates) {
    if (!is_allowed(rate, request)) continue;
    is_any_allowed = true;
    if (!has_in_one_machine(rate, service.gpus)) continue;
    Option option;
    option.service = index;
    option.rate = &rate;
    option.dollars_per_million = dollars_per_million(
        rate, service.gpus, service.rate.output_tokens_per_second, request.billing);
    if (!request.tokens_per_day.empty())
      option.fleet = fleet_for(service, rate, request.tokens_per_day.front(), request);
    option.gpus = option.fleet ? option.fleet->gpus : service.gpus;
    option.billed_gpus = billable_gpus(option.gpus, rate.min_gpus);
    ranking.options.push_back(std::move(option));
  }
  if (ranking.options.size() > before) return;
  if (is_any_allowed)
    exclude(
        fmt::format("{} GPUs share the model, and no machine for rent has as many", service.gpus));
  else
    exclude("only spot offers, which may be interrupted: pass --spot");
}

void add_ratios(Ranking& ranking, const AdviceRequest& request) {
  std::set<const Card*> seen;
  for (auto option = ranking.options.begin(); option != ranking.options.end(); ++option) {
    const Card* card = &ranking.card(*option);
    if (!seen.insert(card).second) continue;
    const auto next = std::find_if(option, ranking.options.end(), [&](const Option& other) {
      return &ranking.card(other) != card;
    });
    if (next == ranking.options.end()) continue;
    option->to_next = cost_ratio(resampled_bill(ranking, *option, request),
                                 resampled_bill(ranking, *next, request));
  }
}

}  // namespace

double Option::bill() const { return fleet ? fleet->dollars_per_month : dollars_per_million.value; }

const Option* Ranking::runner_up() const {
  const auto other = std::find_if(options.begin(), options.end(), [&](const Option& option) {
    return &card(option) != &card(options.front());
  });
  return other == options.end() ? nullptr : &*other;
}

bool Ranking::is_decided() const {
  return winner() != nullptr && winner()->to_next && winner()->to_next->cheaper() == Cheaper::kA;
}

const Service* Ranking::to_measure() const {
  constexpr double kMuch = 0.1;
  const Service &a = service(*winner()), &b = service(*runner_up());
  const Service& vague = a.derived_share() >= b.derived_share() ? a : b;
  return vague.derived_share() > kMuch ? &vague : nullptr;
}

double bill_of(const Service& service, const Rate& rate, const AdviceRequest& request) {
  if (!request.tokens_per_day.empty())
    return fleet_for(service, rate, request.tokens_per_day.front(), request).dollars_per_month;
  return dollars_per_million(rate, service.gpus, service.rate.output_tokens_per_second,
                             request.billing)
      .value;
}

Fleet fleet_for(const Service& service, const Rate& rate, double tokens_per_day,
                const AdviceRequest& request) {
  return fleet_for(tokens_per_day, service.rate.output_tokens_per_second.value,
                   bill_of(rate, service.gpus), request.billing);
}

const Option* cheapest_for(const Ranking& ranking, double tokens_per_day,
                           const AdviceRequest& request) {
  const auto dollars = [&](const Option& option) {
    return fleet_for(ranking.service(option), *option.rate, tokens_per_day, request)
        .dollars_per_month;
  };
  const auto least =
      std::min_element(ranking.options.begin(), ranking.options.end(),
                       [&](const Option& a, const Option& b) { return dollars(a) < dollars(b); });
  return least == ranking.options.end() ? nullptr : &*least;
}

Ranking rank(std::optional<std::int64_t> batch, std::vector<Service> services,
             const AdviceRequest& request) {
  Ranking ranking;
  ranking.batch = batch;
  ranking.services = std::move(services);
  for (std::size_t i = 0; i < ranking.services.size(); ++i) add_options(ranking, i, request);
  std::stable_sort(ranking.options.begin(), ranking.options.end(),
                   [](const Option& a, const Option& b) {
                     return std::pair(a.bill(), a.dollars_per_million.value) <
                            std::pair(b.bill(), b.dollars_per_million.value);
                   });
  const double best = ranking.options.empty() ? 0 : ranking.options.front().bill();
  for (Option& option : ranking.options) option.margin = option.bill() / best - 1;
  add_ratios(ranking, request);
  for (Service& service : ranking.services) service.tokens_per_second = {};
  return ranking;
}

}  // namespace gpugauge
