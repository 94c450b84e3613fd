#pragma once

#include <vector>

#include "harness/answer/break_even_answer.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

/// Tables named `break_even`, `utilisation`, `fleet` where there is a demand, `crossings` and
/// `curve` (one each curve). A and B are told in the notes of the first.
std::vector<Table> break_even_tables(const BreakEvenAnswer& answer);

}  // namespace gpugauge
