#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "harness/analyze/money/cost.hpp"
#include "harness/analyze/money/forward.hpp"

namespace gpugauge {

/// How many embeddings or images does each card make in an hour, and for how much?
struct ForwardQuestion {
  std::vector<std::variant<EncoderConfig, DiffusionConfig>> models;
  std::vector<Precision> precisions;
  std::vector<std::int64_t> batches;
  std::vector<std::int64_t> tokens;  ///< of encoders; empty: as many as each takes
  std::vector<std::int64_t> sides;   ///< of image models, in pixels; empty: the usual
  std::optional<std::int64_t> steps, guidance_passes;  ///< likewise; absent: each model's own
};

/// Every pass that is asked for, by model, precision, extent and batch. Throws UsageError as
/// `forward_pass`, and for what is asked of a kind of model that nobody named.
std::vector<ForwardPass> passes_of(const ForwardQuestion& question);

/// A card's result with its memory and its price.
struct ForwardCard {
  const Record* record;
  std::optional<MemoryBudget> budget;
  Rate rate;
  MethodError method_error = {};
};

/// A finding with the price that it is shown at.
struct PricedForward {
  ForwardFinding finding;
  Rate rate;
};

/// Every pass on every card, by card.
std::vector<PricedForward> forward_answer(std::span<const ForwardCard> cards,
                                          std::span<const ForwardPass> passes);

}  // namespace gpugauge
