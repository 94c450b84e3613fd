#include "harness/analyze/money/contender.hpp"

#include <memory>
#include <utility>

namespace gpugauge {

Contender contender_of(const StepTimes& times, const ModelConfig& model, ServingRequest request,
                       const Rate& rate, const Billing& billing) {
  check(billing);
  Contender contender{
      bill_of(rate, request.group.cards), times.record().device.name, billing, {}, {}};
  const auto server = [&times, &model, request](std::int64_t input_tokens) {
    ServingRequest asked = request;
    asked.input_tokens = input_tokens;
    return Server(times, model, std::move(asked));
  };
  const auto bootstrap = std::make_shared<Bootstrap>(times.record());
  contender.tokens_per_second = [=](std::int64_t batch, std::int64_t input_tokens) {
    const ServingFinding finding = server(input_tokens).quick_at(batch);
    const ServingRate* served = finding.rate();
    return served != nullptr
               ? std::optional(Throughput(resampled_rate(finding, *bootstrap), served->origins))
               : std::nullopt;
  };
  contender.largest_batch = [server](std::int64_t input_tokens) {
    return server(input_tokens).at_largest_batch().point.batch;
  };
  return contender;
}

Resampled resampled_rate(const ServingFinding& finding, Bootstrap& bootstrap) {
  const Engine engine = finding.engine().value();
  const ServingRate& rate = *finding.rate();
  return resampled(rate.output_tokens_per_second.value,
                   bootstrap.with_error(
                       output_tokens_per_second(finding.point, finding.request.engine,
                                                bootstrap.step_ns(*finding.decode.step(engine)),
                                                bootstrap.step_ns(*finding.prefill->step(engine))),
                       rate.throughput_error));
}

std::optional<Standing> standing_of(const Contender& contender, const Load& load) {
  Standing standing;
  standing.batch = load.batch ? *load.batch : contender.largest_batch(load.input_tokens);
  if (standing.batch < 1) return std::nullopt;
  auto tokens = contender.tokens_per_second(standing.batch, load.input_tokens);
  if (!tokens) return std::nullopt;
  standing.dollars_per_million = dollars_per_million(contender, *tokens, contender.billing);
  standing.tokens_per_second = std::move(*tokens);
  return standing;
}

}  // namespace gpugauge
