#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "harness/analyze/advise/candidate.hpp"
#include "harness/analyze/advise/checklist.hpp"
#include "harness/analyze/advise/flip.hpp"
#include "harness/analyze/advise/ranking.hpp"
#include "harness/analyze/money/own_prices.hpp"
#include "harness/config/model.hpp"

namespace gpugauge {

/// Which card to rent for one model with prompts of one length.
struct Advice {
  std::string model;
  std::string model_option;  ///< what `--model` takes for it
  double parameters = 0;
  std::int64_t context = 0;
  /// At each batch of the request, in its order, then each card at its own largest.
  std::vector<Ranking> rankings;
  Checklist checklist;
  std::vector<Flip> flips;  ///< of the first ranking

  const Ranking& at_median() const { return rankings.front(); }
  const Ranking& at_largest() const { return rankings.back(); }
};

/// One for each model and context, in that order; models are worked out side by side. The advice
/// points into the cards. Throws UsageError as `AdviceRequest::check`, and where there is no card.
std::vector<Advice> advise(std::span<const Card> cards, std::span<const ModelConfig> models,
                           const AdviceRequest& request);

/// What the cards of the question are rented for.
struct CardPrices {
  OwnPrices own;
  std::vector<PriceOffer> offers;  ///< for the others
  std::string today;               ///< ISO date, for doubts about prices
};

/// Which card to rent?
struct AdviceAnswer {
  std::vector<Card> cards;
  std::vector<Advice> advice;
  std::vector<std::string> fleet;  ///< as `fleet_of`
  std::vector<std::string> price_doubts;
};

/// Of the cards of the files. The answer points into files and datasheets. Throws UsageError as
/// `advise`, and for a price of an unknown card.
AdviceAnswer advice_answer(std::span<const StepTimes> files,
                           const std::vector<Datasheet>& datasheets,
                           std::span<const ModelConfig> models, const AdviceRequest& request,
                           const CardPrices& prices);

}  // namespace gpugauge
