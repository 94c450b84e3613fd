#include "harness/answer/break_even_answer.hpp"

#include <fmt/format.h>

#include <array>
#include <set>

#include "harness/base/error.hpp"

namespace gpugauge {
namespace {

void check_price(const BreakEvenSide& side) {
  const Record& record = side.times->record();
  if (side.rate.kind == RateKind::kUnit)
    throw UsageError(fmt::format(
        "no price is known for {0}; pass --hourly '{0}=DOLLARS' or --prices", record.device.name));
}

std::set<Precision> precisions_of(const BreakEvenSide& side, const ModelConfig& model) {
  std::set<Precision> precisions;
  for (const DecodePoint& point : decode_points(side.times->record(), model, {}))
    precisions.insert(point.precision);
  return precisions;
}

std::set<Precision> common_precisions(const BreakEvenSide& a, const BreakEvenSide& b,
                                      const ModelConfig& model) {
  std::set<Precision> common = precisions_of(a, model);
  const std::set<Precision> of_b = precisions_of(b, model);
  std::erase_if(common, [&](Precision precision) { return !of_b.contains(precision); });
  if (common.empty())
    throw UsageError(fmt::format("{} and {} have no precision of {} in common: pass --precision",
                                 a.times->record().path.string(), b.times->record().path.string(),
                                 model.name));
  return common;
}

Contender contender_at(const BreakEvenSide& side, const ModelConfig& model, Precision precision) {
  ServingRequest request = side.request;
  request.precision = precision;
  return contender_of(*side.times, model, std::move(request), side.rate, side.billing);
}

void add_comparisons(BreakEvenAnswer& answer, const BreakEvenQuestion& question) {
  std::vector<Load> loads;
  for (const std::int64_t batch : question.batches) loads.push_back({batch, answer.input_tokens});
  loads.push_back({std::nullopt, answer.input_tokens});
  const Contender &a = answer.a, &b = answer.b;
  answer.curves.push_back(
      trace(a, b, Axis::kBatch, loads.back(), batch_grid(a, b, answer.input_tokens)));
  for (const Load& load : loads) {
    const CardComparison& c = answer.comparisons.emplace_back(compare(a, b, load));
    if (question.tokens_per_day && c.evens)
      answer.fleets.push_back({load,
                               fleets_for(a, c.a->tokens_per_second, *question.tokens_per_day),
                               fleets_for(b, c.b->tokens_per_second, *question.tokens_per_day)});
    answer.curves.push_back(trace(a, b, Axis::kInput, load, input_grid(question.longest_input)));
  }
}

}  // namespace

std::vector<BreakEvenAnswer> break_even_answer(const BreakEvenSide& a, const BreakEvenSide& b,
                                               const BreakEvenQuestion& question) {
  check_price(a);
  check_price(b);
  std::vector<BreakEvenAnswer> answers;
  for (const ModelConfig& model : question.models) {
    std::set<Precision> precisions(question.precisions.begin(), question.precisions.end());
    if (precisions.empty()) precisions = common_precisions(a, b, model);
    for (const Precision precision : precisions) {
      BreakEvenAnswer& answer = answers.emplace_back();
      answer.model = model.name;
      answer.precision = precision;
      answer.input_tokens = a.request.input_tokens;
      answer.output_tokens = a.request.output_tokens;
      answer.a = contender_at(a, model, precision);
      answer.b = contender_at(b, model, precision);
      if (!question.name_a.empty()) answer.a.name = question.name_a;
      if (!question.name_b.empty()) answer.b.name = question.name_b;
      answer.tokens_per_day = question.tokens_per_day.value_or(0);
      add_comparisons(answer, question);
      answer.price_doubts = doubts_about(std::array<Bill, 2>{answer.a, answer.b}, question.today);
    }
  }
  return answers;
}

}  // namespace gpugauge
