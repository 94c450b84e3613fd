#pragma once

#include <span>
#include <vector>

#include "harness/analyze/money/cost.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

/// For people: what a token costs, a row a batch that fits and a column an offer, and under it what
/// each offer bills a month; of each card, model, precision and context. Of many offers the
/// cheapest stand there, and the others are counted.
std::vector<Table> offer_tables(std::span<const PricedDecode> points);

/// The last line: where a million tokens cost the least, on demand and spot. No table without a
/// price that somebody named.
std::vector<Table> cheapest_tables(std::span<const PricedDecode> points);

}  // namespace gpugauge
