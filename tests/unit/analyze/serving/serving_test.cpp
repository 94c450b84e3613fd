#include "harness/analyze/serving/serving.hpp"

#include <gtest/gtest.h>

#include "harness/base/error.hpp"

namespace gpugauge {
namespace {

/// A step of one op of this long.
EngineStep step(Estimate ns, Origin origin = Origin::kMeasured) {
  return step_of(
      {{{OpGroup::kLinears, "qkv", gemm_of(DType::kBf16, 1, 1, 1), 1}, {ns, origin, ""}}}, 1);
}
Estimate ms(double value) {
  return {.value = value * 1e6, .low = value * 0.9e6, .high = value * 1.2e6};
}

constexpr ServingPoint kPoint{.input_tokens = 1000, .output_tokens = 100, .batch = 8, .prompts = 2};

TEST(ServingPoint, IsTakenHalfWayAndMustFitAtItsEnd) {
  EXPECT_EQ(kPoint.mean_context(), 1050);
  EXPECT_EQ(kPoint.final_context(), 1100);
}

/// Two prompts are prefilled in 50 ms, one alone in 30.
ServingRate rate_of(const ServingPoint& point, const ServingEngine& engine = {},
                    Origin prefill = Origin::kMeasured) {
  const EngineStep decode = step(ms(10)), together = step(ms(50), prefill), alone = step(ms(30));
  return serving_rate(point, engine, {&decode, &together, &alone}, {.prompts = 4, .steps = 1.5});
}

TEST(ServingRate, FollowsTheFormulas) {
  const ServingRate rate = rate_of(kPoint);
  EXPECT_NEAR(rate.tpot_ns.value, (10 + 25.0 * 7 / 100) * 1e6, 1e-3);
  EXPECT_NEAR(rate.output_tokens_per_second.value, 800 / (100 * 0.010 + 8 * 0.025), 1e-9);
  EXPECT_NEAR(rate.ttft_unloaded_ns.value, 30e6, 1e-3);
  EXPECT_NEAR(rate.ttft_ns.value, (4 * 25 + 1.5 * 10) * 1e6, 1e-3);
}

TEST(ServingRate, TheBatchsRateIsWhatItsRequestsGetOverTheirWholeLives) {
  // Each request takes output · TPOT and its own prefill; the batch has as many at a time.
  const ServingRate rate = rate_of(kPoint);
  const double life_s = (100 * rate.tpot_ns.value + 25e6) / 1e9;
  EXPECT_NEAR(rate.output_tokens_per_second.value, 8 * 100 / life_s, 1e-9);
}

TEST(ServingRate, TheEnginesHostWorkIsPartOfEveryStep) {
  const ServingRate rate = rate_of(kPoint, {.sequence_ns = 0.5e6});  // 8 of them: 14 ms a step
  EXPECT_NEAR(rate.tpot_ns.value, (14 + 25.0 * 7 / 100) * 1e6, 1e-3);
  EXPECT_NEAR(rate.output_tokens_per_second.value, 800 / (100 * 0.014 + 8 * 0.025), 1e-9);
  const ServingRate slow_host = rate_of(kPoint, {.host_ns = 20e6, .host_sequence_ns = 1e6});
  EXPECT_NEAR(slow_host.tpot_ns.value, (28 + 25.0 * 7 / 100) * 1e6, 1e-3);
  EXPECT_NEAR(slow_host.ttft_ns.value, (4 * 25 + 1.5 * 28) * 1e6, 1e-3);
}

TEST(ServingRate, CarriesTheIntervals) {
  const ServingRate rate = rate_of(kPoint);
  EXPECT_NEAR(rate.ttft_ns.low, 0.9 * rate.ttft_ns.value, 1e-3);
  EXPECT_NEAR(rate.ttft_unloaded_ns.high, 1.2 * rate.ttft_unloaded_ns.value, 1e-3);
  EXPECT_NEAR(rate.tpot_ns.high, 1.2 * rate.tpot_ns.value, 1e-3);
  EXPECT_NEAR(rate.output_tokens_per_second.low, rate.output_tokens_per_second.value / 1.2, 1e-9);
  EXPECT_NEAR(rate.output_tokens_per_second.high, rate.output_tokens_per_second.value / 0.9, 1e-9);
}

TEST(ServingRate, TakesTheErrorOfEachFigureOnSoManyCards) {
  MethodError error;
  const EngineErrors two{{{.low = 1, .high = 1},
                          {.low = 0.8, .high = 1.25},
                          {.low = 0.5, .high = 2},
                          {.low = 0.7, .high = 1.4}}};
  error.engine = {{1, {}}, {2, two}};
  const auto exact = [](double ms) { return Estimate{ms * 1e6, ms * 1e6, ms * 1e6}; };
  const EngineStep decode = step(exact(10)), prefill = step(exact(50));
  const ServingRate plain =
      serving_rate(kPoint, {}, {&decode, &prefill, &prefill}, {.prompts = 4, .steps = 1.5});
  const ServingRate rate = with_error(plain, error, 2);
  EXPECT_EQ(rate.tpot_ns.value, plain.tpot_ns.value);
  EXPECT_NEAR(rate.tpot_ns.low, 0.8 * plain.tpot_ns.value, 1e-3);
  EXPECT_NEAR(rate.ttft_ns.high, 2 * plain.ttft_ns.value, 1e-3);
  EXPECT_NEAR(rate.output_tokens_per_second.low, 0.7 * plain.output_tokens_per_second.value, 1e-9);
  EXPECT_EQ(rate.throughput_error.total.high, 1.4);
  EXPECT_EQ(with_error(plain, error, 1).tpot_ns.low, plain.tpot_ns.low);
}

TEST(ServingRate, ARequestAloneWaitsForNobody) {
  ServingPoint alone = kPoint;
  alone.batch = alone.prompts = 1;
  const ServingRate rate = rate_of(alone);
  EXPECT_NEAR(rate.tpot_ns.value, 10e6, 1e-3);
  EXPECT_NEAR(rate.ttft_ns.value, 30e6, 1e-3);
}

TEST(ServingRate, OriginsAreSharesOfTheWholeTime) {
  const ServingRate rate = rate_of(kPoint, {}, Origin::kModelled);  // 1000 ms and 200 ms
  EXPECT_NEAR(rate.origins[static_cast<std::size_t>(Origin::kMeasured)], 1000.0 / 1200, 1e-9);
  EXPECT_NEAR(rate.origins[static_cast<std::size_t>(Origin::kModelled)], 200.0 / 1200, 1e-9);
}

TEST(PromptsAtOnce, AreThoseThatFitTheChunkAndTheBatch) {
  const ServingEngine engine{.chunk_tokens = 8192};
  EXPECT_EQ(prompts_at_once(engine, 128, 8), 8);
  EXPECT_EQ(prompts_at_once(engine, 128, 100), 64);
  EXPECT_EQ(prompts_at_once(engine, 5000, 100), 1);
  EXPECT_EQ(prompts_at_once(engine, 10000, 100), 1);
}

TEST(ServingRate, RefusesAPointWithoutTokens) {
  for (const ServingPoint& bad : {ServingPoint{0, 1, 1}, ServingPoint{1, 0, 1},
                                  ServingPoint{1, 1, 0}, ServingPoint{1, 1, 1, 0}})
    EXPECT_THROW(rate_of(bad), UsageError);
}

}  // namespace
}  // namespace gpugauge
