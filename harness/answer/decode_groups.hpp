#pragma once

#include <span>
#include <vector>

#include "harness/analyze/money/cost.hpp"

namespace gpugauge {

/// The points of one model, precision and context.
using DecodeGroup = std::vector<const PricedDecode*>;
/// In the order in which each is first met.
std::vector<DecodeGroup> groups_of(std::span<const PricedDecode> points);
/// The points of each file, in the order in which each is first met.
std::vector<DecodeGroup> by_file(const DecodeGroup& group);
bool several_files(const DecodeGroup& group);
/// Whether a point does not fit its card.
bool any_too_large(const DecodeGroup& group);

}  // namespace gpugauge
