#pragma once

#include <string>
#include <vector>

#include "harness/answer/advice_answer.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

/// Which card to rent, for each model and context: the answers (`answer`), the rankings (`advice`),
/// what cannot be ranked (`excluded`), the checklist (`cards`, `checklist`), what would change the
/// answer (`flips`) and the fleet (`fleet`).
std::vector<Table> advice_tables(const AdviceAnswer& answer, const AdviceRequest& request);

/// Which card to rent, as `rent_sentence`; or why nothing says so.
std::string answer_of(const Advice& advice, const AdviceRequest& request);
/// How surely, from which kinds of numbers, and what would decide where nothing does.
std::vector<std::string> answer_details(const Advice& advice, const AdviceRequest& request);
/// `0.98`, `>0.99`: a probability from replicates.
std::string format_probability(double probability);

}  // namespace gpugauge
