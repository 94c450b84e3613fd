#pragma once

#include <span>
#include <vector>

#include "harness/analyze/rates/datasheet.hpp"
#include "harness/answer/card_result.hpp"

namespace gpugauge {

/// Does each card reach its datasheet? One report a result.
std::vector<DatasheetReport> datasheet_answer(std::span<const CardResult> results);

}  // namespace gpugauge
