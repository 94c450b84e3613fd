#pragma once

#include <span>
#include <vector>

#include "harness/analyze/money/cost.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

/// Every op of the steps, a table named `ops` for each model, precision and context: its time, its
/// share of the step and where it comes from.
std::vector<Table> ops_tables(std::span<const PricedDecode> points);

}  // namespace gpugauge
