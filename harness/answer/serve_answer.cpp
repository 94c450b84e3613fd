#include "harness/answer/serve_answer.hpp"

#include <utility>

namespace gpugauge {
namespace {

PricedServing priced(ServingFinding finding, const PowerRange& powers,
                     const std::vector<Rate>& rates, const Billing& billing) {
  PricedServing serving{.finding = std::move(finding), .money = {}, .energy = {}};
  for (const Rate& rate : rates) {
    if (auto money = money_of(serving.finding, rate, billing))
      serving.money.push_back(std::move(*money));
  }
  serving.energy = energy_of(powers, serving.finding);
  return serving;
}

}  // namespace

std::set<Precision> precisions_for(const CardResult& result, const ModelConfig& model,
                                   const ServeQuestion& question) {
  std::set<Precision> precisions(question.precisions.begin(), question.precisions.end());
  if (precisions.empty()) {
    for (const DecodePoint& point : decode_points(*result.record, model, {}))
      precisions.insert(point.precision);
  }
  return precisions;
}

ServingRequest request_for(const CardResult& result, const ServeQuestion& question) {
  ServingRequest request = question.request;
  request.group.link = link_of(*result.record, result.sheet(), question.link);
  request.budget = memory_budget(result.record->device, result.sheet());
  if (request.budget) {
    request.budget->utilisation = question.memory_utilisation;
    request.budget->reserve_bytes = question.memory_reserve_bytes;
  }
  return request;
}

ServeAnswer serve_answer(std::span<const CardResult> results, const ServeQuestion& question) {
  ServeAnswer answer;
  if (results.empty()) return answer;
  for (const ModelConfig& model : results.front().models) {
    for (const CardResult& result : results) {
      const StepTimes times(*result.record, result.method_error);
      const PowerRange powers = power_range(*result.record);
      ServingRequest request = request_for(result, question);
      for (const Precision precision : precisions_for(result, model, question)) {
        request.precision = precision;
        const Server server(times, model, request);
        const auto add = [&](ServingFinding finding) {
          PricedServing& serving = answer.servings.emplace_back(
              priced(std::move(finding), powers, result.rates, question.billing));
          serving.card = card_label(result.record->device, result.sheet());
        };
        for (const std::int64_t batch : question.batches) add(server.at(batch));
        add(server.at_largest_batch());
      }
    }
  }
  std::vector<ServingFinding> findings;
  for (const PricedServing& serving : answer.servings) findings.push_back(serving.finding);
  answer.calibration = calibrate(question.calibrations, findings);
  if (!question.today.empty()) answer.price_doubts = doubts_about(answer.servings, question.today);
  return answer;
}

}  // namespace gpugauge
