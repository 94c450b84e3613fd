#pragma once

#include <span>
#include <vector>

#include "harness/analyze/money/cost.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

/// For programs: dollars per million output tokens at every rate, a table named `cost` for each
/// model, precision and context.
std::vector<Table> cost_tables(std::span<const PricedDecode> points);

}  // namespace gpugauge
