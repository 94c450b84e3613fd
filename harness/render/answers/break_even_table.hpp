#pragma once

#include <vector>

#include "harness/answer/break_even_answer.hpp"
#include "harness/render/answers/rent_sentence.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

/// Tables named `break_even`, `utilisation`, `fleet` where there is a demand, `crossings` and
/// `curve` (one each curve). Programs read of A and B, people their names.
std::vector<Table> break_even_tables(const BreakEvenAnswer& answer);

/// Which of the two to rent, at each batch of the question and each card's largest.
Answered rent_sentence(const BreakEvenAnswer& answer);

}  // namespace gpugauge
