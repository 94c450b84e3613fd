#pragma once

#include <string>

#include "harness/analyze/step/engine_step.hpp"

namespace gpugauge {

/// `94% measured, 6% modelled`; what rounds to 0% is left out.
std::string origins_text(const OriginShares& shares);

/// Whether any of it comes from measurements of the record's own card by its owner: measured, or
/// between two that were.
bool has_measured(const OriginShares& shares);

/// `nothing was measured here: 16% imported, …`, or where something was what `origins_text` says.
std::string origins_words(const OriginShares& shares);

/// Where the measurements of a record are from, each origin once: `imported`.
std::string origins_in(const Record& record);

}  // namespace gpugauge
