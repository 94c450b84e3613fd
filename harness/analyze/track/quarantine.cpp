#include "harness/analyze/track/quarantine.hpp"

#include "harness/base/statistics.hpp"

namespace gpugauge {
namespace {

template <typename T>
std::optional<double> usual(std::span<const Night> nights, std::optional<T> Night::*member) {
  std::vector<double> values;
  for (const Night& night : nights)
    if (night.*member) values.push_back(static_cast<double>(*(night.*member)));
  if (values.empty()) return std::nullopt;
  return median(std::move(values));
}

bool differs(std::optional<int> value, std::optional<double> usual) {
  return value && usual && *value != *usual;
}

}  // namespace

UsualConditions usual_conditions(std::span<const Night> nights) {
  return {.clock_mhz = usual(nights, &Night::clock_mhz_median),
          .pcie_generation = usual(nights, &Night::pcie_generation),
          .pcie_width = usual(nights, &Night::pcie_width)};
}

std::vector<QuarantineReason> quarantine(const Night& night, const UsualConditions& usual,
                                         const GateSettings& settings) {
  std::vector<QuarantineReason> reasons = night.quarantine;
  if (night.processes.size() < settings.processes) reasons.push_back(QuarantineReason::kIncomplete);
  if (night.clock_mhz_median && usual.clock_mhz &&
      *night.clock_mhz_median < settings.clock_share * *usual.clock_mhz) {
    reasons.push_back(QuarantineReason::kClockLow);
  }
  if (differs(night.pcie_generation, usual.pcie_generation) ||
      differs(night.pcie_width, usual.pcie_width)) {
    reasons.push_back(QuarantineReason::kLinkChanged);
  }
  return reasons;
}

}  // namespace gpugauge
