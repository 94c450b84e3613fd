#include "harness/analyze/advise/ranking.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "harness/base/estimate.hpp"
#include "harness/base/units.hpp"

namespace gpugauge {
namespace {

/// Beyond any fleet: what would take more ranks last all the same.
constexpr double kMostGpus = 1e8;

int gpus_for(double tokens_per_day, double tokens_per_second, int gpus_of_group,
             double utilisation) {
  // A demand that is a whole number of groups takes no group more.
  constexpr double kRounding = 1e-9;
  const double groups =
      std::ceil(tokens_per_day / (tokens_per_second * kSecondsPerDay * utilisation) - kRounding);
  return static_cast<int>(std::min(std::max(groups, 1.0) * gpus_of_group, kMostGpus));
}

/// What it could cost, ascending.
Replicates bills(const Ranking& ranking, const Option& option, const AdviceRequest& request) {
  const Service& service = ranking.service(option);
  const Replicates fastest_first(service.tokens_per_second.rbegin(),
                                 service.tokens_per_second.rend());
  if (!option.month)
    return dollars_per_million(option.rate->dollars_per_gpu_hour, service.gpus, fastest_first);
  Replicates months;
  months.reserve(fastest_first.size());
  for (const double rate : fastest_first)
    months.push_back(
        month_of(gpus_for(request.tokens_per_day.front(), rate, service.gpus, request.utilisation),
                 *option.rate)
            .dollars);
  return months;
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
  for (const Rate& rate : service.card->rates) {
    if (!is_allowed(rate, request)) continue;
    Option option;
    option.service = index;
    option.rate = &rate;
    option.dollars_per_million = scaled(dollars_per_million(rate.dollars_per_gpu_hour, service.gpus,
                                                            service.rate.output_tokens_per_second),
                                        1 / request.utilisation);
    if (!request.tokens_per_day.empty())
      option.month = month_of(service, rate, request.tokens_per_day.front(), request);
    ranking.options.push_back(std::move(option));
  }
  if (ranking.options.size() == before)
    exclude("offered as spot only, which may be interrupted: pass --spot ok");
}

void add_probabilities(Ranking& ranking, const AdviceRequest& request) {
  std::set<const Card*> seen;
  for (auto option = ranking.options.begin(); option != ranking.options.end(); ++option) {
    const Card* card = &ranking.card(*option);
    if (!seen.insert(card).second) continue;
    const auto next = std::find_if(option, ranking.options.end(), [&](const Option& other) {
      return &ranking.card(other) != card;
    });
    if (next == ranking.options.end()) continue;
    option->probability =
        probability_less_sorted(bills(ranking, *option, request), bills(ranking, *next, request));
  }
}

}  // namespace

double Option::bill() const { return month ? month->dollars : dollars_per_million.value; }

const Option* Ranking::runner_up() const {
  const auto other = std::find_if(options.begin(), options.end(), [&](const Option& option) {
    return &card(option) != &card(options.front());
  });
  return other == options.end() ? nullptr : &*other;
}

bool Ranking::is_decided() const {
  return winner() != nullptr && winner()->probability &&
         cheaper(*winner()->probability) == Cheaper::kFirst;
}

bool is_allowed(const Rate& rate, const AdviceRequest& request) {
  return rate.kind != RateKind::kSpot || request.spot;
}

double bill_of(const Service& service, const Rate& rate, const AdviceRequest& request) {
  if (!request.tokens_per_day.empty())
    return month_of(service, rate, request.tokens_per_day.front(), request).dollars;
  return dollars_per_million(rate.dollars_per_gpu_hour, service.gpus,
                             service.rate.output_tokens_per_second.value) /
         request.utilisation;
}

Month month_of(int gpus, const Rate& rate) {
  const int billed = billable_gpus(gpus, rate.min_gpus);
  return {.gpus = gpus,
          .billed_gpus = billed,
          .dollars = billed * rate.dollars_per_gpu_hour * kHoursInMeanMonth};
}

Month month_of(const Service& service, const Rate& rate, double tokens_per_day,
               const AdviceRequest& request) {
  return month_of(gpus_for(tokens_per_day, service.rate.output_tokens_per_second.value,
                           service.gpus, request.utilisation),
                  rate);
}

const Option* cheapest_for(const Ranking& ranking, double tokens_per_day,
                           const AdviceRequest& request) {
  const auto dollars = [&](const Option& option) {
    return month_of(ranking.service(option), *option.rate, tokens_per_day, request).dollars;
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
  add_probabilities(ranking, request);
  for (Service& service : ranking.services) service.tokens_per_second = {};
  return ranking;
}

}  // namespace gpugauge
