#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/analyze/money/break_even.hpp"
#include "harness/analyze/money/crossings.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

/// The fleets of both that one load's demand takes.
struct FleetPair {
  Load load;
  Fleet a, b;
};

/// Everything that was found of two cards serving one model.
struct BreakEvenFinding {
  std::string subject;  ///< `llama-3.1-8b fp8, 1024 tokens in, 256 out`
  std::string model;
  Precision precision = Precision::kBf16;
  std::int64_t output_tokens = 256;
  Contender a, b;
  std::vector<CardComparison> comparisons;
  std::vector<FleetPair> fleets;  ///< empty without a demand
  double tokens_per_day = 0;
  std::vector<Curve> curves;
};

/// Tables named `break_even`, `utilisation`, `fleet` where there is a demand, `crossings` and
/// `curve` (one each curve). A and B are told in the notes of the first.
std::vector<Table> break_even_tables(const BreakEvenFinding& finding);

}  // namespace gpugauge
