#include "harness/answer/prompt_answer.hpp"

#include <algorithm>

#include "harness/answer/overview_answer.hpp"

namespace gpugauge {

std::vector<std::optional<PrefillFinding>> prompt_answer(std::span<const CardResult> results,
                                                         std::span<const DatasheetReport> reports,
                                                         std::span<const PricedDecode> points) {
  std::vector<std::optional<PrefillFinding>> prompts(results.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    const PricedDecode* point = card_overview(reports[i], points).smallest_batch;
    if (point == nullptr) continue;
    const CardResult& result = results[i];
    const auto model =
        std::find_if(result.models.begin(), result.models.end(),
                     [&](const ModelConfig& m) { return m.name == point->decode.model; });
    if (model == result.models.end()) continue;
    PrefillFinding prefill = prefill_finding(
        StepTimes(*result.record, result.method_error), *model,
        {.precision = point->decode.point.precision, .tokens = point->decode.point.context});
    if (prefill.library || prefill.best) prompts[i] = std::move(prefill);
  }
  return prompts;
}

}  // namespace gpugauge
