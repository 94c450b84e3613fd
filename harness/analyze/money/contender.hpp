#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "harness/analyze/money/cost_ratio.hpp"
#include "harness/analyze/serving/serving_finding.hpp"

namespace gpugauge {

/// Where two cards are compared.
struct Load {
  std::optional<std::int64_t> batch;  ///< of both; absent: each at its own largest
  std::int64_t input_tokens = 1024;
};

/// Output tokens a second, and where the time that they take is from.
struct Throughput : Resampled {
  Throughput() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): one whose origins nobody asks for
  Throughput(Resampled rate, const OriginShares& of = {})
      : Resampled(std::move(rate)), origins(of) {}

  OriginShares origins{};
};

/// A card, or several that serve together, at a price: how fast it serves, and what it costs.
struct Contender : Bill {
  std::string name;
  Billing billing;
  /// Output tokens a second at a batch and a length of prompts; nothing where it does not fit or is
  /// not known.
  std::function<std::optional<Throughput>(std::int64_t batch, std::int64_t input_tokens)>
      tokens_per_second;
  /// The largest batch with such prompts; 0 if there is none.
  std::function<std::int64_t(std::int64_t input_tokens)> largest_batch;
};

/// A contender that serves the request as `Server` does, with other lengths of prompts where it is
/// asked for them. Times and model must outlive it. Throws UsageError as `check(billing)`.
Contender contender_of(const StepTimes& times, const ModelConfig& model, ServingRequest request,
                       const Rate& rate, const Billing& billing);

/// Output tokens a second of the engine that `ServingFinding::engine` names; the finding must have
/// a rate.
Resampled resampled_rate(const ServingFinding& finding, Bootstrap& bootstrap);

/// How a contender stands at one load.
struct Standing {
  std::int64_t batch = 0;
  Throughput tokens_per_second;   ///< at full use
  Resampled dollars_per_million;  ///< output tokens, all time charged to them, at the utilisation
};
/// Nothing where its rate is not known.
std::optional<Standing> standing_of(const Contender& contender, const Load& load);

}  // namespace gpugauge
