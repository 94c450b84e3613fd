#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/analyze/money/cost.hpp"
#include "harness/analyze/serving/serving_finding.hpp"

namespace gpugauge {

/// What serving a request costs at one rate: dollars per million tokens.
struct ServingMoney : Bill {
  Billing billing;
  Estimate output_all_time;  ///< every second charged to the output: the classic formula
  // The same bill by whose time it is: prefill is charged to the input, decode to the output. With
  // `input` tokens in and `output` out, input_by_time · in + output_by_time · out is
  // output_all_time · out.
  Estimate input_by_time;  ///< also what a load of nothing but such prompts costs
  Estimate output_by_time;
  double dollars_per_month = 0;  ///< of the billed GPUs
  Estimate million_output_per_month;
};

/// A serving finding with what it costs: one entry a rate, none if it has no rate of its own.
struct PricedServing {
  ServingFinding finding;
  std::vector<ServingMoney> money;
  Energy energy;          ///< of an output token
  std::string card = {};  ///< as people call it
};

/// Of the engine that `ServingFinding::engine` names; nothing for a finding without a rate. Throws
/// UsageError as `check(billing)`.
std::optional<ServingMoney> money_of(const ServingFinding& finding, const Rate& rate,
                                     const Billing& billing);

/// As of decode points.
std::vector<std::string> doubts_about(std::span<const PricedServing> servings,
                                      std::string_view today, int max_age_days = kMaxPriceAgeDays);

/// Per output token, of a whole batch with its prefills. A finding without a rate has none.
Energy energy_of(const PowerRange& powers, const ServingFinding& finding);

}  // namespace gpugauge
