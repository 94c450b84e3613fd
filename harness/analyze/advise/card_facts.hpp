#pragma once

#include <cstdint>
#include <optional>

#include "harness/analyze/advise/ranking.hpp"
#include "harness/config/model.hpp"

namespace gpugauge {

/// What a card is to a model, whoever serves it.
struct CardFacts {
  const Card* card = nullptr;
  /// The fewest of 1, 2, 4, 8 that hold the model at the median batch, and what each then holds at
  /// the largest batch that was asked for; absent if more are needed, or nothing says how much
  /// memory there is.
  std::optional<FitFinding> fit;
  double weight_bytes = 0;  ///< of the whole model
  /// Tokens of a prompt that those cards hold at the median batch; absent where they hold any, as
  /// every layer has its window.
  std::optional<std::int64_t> largest_context;
  std::optional<ReadRate> read;
  std::optional<Estimate> tflops;  ///< measured, of the linears' type
  /// From which the linears' arithmetic takes longer than reading their weights; absent if no rate
  /// is known, 0 if no batch does.
  std::optional<std::int64_t> ridge_batch;
  LinkRate link;
  const Rate *on_demand = nullptr, *spot = nullptr;  ///< the cheapest; the user's own is on-demand
  /// What the cheapest of the allowed rates takes for the fewest GPUs that are sold and hold the
  /// model: paid at any utilisation.
  std::optional<Fleet> smallest_rent;
};

CardFacts facts_of(const Card& card, const ModelConfig& model, const AdviceRequest& request,
                   std::int64_t prompt);

}  // namespace gpugauge
