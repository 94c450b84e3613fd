#include "harness/answer/decode_answer.hpp"

#include <utility>

#include "harness/analyze/money/bootstrap.hpp"

namespace gpugauge {

DecodeAnswer decode_answer(std::span<const CardResult> results, const DecodeQuestion& question) {
  DecodeAnswer answer;
  for (const CardResult& result : results) {
    const StepTimes times(*result.record, result.method_error);
    const PowerRange powers = power_range(*result.record);
    const std::optional<MemoryBudget> budget = memory_budget(result.record->device, result.sheet());
    for (const ModelConfig& model : result.models) {
      for (DecodeFinding& finding : decode_findings(
               times, model, decode_points(*result.record, model, question.selection))) {
        if (budget) finding.fit = fit(model, finding.point, *budget);
        PricedDecode& point = answer.points.emplace_back(
            price(std::move(finding), result.rates, question.num_gpus, question.billing));
        point.card = card_label(result.record->device, result.sheet());
        point.seed = bootstrap_seed(*result.record);
        point.energy = energy_of(powers, point.decode, question.num_gpus);
      }
    }
  }
  answer.calibration = calibrate(question.calibrations, answer.points);
  if (!question.today.empty()) answer.price_doubts = doubts_about(answer.points, question.today);
  return answer;
}

}  // namespace gpugauge
