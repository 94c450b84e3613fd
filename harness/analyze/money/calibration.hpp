#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/analyze/money/cost.hpp"
#include "harness/analyze/serving/serving_finding.hpp"
#include "harness/config/calibration.hpp"

namespace gpugauge {

/// Dollars per million output tokens at one rate, as derived and as calibrated.
struct CalibratedCost {
  Rate rate;
  Estimate raw, calibrated;
};

/// What an engine is expected to reach where another point of the same card and model was measured
/// with it: shown beside the derived number, never instead of it.
struct CalibratedRate {
  std::string file, device, model;
  Precision precision = Precision::kBf16;
  int cards = 1;
  std::int64_t batch = 1;
  std::string lengths;  ///< `context 1024`, `1024 in, 256 out`
  Estimate raw;         ///< output tokens a second of the whole batch, of the engine library
  Estimate factor;
  Estimate tokens_per_second;  ///< raw · factor; both intervals multiplied
  /// Where the factor was taken, if that is elsewhere: `batch 8, 1024+256`; else empty.
  std::string extrapolated_from;
  std::vector<CalibratedCost> costs;
};

/// Points that calibrations speak for, and what is to be said of the calibrations.
struct CalibrationReport {
  std::vector<CalibratedRate> rates;
  std::vector<std::string> warnings;
};

/// A calibration applies to the engine library on as many cards of the same name, model and
/// precision; of several the one whose batch is nearest. Several of that very point are repeated
/// runs: their middle one stands for them, and the interval covers them all. It is extrapolated
/// unless it was taken at this batch and, for a decode step, with a cache that passed through this
/// context, for a request at these lengths. A calibration is a serving rate: at its own point of
/// `findings` the calibrated rate is the measured one, whatever proxy its file names, and elsewhere
/// its factor is the measured rate over what is derived at that point. Warns of a proxy outside the
/// derived interval, of calibrations that apply to nothing, of those that have no spread of their
/// own, and of what they say of themselves.
CalibrationReport calibrate(std::span<const Calibration> calibrations,
                            std::span<const PricedDecode> points);
CalibrationReport calibrate(std::span<const Calibration> calibrations,
                            std::span<const ServingFinding> findings);

}  // namespace gpugauge
