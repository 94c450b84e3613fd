#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/analyze/step/energy.hpp"
#include "harness/analyze/step/tokens.hpp"
#include "harness/base/enum_table.hpp"
#include "harness/config/prices.hpp"

namespace gpugauge {

enum class RateKind : std::uint8_t {
  kOnDemand,
  kSpot,
  kGiven,  ///< the user's own
  kUnit,   ///< nobody named a price: dollars per million at one dollar an hour
};
template <>
struct EnumTable<RateKind> {
  static constexpr std::array rows{
      EnumName{RateKind::kOnDemand, "on-demand"}, EnumName{RateKind::kSpot, "spot"},
      EnumName{RateKind::kGiven, "given"}, EnumName{RateKind::kUnit, "per $1.00/h"}};
};

/// What one GPU costs an hour.
struct Rate {
  RateKind kind = RateKind::kUnit;
  double dollars_per_gpu_hour = 1.0;
  std::string provider;     ///< with the instance where the list names it; empty if given
  std::string observed_at;  ///< ISO date, the list's own where the offer has none; empty if given
  std::string source;
  int min_gpus = 1;         ///< the fewest that are sold together
  int gpus_in_machine = 0;  ///< of the instance that the offer names; 0 where it names none
  /// The offer does not say whether it is the card's SXM or PCIe variant.
  bool is_form_factor_guessed = false;
};

/// The hourly rate that the user named, else every price of the offers (on-demand first, each kind
/// by price), else the one-dollar rate. Throws UsageError if `hourly` is not a positive number, or
/// above kMaxDollarsPerGpuHour.
std::vector<Rate> rates_of(std::span<const PriceOffer> offers, std::optional<double> hourly);

/// Whether one machine of the offer has so many GPUs: those that share a model stand in one.
constexpr bool has_in_one_machine(const Rate& rate, int gpus) {
  return rate.gpus_in_machine == 0 || gpus <= rate.gpus_in_machine;
}

/// Months that price pages count by: 30 days, and a twelfth of a year of 365.
inline constexpr double kHoursInMeanMonth = 730;

/// How much of the rented time is used, and how it is counted.
struct Billing {
  double utilisation = 1.0;  ///< the share of the paid time that serves, at its full rate
  double hours_per_month = kHoursInMeanMonth;
  std::optional<double> dollars_per_kwh;  ///< for owners, who pay the electricity apart
};

/// Throws UsageError for a utilisation outside of (0, 1], for hours that no month has, and for an
/// electricity price that is not positive.
void check(const Billing& billing);

/// (hourly_rate × num_gpus / tok_per_second) × 1,000,000 / 3600, in dollars per million tokens.
/// Throws UsageError for anything that is not positive and finite.
double dollars_per_million(double hourly_rate, int num_gpus, double tok_per_second);
/// The dearest end is that of the slowest rate.
Estimate dollars_per_million(double hourly_rate, int num_gpus, const Estimate& tok_per_second);
/// Of tokens that come only in the used share of the time: utilisation divides tokens, the bill
/// stays.
Estimate dollars_per_million(const Rate& rate, int num_gpus, const Estimate& tok_per_second,
                             const Billing& billing);

double dollars_per_month(const Rate& rate, int billed_gpus, const Billing& billing);
Estimate million_tokens_per_month(const Estimate& tok_per_second, const Billing& billing);

/// Which GPUs are paid for at which rate. Dollars per million tokens count those that serve.
struct Bill {
  Rate rate;
  int num_gpus = 1;     ///< that serve together
  int billed_gpus = 1;  ///< that are paid for: bundles of the rate's `min_gpus`
};
Bill bill_of(const Rate& rate, int num_gpus);

/// Dollars per million output tokens at one rate.
struct Cost : Bill {
  std::optional<Estimate> library, best;
  Billing billing;
  double dollars_per_month = 0;       ///< of the billed GPUs
  Estimate million_tokens_per_month;  ///< of the engine that `DecodeFinding::preferred` names
};

/// A decode point with what it costs: one entry a rate, none if the point has no number.
struct PricedDecode {
  DecodeFinding decode;
  std::vector<Cost> costs;
  Energy energy;          ///< of the preferred step; without a number where nobody asked the record
  std::string card = {};  ///< as people call it
  std::uint64_t seed = 0;  ///< as `bootstrap_seed`

  /// Dollars per million output tokens at the first rate, of the engine that `preferred` names;
  /// nothing where there is no cost.
  std::optional<Estimate> dollars() const;
};

/// Of a decode step of the engine that `preferred` names. A finding without one has none.
Energy energy_of(const PowerRange& powers, const DecodeFinding& decode, int num_gpus = 1);

/// What keeps the prices from being the last word: older than `max_age_days` on `today` (an ISO
/// date), of a day to come, for a card whose form factor is guessed, for more GPUs than serve, or
/// of machines that have fewer. One sentence each, with the providers that it is about; an age is
/// said of each source.
std::vector<std::string> doubts_about(std::span<const Bill> bills, std::string_view today,
                                      int max_age_days = kMaxPriceAgeDays);
std::vector<std::string> doubts_about(std::span<const PricedDecode> points, std::string_view today,
                                      int max_age_days = kMaxPriceAgeDays);

PricedDecode price(DecodeFinding decode, std::span<const Rate> rates, int num_gpus = 1,
                   const Billing& billing = {});

}  // namespace gpugauge
