#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "harness/analyze/money/cost.hpp"
#include "harness/analyze/money/crossings.hpp"
#include "harness/config/model.hpp"

namespace gpugauge {

/// Two cards that decode one model, each at its first rate: dollars per million by batch.
struct DecodeBreakEven {
  std::string file_a, file_b;
  std::string device_a, device_b;
  DecodePoint point;  ///< of it the batch has no meaning
  std::string model;
  Rate rate_a, rate_b;
  Curve curve;  ///< over the batches at which either has a price
};

/// Every pair of files with points of the same model, precision and context at a price that
/// somebody named. `times` and `models`: of each file and model of the points, by name.
std::vector<DecodeBreakEven> decode_break_evens(std::span<const PricedDecode> points,
                                                const std::map<std::string, StepTimes>& times,
                                                const std::map<std::string, ModelConfig>& models);

}  // namespace gpugauge
