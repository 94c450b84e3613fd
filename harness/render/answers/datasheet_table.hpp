#pragma once

#include <span>

#include "harness/analyze/rates/datasheet.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

/// Every finding a row, with the sources as notes; a device without a datasheet is told so. Several
/// reports are told apart by file and device.
Table to_table(std::span<const DatasheetReport> reports);

}  // namespace gpugauge
