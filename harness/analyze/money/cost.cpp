#include "harness/analyze/money/cost.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>
#include <set>

#include "harness/base/error.hpp"
#include "harness/base/estimate.hpp"
#include "harness/base/units.hpp"
#include "harness/config/iso_date.hpp"

namespace gpugauge {
namespace {

constexpr double kTokens = 1'000'000;

double positive(std::string_view what, double value) {
  if (!std::isfinite(value) || value <= 0)
    throw UsageError(fmt::format("{} {}: expected a positive number", what, value));
  return value;
}

Rate rate_of(const PriceOffer& offer, RateKind kind, double dollars) {
  const bool has_both = !offer.provider.empty() && !offer.instance.empty();
  return {.kind = kind,
          .dollars_per_gpu_hour = positive("price", dollars),
          .provider = fmt::format("{}{}{}", offer.provider, has_both ? " " : "", offer.instance),
          .observed_at = price_date(offer),
          .source = offer.source,
          .min_gpus = offer.min_gpus,
          .gpus_in_machine = offer.instance.empty() ? 0 : offer.gpu_count,
          .is_form_factor_guessed = offer.is_form_factor_guessed};
}

/// `AWS p5, Azure ND96 and 40 more`.
std::string shortened(const std::set<std::string>& names) {
  constexpr std::size_t kShown = 4;
  const std::vector<std::string> shown(
      names.begin(),
      std::next(names.begin(), static_cast<std::ptrdiff_t>(std::min(names.size(), kShown))));
  const std::string list = fmt::format("{}", fmt::join(shown, ", "));
  return names.size() <= kShown ? list : fmt::format("{} and {} more", list, names.size() - kShown);
}

std::vector<std::string> doubts_about(const Bill& bill, std::string_view today, int max_age_days) {
  const Rate& rate = bill.rate;
  std::vector<std::string> doubts;
  const auto age_days = days_between(rate.observed_at, today);
  if (age_days && *age_days > max_age_days)
    doubts.push_back(fmt::format(
        "prices of {}{} are {} days old; scripts/refresh_prices.py fetches "
        "current ones",
        rate.observed_at, rate.source.empty() ? "" : fmt::format(" ({})", rate.source), *age_days));
  // A day ahead is a time zone.
  if (age_days && *age_days < -1)
    doubts.push_back(fmt::format("prices dated {}, in the future", rate.observed_at));
  if (rate.is_form_factor_guessed)
    doubts.push_back(
        "the price list does not say SXM or PCIe, the price may be of the other variant");
  if (!has_in_one_machine(rate, bill.num_gpus))
    doubts.push_back(
        fmt::format("{} GPUs share the model, and one machine has {}: the link between machines is "
                    "not counted",
                    bill.num_gpus, rate.gpus_in_machine));
  if (bill.billed_gpus > bill.num_gpus)
    doubts.push_back(fmt::format(
        "{} GPUs are billed and {} used, $/M times {:.3g} if the others are idle", bill.billed_gpus,
        bill.num_gpus, static_cast<double>(bill.billed_gpus) / bill.num_gpus));
  return doubts;
}

}  // namespace

std::vector<Rate> rates_of(std::span<const PriceOffer> offers, std::optional<double> hourly) {
  if (hourly) {
    Rate given;
    given.kind = RateKind::kGiven;
    given.dollars_per_gpu_hour = positive("hourly rate", *hourly);
    if (*hourly > kMaxDollarsPerGpuHour)
      throw UsageError(fmt::format("hourly rate {}: expected at most ${:.0f} a GPU-hour", *hourly,
                                   kMaxDollarsPerGpuHour));
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

void check(const Billing& billing) {
  constexpr double kHoursIn31Days = 744;
  if (!(billing.utilisation > 0 && billing.utilisation <= 1))
    throw UsageError(
        fmt::format("utilisation {}: expected a share above 0 and at most 1", billing.utilisation));
  if (!(billing.hours_per_month > 0 && billing.hours_per_month <= kHoursIn31Days))
    throw UsageError(fmt::format("{} hours a month: expected above 0 and at most {:.0f}",
                                 billing.hours_per_month, kHoursIn31Days));
  if (billing.dollars_per_kwh) positive("dollars per kWh", *billing.dollars_per_kwh);
}

Estimate dollars_per_million(const Rate& rate, int num_gpus, const Estimate& tok_per_second,
                             const Billing& billing) {
  return dollars_per_million(rate.dollars_per_gpu_hour, num_gpus,
                             scaled(tok_per_second, billing.utilisation));
}

double dollars_per_month(const Rate& rate, int billed_gpus, const Billing& billing) {
  return rate.dollars_per_gpu_hour * billed_gpus * billing.hours_per_month;
}

Estimate million_tokens_per_month(const Estimate& tok_per_second, const Billing& billing) {
  return scaled(tok_per_second,
                billing.utilisation * billing.hours_per_month * kSecondsPerHour / kTokens);
}

Bill bill_of(const Rate& rate, int num_gpus) {
  return {
      .rate = rate, .num_gpus = num_gpus, .billed_gpus = billable_gpus(num_gpus, rate.min_gpus)};
}

std::vector<std::string> doubts_about(std::span<const Bill> bills, std::string_view today,
                                      int max_age_days) {
  std::map<std::string, std::set<std::string>> providers_of;
  for (const Bill& bill : bills) {
    for (const std::string& doubt : doubts_about(bill, today, max_age_days))
      providers_of[doubt].insert(bill.rate.provider);
  }
  std::vector<std::string> doubts;
  for (const auto& [doubt, providers] : providers_of)
    doubts.push_back(fmt::format("{}: {}", doubt, shortened(providers)));
  return doubts;
}

std::vector<std::string> doubts_about(std::span<const PricedDecode> points, std::string_view today,
                                      int max_age_days) {
  std::vector<Bill> bills;
  for (const PricedDecode& point : points)
    bills.insert(bills.end(), point.costs.begin(), point.costs.end());
  return doubts_about(bills, today, max_age_days);
}

Energy energy_of(const PowerRange& powers, const DecodeFinding& decode, int num_gpus) {
  const EngineStep* step = decode.preferred();
  if (step == nullptr) return {};
  const RepeatedStep once{step, 1};
  return energy_of(powers, {&once, 1}, static_cast<double>(decode.point.batch), num_gpus);
}

std::optional<Estimate> PricedDecode::dollars() const {
  if (costs.empty()) return std::nullopt;
  return costs.front().library ? costs.front().library : costs.front().best;
}

PricedDecode price(DecodeFinding decode, std::span<const Rate> rates, int num_gpus,
                   const Billing& billing) {
  check(billing);
  PricedDecode priced{.decode = std::move(decode), .costs = {}, .energy = {}};
  const EngineStep* preferred = priced.decode.preferred();
  if (preferred == nullptr) return priced;
  const auto cost_of = [&](const EngineStep* step, const Rate& rate) {
    return step != nullptr ? std::optional(dollars_per_million(rate, num_gpus,
                                                               step->tokens_per_second, billing))
                           : std::nullopt;
  };
  for (const Rate& rate : rates) {
    Cost& cost = priced.costs.emplace_back();
    static_cast<Bill&>(cost) = bill_of(rate, num_gpus);
    cost.library = cost_of(priced.decode.step(Engine::kLibrary), rate);
    cost.best = cost_of(priced.decode.step(Engine::kBest), rate);
    cost.billing = billing;
    cost.dollars_per_month = dollars_per_month(rate, cost.billed_gpus, billing);
    cost.million_tokens_per_month = million_tokens_per_month(preferred->tokens_per_second, billing);
  }
  return priced;
}

}  // namespace gpugauge
