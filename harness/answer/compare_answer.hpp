#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/analyze/compare/compare.hpp"
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
  std::vector<double> hourly;      ///< the user's own prices, one a side; or none
  std::vector<PriceOffer> offers;  ///< the first of each side's card counts, where there is one
  double threshold = kDefaultThreshold;
};

/// A set is a side for each model of card in it. Throws UsageError as `compare`, for a run that
/// stands in a side twice, a base of several models, and prices that are not one a side.
std::vector<ComparisonReport> compare_answer(const CompareQuestion& question,
                                             const std::vector<Datasheet>& datasheets);

}  // namespace gpugauge
