#pragma once

#include "harness/analyze/step/engine_step.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

/// `94% measured, 6% modelled`.
Cell origins_cell(const OriginShares& shares);

}  // namespace gpugauge
