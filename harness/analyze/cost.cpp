#include "harness/analyze/cost.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "harness/error.hpp"

namespace gpugauge {
namespace {

constexpr double kTokens = 1'000'000;
constexpr double kSecondsPerHour = 3600;

double positive(std::string_view what, double value) {
  if (!std::isfinite(value) || value <= 0)
    throw UsageError(fmt::format("{} {}: expected a positive number", what, value));
  return value;
}

Rate rate_of(const PriceOffer& offer, RateKind kind, double dollars) {
  return {.kind = kind,
          .dollars_per_gpu_hour = positive("price", dollars),
          .provider = offer.instance.empty() ? offer.provider
                                             : fmt::format("{} {}", offer.provider, offer.instance),
          .observed_at = offer.observed_at,
          .source = offer.source,
          .min_gpus = offer.min_gpus};
}

}  // namespace

std::string_view name_of(RateKind kind) {
  constexpr std::array<std::string_view, 4> kNames{"on-demand", "spot", "given", "per $1.00/h"};
  return kNames.at(static_cast<std::size_t>(kind));
}

std::vector<Rate> rates_of(std::span<const PriceOffer> offers, std::optional<double> hourly) {
  if (hourly) {
    Rate given;
    given.kind = RateKind::kGiven;
    given.dollars_per_gpu_hour = positive("hourly rate", *hourly);
    return {given};
  }
  std::vector<Rate> rates;
  for (const PriceOffer& offer : offers) {
    if (offer.on_demand_per_gpu_hour)
      rates.push_back(rate_of(offer, RateKind::kOnDemand, *offer.on_demand_per_gpu_hour));
    if (offer.spot_per_gpu_hour)
      rates.push_back(rate_of(offer, RateKind::kSpot, *offer.spot_per_gpu_hour));
  }
  if (rates.empty()) return {Rate{}};
  std::stable_sort(rates.begin(), rates.end(), [](const Rate& a, const Rate& b) {
    return std::pair(a.kind, a.dollars_per_gpu_hour) < std::pair(b.kind, b.dollars_per_gpu_hour);
  });
  return rates;
}

double dollars_per_million(double hourly_rate, int num_gpus, double tok_per_second) {
  return positive("hourly rate", hourly_rate) * positive("number of GPUs", num_gpus) /
         positive("tokens per second", tok_per_second) * kTokens / kSecondsPerHour;
}

Estimate dollars_per_million(double hourly_rate, int num_gpus, const Estimate& tok_per_second) {
  return {.value = dollars_per_million(hourly_rate, num_gpus, tok_per_second.value),
          .low = dollars_per_million(hourly_rate, num_gpus, tok_per_second.high),
          .high = dollars_per_million(hourly_rate, num_gpus, tok_per_second.low)};
}

PricedDecode price(DecodeFinding decode, std::span<const Rate> rates, int num_gpus) {
  PricedDecode priced{.decode = std::move(decode), .costs = {}};
  if (priced.decode.preferred() == nullptr) return priced;
  const auto cost_of = [&](const std::optional<EngineStep>& step, const Rate& rate) {
    return step ? std::optional(dollars_per_million(rate.dollars_per_gpu_hour, num_gpus,
                                                    step->tokens_per_second))
                : std::nullopt;
  };
  for (const Rate& rate : rates) {
    priced.costs.push_back({.rate = rate,
                            .num_gpus = num_gpus,
                            .library = cost_of(priced.decode.library, rate),
                            .best = cost_of(priced.decode.best, rate)});
  }
  return priced;
}

}  // namespace gpugauge
