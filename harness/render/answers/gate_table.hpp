#pragma once

#include <span>

#include "harness/analyze/track/change_points.hpp"
#include "harness/analyze/track/gate_simulation.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

/// What the gate made of each planted scenario beside its goals: the table `gate_selftest`.
Table gate_table(std::span<const ScenarioResult> results, const SimulationOptions& options);

/// Change points of a series of ln(time): the table `change_points`. Nights count from 1.
Table change_points_table(std::span<const ChangePoint> points, std::size_t nights);

}  // namespace gpugauge
