#include "harness/analyze/money/cost_ratio.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "harness/analyze/money/resampled.hpp"
#include "harness/base/units.hpp"

namespace gpugauge {

Cheaper CostRatio::cheaper() const {
  if (a_over_b.high < 1) return Cheaper::kA;
  return a_over_b.low > 1 ? Cheaper::kB : Cheaper::kUndecided;
}

Resampled ratio_of(const Resampled& a, const Resampled& b) {
  return combined(a, b, std::divides<>());
}

CostRatio cost_ratio(const Resampled& a, const Resampled& b) {
  const Resampled ratio = ratio_of(a, b);
  double wins = 0;
  for (const double r : ratio.replicates) wins += r < 1 ? 1 : r == 1 ? 0.5 : 0;
  return {.a_over_b = ratio,
          .probability_a_is_cheaper = wins / static_cast<double>(ratio.replicates.size())};
}

Resampled dollars_per_million(const Bill& bill, const Resampled& tokens_per_second,
                              const Billing& billing) {
  Resampled dollars{dollars_per_million(bill.rate, bill.num_gpus,
                                        static_cast<const Estimate&>(tokens_per_second), billing),
                    tokens_per_second.replicates};
  const double of_one = dollars.value * tokens_per_second.value;
  for (double& replicate : dollars.replicates) replicate = of_one / replicate;
  return dollars;
}

Fleet fleet_of(int gpus, const Rate& rate, const Billing& billing) {
  const int billed_gpus = billable_gpus(gpus, rate.min_gpus);
  return {.gpus = gpus,
          .billed_gpus = billed_gpus,
          .dollars_per_month = dollars_per_month(rate, billed_gpus, billing)};
}

Fleet fleet_for(double tokens_per_day, double tokens_per_second, const Bill& group,
                const Billing& billing) {
  constexpr double kMostGpus = 1e8;
  // A demand that is a whole number of groups takes no group more.
  constexpr double kRounding = 1e-9;
  const double groups = std::ceil(
      tokens_per_day / (tokens_per_second * kSecondsPerDay * billing.utilisation) - kRounding);
  return fleet_of(static_cast<int>(std::min(std::max(groups, 1.0) * group.num_gpus, kMostGpus)),
                  group.rate, billing);
}

}  // namespace gpugauge
