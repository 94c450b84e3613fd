#pragma once

#include <span>
#include <vector>

#include "harness/analyze/money/money.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

/// For programs: the bill of a month and the tokens that it buys, at every rate: a table named
/// `month` for each model, precision and context. Its notes say why there is no energy where there
/// is none.
std::vector<Table> month_tables(std::span<const PricedDecode> points);

/// Electrical energy by batch, named `energy`; no table where none is known.
std::vector<Table> energy_tables(std::span<const PricedDecode> points);

/// What requests of one size cost: tables `serving_money` (dollars per million tokens, input and
/// output apart), `serving_month`, and `serving_energy` where energy is known. None if nothing has
/// a price. Programs get every offer at every batch; people each batch at the first offer, and the
/// month of each offer once.
std::vector<Table> serving_money_tables(std::span<const PricedServing> servings, bool for_programs);

}  // namespace gpugauge
