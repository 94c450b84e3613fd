#pragma once

#include <span>
#include <vector>

#include "harness/analyze/money/money.hpp"
#include "harness/render/answers/rent_sentence.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

/// How cards serve a model: a table for each model, precision and size of request, named `serving`.
/// The step, TTFT and TPOT are of the engine that `rate()` names.
std::vector<Table> serving_tables(std::span<const PricedServing> servings);

/// How each card serves at its largest batch, a sentence for each model, precision and request.
std::vector<Answered> serving_speeds(std::span<const PricedServing> servings);

}  // namespace gpugauge
