#pragma once

#include <optional>

namespace gpugauge {

/// The clock of the core that the caller runs on, from the time of a chain of dependent additions,
/// each of which takes one cycle (Fog, Instruction tables; Arm's optimisation guides). The fastest
/// of three runs of about 10 µs, so that one interrupt does not count. Absent on other processors.
std::optional<double> measure_core_clock_mhz();

}  // namespace gpugauge
