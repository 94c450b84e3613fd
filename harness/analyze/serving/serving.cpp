#include "harness/analyze/serving/serving.hpp"

#include <fmt/format.h>

#include <algorithm>
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

std::int64_t prompts_at_once(const ServingEngine& engine, std::int64_t input_tokens,
                             std::int64_t batch) {
  return std::max<std::int64_t>(std::min(engine.chunk_tokens / input_tokens, batch), 1);
}

Estimate engine_step_ns(const ServingEngine& engine, const Estimate& kernels_ns,
                        std::int64_t batch) {
  return {.value = engine.step_ns(kernels_ns.value, batch),
          .low = engine.step_ns(kernels_ns.low, batch),
          .high = engine.step_ns(kernels_ns.high, batch)};
}

ServingRate serving_rate(const ServingPoint& point, const ServingEngine& engine,
                         const ServingSteps& steps, const QueueTime& ttft) {
  at_least_one("input tokens", point.input_tokens);
  const double output = at_least_one("output tokens", point.output_tokens);
  const double batch = at_least_one("batch", point.batch);
  const double prompts = at_least_one("prompts", point.prompts);
  const Estimate step = engine_step_ns(engine, steps.decode->step_ns, point.batch);
  const Estimate prompt = scaled(steps.prefill->step_ns, 1 / prompts);
  const Estimate decoding = scaled(step, output), prefilling = scaled(prompt, batch);

  ServingRate rate;
  rate.ttft_unloaded_ns = steps.alone->step_ns;
  rate.ttft_ns = point.batch > 1 ? sum(scaled(prompt, ttft.prompts), scaled(step, ttft.steps))
                                 : rate.ttft_unloaded_ns;
  rate.tpot_ns = sum(step, scaled(prompt, (batch - 1) / output));
  const Estimate total = sum(decoding, prefilling);
  rate.output_tokens_per_second = reciprocal(batch * output * kNsPerSecond, total);
  const OriginShares of_decode = steps.decode->origins(), of_prefill = steps.prefill->origins();
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
