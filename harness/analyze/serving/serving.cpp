#include "harness/analyze/serving/serving.hpp"

#include <fmt/format.h>

#include <string_view>

#include "harness/base/error.hpp"
#include "harness/base/estimate.hpp"
#include "harness/base/units.hpp"

namespace gpugauge {
namespace {

double at_least_one(std::string_view what, std::int64_t value) {
  if (value < 1)
    throw UsageError(fmt::format("{} {}: expected a number of at least 1", what, value));
  return static_cast<double>(value);
}

}  // namespace

ServingRate serving_rate(const ServingPoint& point, const EngineStep& decode,
                         const EngineStep& prefill) {
  at_least_one("input tokens", point.input_tokens);
  const double output = at_least_one("output tokens", point.output_tokens);
  const double batch = at_least_one("batch", point.batch);
  const Estimate &step = decode.step_ns, &prompt = prefill.step_ns;
  const Estimate decoding = scaled(step, output), prefilling = scaled(prompt, batch);

  ServingRate rate;
  rate.ttft_ns = point.batch > 1 ? sum(prompt, step) : prompt;
  rate.tpot_ns = sum(step, scaled(prompt, (batch - 1) / output));
  const Estimate total = sum(decoding, prefilling);
  rate.output_tokens_per_second = reciprocal(batch * output * kNsPerSecond, total);
  const OriginShares of_decode = decode.origins(), of_prefill = prefill.origins();
  for (std::size_t i = 0; i < rate.origins.size(); ++i)
    rate.origins[i] =
        (of_decode[i] * decoding.value + of_prefill[i] * prefilling.value) / total.value;
  return rate;
}

ServingRate with_error(ServingRate rate, const MethodError& error, int cards) {
  rate.ttft_ns = widened(rate.ttft_ns, error.of_engine(cards, EngineFigure::kTtft));
  rate.tpot_ns = widened(rate.tpot_ns, error.of_engine(cards, EngineFigure::kTpot));
  rate.throughput_error = engine_error(error, cards, EngineFigure::kThroughput);
  rate.output_tokens_per_second =
      widened(rate.output_tokens_per_second, rate.throughput_error.total);
  return rate;
}

}  // namespace gpugauge
