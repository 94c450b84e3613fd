#pragma once

#include <span>
#include <vector>

#include "harness/analyze/money/cost.hpp"
#include "harness/render/answers/rent_sentence.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

/// Tokens per second, a table for each model, precision and context, named `tokens`. Dollars per
/// million are at the first rate of each point, the cheapest on-demand one where prices are known,
/// and for the engine that `preferred` names.
std::vector<Table> tokens_tables(std::span<const PricedDecode> points);

/// How fast a user of each card is served and the whole batch, a sentence a subject.
std::vector<Answered> decode_speeds(std::span<const PricedDecode> points);

}  // namespace gpugauge
