#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/analyze/compare/compare.hpp"
#include "harness/analyze/money/own_prices.hpp"
#include "harness/config/prices.hpp"

namespace gpugauge {

/// The result files of one argument.
struct ResultSet {
  std::string label;  ///< as the user named it
  std::span<const Record> records;
};

/// What changed between the first set and each other?
struct CompareQuestion {
  std::vector<ResultSet> sets;
  OwnPrices own;                   ///< of the sides' cards
  std::vector<PriceOffer> offers;  ///< for the others: the first of each card counts
  double threshold = kDefaultThreshold;
};

/// A set is a side for each model of card in it. Throws UsageError as `compare`, for a run that
/// stands in a side twice, a base of several models, and as `OwnPrices::of`.
std::vector<ComparisonReport> compare_answer(const CompareQuestion& question,
                                             const std::vector<Datasheet>& datasheets);

}  // namespace gpugauge
