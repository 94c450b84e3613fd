#pragma once

#include <cstdint>

#include "harness/analyze/step/engine_step.hpp"

namespace gpugauge {

/// What is asked of a card: requests of one size, `batch` of them at a time, each replaced by the
/// next when it ends (continuous batching).
struct ServingPoint {
  std::int64_t input_tokens = 1024;
  std::int64_t output_tokens = 256;
  std::int64_t batch = 1;

  /// Tokens in the cache of a request half way through its output: where D is taken.
  std::int64_t mean_context() const { return input_tokens + output_tokens / 2; }
  /// At the end of its output: what memory must hold.
  std::int64_t final_context() const { return input_tokens + output_tokens; }
};

/// How a card serves a point. With D the decode step at (batch, mean context) and P the prefill of
/// one request, which delays all that are being decoded:
/// - a token of a request comes every D + P·(batch − 1)/output (the other requests of the batch
///   each prefill once while it runs);
/// - the batch's output tokens come in output·D + batch·P;
/// - the first token of a request comes after P, and where others are being decoded after the step
///   that has just begun: P + D, the longest wait. Waiting for a free place in the batch is not in
///   it.
struct ServingRate {
  Estimate ttft_ns;
  Estimate tpot_ns;
  Estimate output_tokens_per_second;  ///< of the whole batch
  EngineError throughput_error;       ///< is in its interval
  OriginShares origins{};             ///< of the time of a batch: output·D + batch·P
};

/// `decode` is the step at (batch, mean context) and `prefill` that of one request. Their intervals
/// add linearly: both share the card. Throws UsageError if a number of the point is below 1.
ServingRate serving_rate(const ServingPoint& point, const EngineStep& decode,
                         const EngineStep& prefill);

/// The rate with the errors that its figures have on so many cards.
ServingRate with_error(ServingRate rate, const MethodError& error, int cards);

}  // namespace gpugauge
