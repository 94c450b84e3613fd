#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/analyze/step/engine_step.hpp"
#include "harness/config/model.hpp"

namespace gpugauge {

/// The prefill of requests together, in a step without others.
struct PrefillPoint {
  Precision precision = Precision::kBf16;
  std::int64_t tokens = 1024;  ///< of each prompt
  DType kv = DType::kBf16;
  std::int64_t prompts = 1;

  std::int64_t all_tokens() const { return tokens * prompts; }
};

/// Every op of the prefill: those of a decode step with all tokens of the prompts for its batch,
/// causal attention of each prompt to itself for the one over the cache, and the LM head and the
/// sampling for the last token of each only. Throws UsageError if there is no token or prompt.
std::vector<StepOp> prefill_ops(const ModelConfig& model, const PrefillPoint& point);

/// How long a card needs for the prompts. Rates count their tokens.
struct PrefillFinding {
  std::string file;
  std::string device;
  std::string model;
  PrefillPoint point;
  /// All streamed weights once, and the KV cache of the prompts, at the measured read bandwidth.
  std::optional<Estimate> memory_bound_ns;
  /// The operations of the layers' linears and attention, each at the measured GEMM rate of its
  /// type; absent if no rate of the linears' type is known.
  std::optional<Estimate> compute_bound_ns;
  std::optional<EngineStep> library, best;  ///< absent if nothing is known of the linears …
  std::string reason;                       ///< … which says what to measure
  std::vector<std::string> warnings;

  /// The sum of ops of an engine, or null.
  const EngineStep* step(Engine engine) const;
};

/// Linears beyond the M that was measured are scaled from the last case, else modelled by the
/// measured rate of their arithmetic, and a warning names them. Without either there is a reason
/// instead of a number.
PrefillFinding prefill_finding(const StepTimes& times, const ModelConfig& model,
                               const PrefillPoint& point);

}  // namespace gpugauge
