#pragma once

#include <string>
#include <vector>

#include "harness/answer/advice_answer.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

/// Which card to rent, for each model and context: the rankings (`advice`), what cannot be ranked
/// (`excluded`), the checklist (`cards`, `checklist`), what would change the answer (`flips`); then
/// the fleet (`fleet`) and, last, the answers (`answer`).
std::vector<Table> advice_tables(const AdviceAnswer& answer, const AdviceRequest& request);

/// Which card to rent at what price, by what margin and how surely; or why nothing says so, and
/// what would.
std::string answer_of(const Advice& advice, const AdviceRequest& request);

}  // namespace gpugauge
