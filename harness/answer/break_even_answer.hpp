#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/analyze/money/crossings.hpp"
#include "harness/config/model.hpp"

namespace gpugauge {

/// At which price, utilisation, batch and prompt does a token of two cards cost the same?
struct BreakEvenQuestion {
  std::vector<ModelConfig> models;
  std::vector<Precision> precisions;  ///< empty: those that both files hold of a model
  std::vector<std::int64_t> batches;  ///< of both, beside each one's own largest
  std::optional<double> tokens_per_day;
  std::int64_t longest_input = 32768;    ///< of the curves
  std::string today;                     ///< ISO date, for doubts about prices
  std::string name_a = {}, name_b = {};  ///< of the cards; empty: as the driver spells it
};

/// One of the two cards, what it is asked to serve (but for the precision), and its price.
struct BreakEvenSide {
  const StepTimes* times;
  ServingRequest request;
  Rate rate;
  Billing billing;
};

/// The fleets of both that one load's demand takes.
struct FleetPair {
  Load load;
  FleetRange a, b;

  Cheaper cheaper() const { return cost_ratio(a.dollars_per_month, b.dollars_per_month).cheaper(); }
};

/// Of one model at one precision.
struct BreakEvenAnswer {
  std::string model;
  Precision precision = Precision::kBf16;
  std::int64_t input_tokens = 1024, output_tokens = 256;
  Contender a, b;
  std::vector<CardComparison> comparisons;
  std::vector<FleetPair> fleets;  ///< empty without a demand
  double tokens_per_day = 0;
  std::vector<Curve> curves;
  std::vector<std::string> price_doubts;
};

/// One for each model and precision. Throws UsageError for a side that nobody named a price for,
/// and for files without a common precision. The models must outlive the contenders.
std::vector<BreakEvenAnswer> break_even_answer(const BreakEvenSide& a, const BreakEvenSide& b,
                                               const BreakEvenQuestion& question);

}  // namespace gpugauge
