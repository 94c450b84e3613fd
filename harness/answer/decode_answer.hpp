#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/analyze/money/calibration.hpp"
#include "harness/analyze/money/cost.hpp"
#include "harness/answer/card_result.hpp"

namespace gpugauge {

/// How many tokens a second does each card decode, and what does a million of them cost?
struct DecodeQuestion {
  DecodeSelection selection = {};
  int num_gpus = 1;  ///< that are paid for
  Billing billing = {};
  std::vector<Calibration> calibrations = {};
  std::string today = {};  ///< ISO date, for doubts about prices; empty: nobody asks for them
};

struct DecodeAnswer {
  std::vector<PricedDecode> points;  ///< by result, its models, and the order of `decode_points`
  CalibrationReport calibration;
  std::vector<std::string> price_doubts;
};

/// The points point to the records of `results`.
DecodeAnswer decode_answer(std::span<const CardResult> results, const DecodeQuestion& question);

}  // namespace gpugauge
