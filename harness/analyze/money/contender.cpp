#include "harness/analyze/money/contender.hpp"

#include <utility>

namespace gpugauge {

Contender contender_of(const StepTimes& times, const ModelConfig& model, ServingRequest request,
                       const Rate& rate, const Billing& billing) {
  check(billing);
  Contender contender;
  contender.name = times.record().device.name;
  contender.rate = rate;
  contender.num_gpus = request.group.cards;
  contender.billing = billing;
  const auto server = [&times, &model, request](std::int64_t input_tokens) {
    ServingRequest asked = request;
    asked.input_tokens = input_tokens;
    return Server(times, model, std::move(asked));
  };
  contender.tokens_per_second = [server](std::int64_t batch, std::int64_t input_tokens) {
    const ServingFinding finding = server(input_tokens).at(batch);
    return finding.rate() != nullptr ? std::optional(finding.rate()->output_tokens_per_second)
                                     : std::nullopt;
  };
  contender.largest_batch = [server](std::int64_t input_tokens) {
    return server(input_tokens).at_largest_batch().point.batch;
  };
  return contender;
}

std::optional<Standing> standing_of(const Contender& contender, const Load& load) {
  Standing standing;
  standing.batch = load.batch ? *load.batch : contender.largest_batch(load.input_tokens);
  if (standing.batch < 1) return std::nullopt;
  const auto tokens = contender.tokens_per_second(standing.batch, load.input_tokens);
  if (!tokens) return std::nullopt;
  standing.tokens_per_second = *tokens;
  standing.dollars_per_million =
      dollars_per_million(contender.rate, contender.num_gpus, *tokens, contender.billing);
  return standing;
}

}  // namespace gpugauge
