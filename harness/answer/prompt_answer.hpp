#pragma once

#include <optional>
#include <span>
#include <vector>

#include "harness/analyze/money/cost.hpp"
#include "harness/analyze/rates/datasheet.hpp"
#include "harness/analyze/step/prefill.hpp"
#include "harness/answer/card_result.hpp"

namespace gpugauge {

/// How long does a user wait for the first token on a card that does nothing else? Of each result
/// the prefill of one prompt as long as the context of `CardOverview::smallest_batch`; nothing
/// where that is not known. `reports`: one a result.
std::vector<std::optional<PrefillFinding>> prompt_answer(std::span<const CardResult> results,
                                                         std::span<const DatasheetReport> reports,
                                                         std::span<const PricedDecode> points);

}  // namespace gpugauge
