#pragma once

#include <span>
#include <vector>

#include "harness/answer/forward_answer.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

/// One table a model, precision and shape; a row a batch and file.
std::vector<Table> forward_tables(std::span<const PricedForward> points);

/// The ops of each pass, of the engine library where it is known, with their times and where these
/// come from.
std::vector<Table> forward_ops_tables(std::span<const PricedForward> points);

}  // namespace gpugauge
