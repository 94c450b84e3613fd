#pragma once

#include <optional>
#include <span>
#include <string>

#include "harness/config/datasheet.hpp"
#include "harness/config/explanations.hpp"
#include "harness/plan/case.hpp"
#include "harness/plan/plan.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

/// A card that a roof is computed for.
struct ExplainedCard {
  std::string title;
  RoofRates rates;                     ///< the datasheet's, or what the card's own file measured
  std::optional<Datasheet> datasheet;  ///< absent if there is none
};

/// What is said of a word, with the rows of each card's datasheet that speak of it; of them those
/// of `dtype` alone where it is given.
Table explanation_table(const Explanation& word, std::optional<DType> dtype,
                        std::span<const ExplainedCard> cards);

/// What is said of every part of a case's name, its work, and its roof on each card.
Table case_table(const Case& c, const Explanations& words, std::span<const ExplainedCard> cards);

}  // namespace gpugauge
