#include "harness/analyze/money/money.hpp"

#include <array>

namespace gpugauge {

std::optional<ServingMoney> money_of(const ServingFinding& finding, const Rate& rate,
                                     const Billing& billing) {
  check(billing);
  if (finding.rate() == nullptr) return std::nullopt;
  const Engine engine = *finding.engine();
  const int num_gpus = finding.request.group.cards;
  const auto dollars = [&](const Estimate& tok_per_second) {
    return dollars_per_million(rate, num_gpus, tok_per_second, billing);
  };
  const Estimate& tokens = finding.rate()->output_tokens_per_second;
  const int billed_gpus = billable_gpus(num_gpus, rate.min_gpus);
  return ServingMoney{
      .rate = rate,
      .num_gpus = num_gpus,
      .billed_gpus = billed_gpus,
      .billing = billing,
      .output_all_time = dollars(tokens),
      .input_by_time = dollars(finding.prefill->step(engine)->tokens_per_second),
      .output_by_time = dollars(finding.decode.step(engine)->tokens_per_second),
      .dollars_per_month = dollars_per_month(rate, billed_gpus, billing),
      .million_output_per_month = million_tokens_per_month(tokens, billing),
  };
}

std::vector<std::string> doubts_about(std::span<const PricedServing> servings,
                                      std::string_view today, int max_age_days) {
  std::vector<Cost> costs;
  for (const PricedServing& serving : servings) {
    for (const ServingMoney& money : serving.money) {
      Cost& cost = costs.emplace_back();
      cost.rate = money.rate;
      cost.num_gpus = money.num_gpus;
      cost.billed_gpus = money.billed_gpus;
    }
  }
  return doubts_about(costs, today, max_age_days);
}

Energy energy_of(const PowerRange& powers, const ServingFinding& finding) {
  if (finding.rate() == nullptr) {
    Energy none;
    none.reason = finding.reason;
    return none;
  }
  const Engine engine = *finding.engine();
  const auto batch = static_cast<double>(finding.point.batch);
  const auto output = static_cast<double>(finding.point.output_tokens);
  const std::array steps{RepeatedStep{finding.decode.step(engine), output},
                         RepeatedStep{finding.prefill->step(engine), batch}};
  return energy_of(powers, steps, batch * output, finding.request.group.cards);
}

}  // namespace gpugauge
