#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "harness/analyze/money/cost.hpp"
#include "harness/analyze/serving/serving_finding.hpp"

namespace gpugauge {

/// Where two cards are compared.
struct Load {
  std::optional<std::int64_t> batch;  ///< of both; absent: each at its own largest
  std::int64_t input_tokens = 1024;
};

/// One side of a comparison: how fast it serves, and what it costs.
struct Contender {
  std::string name;
  Rate rate;
  int num_gpus = 1;  ///< that serve together
  Billing billing;
  /// Output tokens a second at a batch and a length of prompts; nothing where it does not fit or is
  /// not known.
  std::function<std::optional<Estimate>(std::int64_t batch, std::int64_t input_tokens)>
      tokens_per_second;
  /// The largest batch with such prompts; 0 if there is none.
  std::function<std::int64_t(std::int64_t input_tokens)> largest_batch;
};

/// A contender that serves the request as `Server` does, with other lengths of prompts where it is
/// asked for them. Times and model must outlive it. Throws UsageError as `check(billing)`.
Contender contender_of(const StepTimes& times, const ModelConfig& model, ServingRequest request,
                       const Rate& rate, const Billing& billing);

/// How a contender stands at one load.
struct Standing {
  std::int64_t batch = 0;
  Estimate tokens_per_second;    ///< output, at full use
  Estimate dollars_per_million;  ///< output tokens, all time charged to them, at the utilisation
};
/// Nothing where its rate is not known.
std::optional<Standing> standing_of(const Contender& contender, const Load& load);

}  // namespace gpugauge
