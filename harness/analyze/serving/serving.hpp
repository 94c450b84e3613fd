#pragma once

#include <cstdint>

#include "harness/analyze/serving/queue.hpp"
#include "harness/analyze/step/engine_step.hpp"
#include "harness/config/serving_engine.hpp"

namespace gpugauge {

/// What is asked of a card: requests of one size, `batch` of them at a time, each replaced by the
/// next when it ends (continuous batching).
struct ServingPoint {
  std::int64_t input_tokens = 1024;
  std::int64_t output_tokens = 256;
  std::int64_t batch = 1;
  std::int64_t prompts = 1;  ///< that one step prefills together, as `prompts_at_once`

  /// Tokens in the cache of a request half way through its output: where D is taken.
  std::int64_t mean_context() const { return input_tokens + output_tokens / 2; }
  /// At the end of its output: what memory must hold.
  std::int64_t final_context() const { return input_tokens + output_tokens; }
};

/// Whole prompts in a chunk of the engine: at least one, at most the batch.
std::int64_t prompts_at_once(const ServingEngine& engine, std::int64_t input_tokens,
                             std::int64_t batch);

/// The steps of which a point is served, of one engine's kernels.
struct ServingSteps {
  const EngineStep* decode;   ///< at (batch, mean context)
  const EngineStep* prefill;  ///< of `prompts` requests together
  const EngineStep* alone;    ///< of one request, alone
};

/// How a card serves a point. With D the decode step at (batch, mean context) as the serving engine
/// runs it, and P the prefill of one request: that of n requests together over n.
/// - A token of a request comes every D + P·(batch − 1)/output: the other requests of the batch
///   each prefill once while it runs, in steps that it shares.
/// - The batch's output tokens come in output·D + batch·P.
/// - The first token of a request comes after P where nothing else runs (unloaded), and under load
///   after a mean wait of a·P + b·D, which `mean_ttft` counts.
struct ServingRate {
  Estimate ttft_ns;           ///< under this load, in the mean
  Estimate ttft_unloaded_ns;  ///< of a request alone
  Estimate tpot_ns;
  Estimate output_tokens_per_second;  ///< of the whole batch
  EngineError throughput_error;       ///< is in its interval
  OriginShares origins{};             ///< of the time of a batch: output·D + batch·P
};

/// The engine's decode step.
Estimate engine_step_ns(const ServingEngine& engine, const Estimate& kernels_ns,
                        std::int64_t batch);

/// `ttft` is that of the point's load. Intervals add linearly: the steps share the card. Throws
/// UsageError if a number of the point is below 1.
ServingRate serving_rate(const ServingPoint& point, const ServingEngine& engine,
                         const ServingSteps& steps, const QueueTime& ttft);

/// The rate with the errors that its figures have on so many cards.
ServingRate with_error(ServingRate rate, const MethodError& error, int cards);

}  // namespace gpugauge
