#pragma once

#include <optional>
#include <span>
#include <vector>

#include "harness/analyze/track/gate.hpp"

namespace gpugauge {

/// What is usual for a card: medians over its nights, so that neither one odd night nor a minority
/// of them moves it.
struct UsualConditions {
  std::optional<double> clock_mhz, pcie_generation, pcie_width;
};

UsualConditions usual_conditions(std::span<const Night> nights);

/// Every reason against this night: those of its record, and where it is not as usual.
std::vector<QuarantineReason> quarantine(const Night& night, const UsualConditions& usual,
                                         const GateSettings& settings);

}  // namespace gpugauge
