// What is paid for what.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <string>

#include "harness/analyze/audit/audit_metrics.hpp"
#include "harness/analyze/money/cost.hpp"
#include "harness/analyze/money/cost_ratio.hpp"
#include "harness/analyze/money/resampled.hpp"
#include "harness/base/error.hpp"

namespace gpugauge {
namespace {

/// What `read` finds in the cheapest offer of a provider for a card; unknown where the list has no
/// such offer, as it may be of another day.
template <typename Read>
Quantity of_offer(MetricCall& call, Read read) {
  const Datasheet& sheet = call.device(0);
  const std::string& provider = call.word(1);
  const std::vector<PriceOffer> offers = offers_for(call.facts().offers, sheet);
  const auto offer = std::find_if(offers.begin(), offers.end(), [&](const PriceOffer& found) {
    return found.provider == provider;
  });
  if (offer == offers.end()) {
    std::set<std::string> providers;
    for (const PriceOffer& other : offers) providers.insert(other.provider);
    return unknown(fmt::format(
        "no price of {} for {}, the list has {}", provider, sheet.name,
        providers.empty() ? "none at all" : fmt::format("{}", fmt::join(providers, ", "))));
  }
  const std::string& date = price_date(*offer);
  call.cite(fmt::format("prices{}{}", date.empty() ? "" : " of ", date));
  return read(*offer);
}

Resampled exactly(double value) { return {{.value = value, .low = value, .high = value}, {}}; }

Quantity dollars(const std::optional<double>& price) { return price ? number_of(*price) : none(); }

Quantity price_of_gpu(MetricCall& call) {
  return of_offer(call, [](const PriceOffer& o) { return dollars(o.on_demand_per_gpu_hour); });
}

Quantity spot(MetricCall& call) {
  return of_offer(call, [](const PriceOffer& o) { return dollars(o.spot_per_gpu_hour); });
}

Quantity gpus_sold_together(MetricCall& call) {
  return of_offer(call, [](const PriceOffer& o) { return number_of(o.min_gpus); });
}

/// rate · whole bundles.
Quantity billed(MetricCall& call) {
  const int gpus = billable_gpus(static_cast<int>(call.count(1)), static_cast<int>(call.count(2)));
  return number_of(combined(call.estimate(0), exactly(gpus), std::multiplies<>()));
}

Quantity cost(MetricCall& call) {
  const auto gpus = static_cast<int>(call.count_or(2, 1));
  call.positive(0);
  call.positive(1);
  return number_of(combined(call.estimate(0), call.estimate(1), [=](double hourly, double rate) {
    return dollars_per_million(hourly, gpus, exactly(rate)).value;
  }));
}

Quantity monthly(MetricCall& call) {
  return number_of(combined(call.estimate(0), exactly(call.positive(1)), std::multiplies<>()));
}

Quantity percent_saved(MetricCall& call) {
  call.positive(0);
  call.positive(1);
  return number_of(transformed(ratio_of(call.estimate(0), call.estimate(1)),
                               [](double ratio) { return 100 * (1 - ratio); }));
}

constexpr std::array kMoneyMetrics{
    Metric{{"price", "device, provider"}, price_of_gpu},
    Metric{{"spot", "device, provider"}, spot},
    Metric{{"gpus_sold_together", "device, provider"}, gpus_sold_together},
    Metric{{"billed", "hourly, gpus, sold_together"}, billed},
    Metric{{"dollars_per_million", "hourly, tok_per_s, [gpus]"}, cost},
    Metric{{"monthly", "hourly, hours"}, monthly},
    Metric{{"percent_saved", "with, instead_of"}, percent_saved},
};

}  // namespace

std::span<const Metric> money_metrics() { return kMoneyMetrics; }

}  // namespace gpugauge
