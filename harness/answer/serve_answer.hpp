#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "harness/analyze/money/calibration.hpp"
#include "harness/analyze/money/money.hpp"
#include "harness/answer/card_result.hpp"

namespace gpugauge {

/// How does each card serve requests of one size, and what do their tokens cost?
struct ServeQuestion {
  std::vector<Precision> precisions = {};  ///< empty: those at which the linears were measured
  std::vector<std::int64_t> batches = {};  ///< besides the largest that works
  ServingRequest request = {};  ///< but precision, link and memory, which are each card's own
  std::optional<Link> link = {};
  double memory_utilisation = MemoryBudget{}.utilisation;
  double memory_reserve_bytes = MemoryBudget{}.reserve_bytes;
  Billing billing = {};
  std::vector<Calibration> calibrations = {};
  std::string today = {};  ///< ISO date, for doubts about prices; empty: nobody asks for them
};

struct ServeAnswer {
  std::vector<PricedServing> servings;  ///< by model, result, precision and batch
  CalibrationReport calibration;
  std::vector<std::string> price_doubts;
};

/// All results are asked about the models of the first. The servings do not point to `results`.
ServeAnswer serve_answer(std::span<const CardResult> results, const ServeQuestion& question);

/// Those of the question, else those at which the model's linears were measured.
std::set<Precision> precisions_for(const CardResult& result, const ModelConfig& model,
                                   const ServeQuestion& question);
/// What is asked of the result's card, at the default precision.
ServingRequest request_for(const CardResult& result, const ServeQuestion& question);

}  // namespace gpugauge
