#pragma once

#include <vector>

#include "harness/analyze/money/calibration.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

enum class ShownRates : std::uint8_t { kFirst, kAll };

/// Derived and calibrated side by side, a row a point and shown rate. None where there was no
/// calibration; its warnings alone where none applied.
std::vector<Table> calibration_tables(const CalibrationReport& report, ShownRates shown);

}  // namespace gpugauge
