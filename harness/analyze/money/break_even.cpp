#include "harness/analyze/money/break_even.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "harness/base/error.hpp"
#include "harness/base/estimate.hpp"
#include "harness/base/units.hpp"

namespace gpugauge {
namespace {

/// Both err on their own: the smallest ratio is that of the smallest numerator.
Estimate ratio(const Estimate& a, const Estimate& b) {
  return {.value = a.value / b.value, .low = a.low / b.high, .high = a.high / b.low};
}

/// Tokens that a GPU-hour pays for.
Estimate per_gpu_hour(const Contender& contender, const Standing& standing) {
  return scaled(standing.tokens_per_second,
                contender.billing.utilisation / static_cast<double>(contender.num_gpus));
}

Evens evens_of(const Contender& a, const Contender& b, const Standing& of_a, const Standing& of_b) {
  Evens evens;
  evens.price_ratio = ratio(per_gpu_hour(a, of_a), per_gpu_hour(b, of_b));
  evens.price_ratio_today = a.rate.dollars_per_gpu_hour / b.rate.dollars_per_gpu_hour;
  const Estimate dollars = ratio(of_a.dollars_per_million, of_b.dollars_per_million);
  evens.utilisation_a = scaled(dollars, a.billing.utilisation);
  evens.utilisation_b = reciprocal(b.billing.utilisation, dollars);
  return evens;
}

}  // namespace

CheaperCard cheaper_of(const Estimate& a_dollars, const Estimate& b_dollars) {
  if (a_dollars.high < b_dollars.low) return CheaperCard::kA;
  if (b_dollars.high < a_dollars.low) return CheaperCard::kB;
  return CheaperCard::kUndecided;
}

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

Fleet fleet_for(const Contender& contender, const Estimate& tokens_per_second,
                double tokens_per_day) {
  constexpr double kMostGpus = 1e6;
  // A demand that is a whole number of groups takes no group more.
  constexpr double kRounding = 1e-9;
  if (!std::isfinite(tokens_per_day) || tokens_per_day <= 0)
    throw UsageError(fmt::format("{} tokens per day: expected a positive number", tokens_per_day));
  const auto billed = [&](double group_tokens_per_second) {
    const double groups =
        std::max(1.0, std::ceil(tokens_per_day / (group_tokens_per_second * kSecondsPerDay *
                                                  contender.billing.utilisation) -
                                kRounding));
    if (groups * contender.num_gpus > kMostGpus)
      throw UsageError(fmt::format("{:.4g} tokens per day: more than a million of {}",
                                   tokens_per_day, contender.name));
    return billable_gpus(static_cast<int>(groups) * contender.num_gpus, contender.rate.min_gpus);
  };
  Fleet fleet;
  const auto add = [&](double Estimate::*end, double group_tokens_per_second) {
    const int gpus = billed(group_tokens_per_second);
    fleet.billed_gpus.*end = gpus;
    fleet.dollars_per_month.*end = dollars_per_month(contender.rate, gpus, contender.billing);
  };
  add(&Estimate::value, tokens_per_second.value);
  add(&Estimate::low, tokens_per_second.high);
  add(&Estimate::high, tokens_per_second.low);
  return fleet;
}

}  // namespace gpugauge
