#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/analyze/rates/sweeps.hpp"
#include "harness/record/record.hpp"
#include "harness/render/answers/cases_table.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

/// The name of a sweep's cases with a star for the size: `memory/read/*/stream/cold`.
std::string pattern_of(const RateSweep& sweep, std::span<const Measurement> measurements);

/// Every sweep a row, named `sweeps`: a spark line of its shares of the roof, the rate at both
/// ends, the highest and where.
Table sweeps_table(std::span<const RecordToShow> records);

}  // namespace gpugauge
