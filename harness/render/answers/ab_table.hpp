#pragma once

#include <vector>

#include "harness/analyze/compare/ab.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

/// Every case with its verdict in `ab`, what changed most first; what could not be compared in
/// `not_compared`. The last note is `38 same, 2 slower, 1 ambiguous`.
std::vector<Table> ab_tables(const AbFinding& finding);

}  // namespace gpugauge
