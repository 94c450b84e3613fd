#include "harness/analyze/advise/flip.hpp"

#include <array>
#include <cmath>

namespace gpugauge {
namespace {

/// Whether the runner-up is cheaper; nothing where one of them cannot serve.
using Flipped = std::function<std::optional<bool>(double)>;

/// The nearest value of a grid beyond `from`, by steps of `factor`, at which it flips, narrowed
/// down to 1%. Ends where one of them cannot serve any more.
std::optional<double> first_flip(double from, double factor, double end, const Flipped& flipped) {
  const bool grows = factor > 1;
  double last = from;
  for (double next = from * factor; grows ? next <= end : next >= end; next *= factor) {
    const std::optional<bool> is_flipped = flipped(next);
    if (!is_flipped) return std::nullopt;
    if (!*is_flipped) {
      last = next;
      continue;
    }
    constexpr double kNarrowEnough = 0.01;
    while (std::abs(next - last) > kNarrowEnough * last) {
      const double middle = std::sqrt(last * next);
      (flipped(middle).value_or(false) ? next : last) = middle;
    }
    return next;
  }
  return std::nullopt;
}

/// The nearer one of both directions, by its ratio to `from`.
std::optional<double> nearest_flip(double from, double least, double most, const Flipped& flipped) {
  const auto above = first_flip(from, 2, most, flipped),
             below = first_flip(from, 0.5, least, flipped);
  if (!above || !below) return above ? above : below;
  return *above / from <= from / *below ? above : below;
}

}  // namespace

std::vector<Flip> flips_of(const Ranking& ranking, std::int64_t context,
                           const AdviceRequest& request, const Elsewhere& elsewhere) {
  const Option *winner = ranking.winner(), *other = ranking.runner_up();
  if (winner == nullptr || other == nullptr) return {};
  const double ratio = other->bill() / winner->bill();
  const double winners_price = winner->rate->dollars_per_gpu_hour;
  const double others_price = other->rate->dollars_per_gpu_hour;
  std::vector<Flip> flips{
      {FlipKind::kWinnersPrice, winners_price, winners_price * ratio},
      {FlipKind::kRunnerUpsPrice, others_price, others_price / ratio},
  };
  if (!winner->fleet)
    flips.push_back({FlipKind::kWinnersBusyness, request.billing.utilisation,
                     request.billing.utilisation / ratio});

  const auto is_cheaper_at = [&](double batch, double tokens) -> std::optional<bool> {
    const auto asked_batch = static_cast<std::int64_t>(batch);
    const auto asked_context = static_cast<std::int64_t>(tokens);
    const auto a = elsewhere(ranking.card(*winner), asked_batch, asked_context);
    const auto b = elsewhere(ranking.card(*other), asked_batch, asked_context);
    if (!a || !b || !has_in_one_machine(*winner->rate, a->gpus) ||
        !has_in_one_machine(*other->rate, b->gpus))
      return std::nullopt;
    return bill_of(*b, *other->rate, request) < bill_of(*a, *winner->rate, request);
  };
  constexpr double kLargestBatch = 1 << 16, kLongestContext = 1 << 20;
  const auto tokens = static_cast<double>(context);
  if (ranking.batch) {
    const auto batch = static_cast<double>(*ranking.batch);
    flips.push_back({FlipKind::kBatch, batch, nearest_flip(batch, 1, kLargestBatch, [&](double b) {
                       return is_cheaper_at(b, tokens);
                     })});
    flips.push_back({FlipKind::kContext, tokens,
                     nearest_flip(tokens, 1, kLongestContext,
                                  [&](double c) { return is_cheaper_at(batch, c); })});
  }

  const auto dollars = [&](const Option& option, double demand) {
    return fleet_for(ranking.service(option), *option.rate, demand, request).dollars_per_month;
  };
  const auto is_cheaper_for = [&](double demand) -> std::optional<bool> {
    return dollars(*other, demand) < dollars(*winner, demand);
  };
  constexpr double kLeastDemand = 1e3, kMostDemand = 1e12;
  // A demand that nobody named is one that fills every card.
  if (request.tokens_per_day.empty()) {
    flips.push_back({FlipKind::kDemand, std::nullopt,
                     first_flip(kMostDemand, 0.5, kLeastDemand, is_cheaper_for)});
  } else {
    const double demand = request.tokens_per_day.front();
    flips.push_back({FlipKind::kDemand, demand,
                     nearest_flip(demand, kLeastDemand, kMostDemand, is_cheaper_for)});
  }
  return flips;
}

}  // namespace gpugauge
