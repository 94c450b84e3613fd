#include "harness/analyze/money/money.hpp"

#include <array>

#include "harness/base/estimate.hpp"

namespace gpugauge {

std::optional<ServingMoney> money_of(const ServingFinding& finding, const Rate& rate,
                                     const Billing& billing) {
  check(billing);
  if (finding.rate() == nullptr) return std::nullopt;
  const Engine engine = *finding.engine();
  ServingMoney money;
  static_cast<Bill&>(money) = bill_of(rate, finding.request.group.cards);
  const auto dollars = [&](const Estimate& tok_per_second) {
    return dollars_per_million(rate, money.num_gpus, tok_per_second, billing);
  };
  const Estimate& tokens = finding.rate()->output_tokens_per_second;
  money.billing = billing;
  money.output_all_time = dollars(tokens);
  money.input_by_time = dollars(finding.prefill->step(engine)->tokens_per_second);
  const EngineStep& decode = *finding.decode.step(engine);
  const double served_ns =
      finding.request.engine.step_ns(decode.step_ns.value, finding.point.batch);
  money.output_by_time =
      dollars(scaled(decode.tokens_per_second, decode.step_ns.value / served_ns));
  money.dollars_per_month = dollars_per_month(rate, money.billed_gpus, billing);
  money.million_output_per_month = million_tokens_per_month(tokens, billing);
  return money;
}

std::vector<std::string> doubts_about(std::span<const PricedServing> servings,
                                      std::string_view today, int max_age_days) {
  std::vector<Bill> bills;
  for (const PricedServing& serving : servings)
    bills.insert(bills.end(), serving.money.begin(), serving.money.end());
  return doubts_about(bills, today, max_age_days);
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
                         RepeatedStep{finding.prefill->step(engine),
                                      batch / static_cast<double>(finding.point.prompts)}};
  return energy_of(powers, steps, batch * output, finding.request.group.cards);
}

}  // namespace gpugauge
