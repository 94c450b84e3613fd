#include "harness/analyze/money/break_even.hpp"

#include <fmt/format.h>

#include <cmath>

#include "harness/base/error.hpp"
#include "harness/base/estimate.hpp"
#include "harness/base/units.hpp"

namespace gpugauge {
namespace {

Evens evens_of(const Contender& a, const Contender& b, const Standing& of_a, const Standing& of_b) {
  Evens evens;
  evens.dollars = cost_ratio(of_a.dollars_per_million, of_b.dollars_per_million);
  evens.price_ratio_today = a.rate.dollars_per_gpu_hour / b.rate.dollars_per_gpu_hour;
  evens.price_ratio = reciprocal(evens.price_ratio_today, evens.dollars.a_over_b);
  evens.utilisation_a = scaled(evens.dollars.a_over_b, a.billing.utilisation);
  evens.utilisation_b = reciprocal(b.billing.utilisation, evens.dollars.a_over_b);
  return evens;
}

}  // namespace

Estimate Evens::margin() const {
  const Estimate of_today = scaled(price_ratio, 1 / price_ratio_today);
  return {.value = of_today.value - 1, .low = of_today.low - 1, .high = of_today.high - 1};
}

CardComparison compare(const Contender& a, const Contender& b, const Load& load) {
  CardComparison comparison{
      .load = load, .a = standing_of(a, load), .b = standing_of(b, load), .evens = {}};
  if (comparison.a && comparison.b) comparison.evens = evens_of(a, b, *comparison.a, *comparison.b);
  return comparison;
}

FleetRange fleets_for(const Contender& contender, const Resampled& tokens_per_second,
                      double tokens_per_day) {
  constexpr double kMostGpus = 1e6;
  if (!std::isfinite(tokens_per_day) || tokens_per_day <= 0)
    throw UsageError(fmt::format("{} tokens per day: expected a positive number", tokens_per_day));
  const auto fleet = [&](double rate) {
    return fleet_for(tokens_per_day, rate, contender, contender.billing);
  };
  const Fleet slowest = fleet(tokens_per_second.low), fastest = fleet(tokens_per_second.high),
              expected = fleet(tokens_per_second.value);
  if (slowest.gpus > kMostGpus)
    throw UsageError(fmt::format("{:.4g} tokens per day: more than a million of {}", tokens_per_day,
                                 contender.name));
  FleetRange range{.billed_gpus = {.value = static_cast<double>(expected.billed_gpus),
                                   .low = static_cast<double>(fastest.billed_gpus),
                                   .high = static_cast<double>(slowest.billed_gpus)},
                   .dollars_per_month = {Estimate{.value = expected.dollars_per_month,
                                                  .low = fastest.dollars_per_month,
                                                  .high = slowest.dollars_per_month},
                                         {}}};
  for (const double rate : tokens_per_second.replicates)
    range.dollars_per_month.replicates.push_back(fleet(rate).dollars_per_month);
  return range;
}

}  // namespace gpugauge
