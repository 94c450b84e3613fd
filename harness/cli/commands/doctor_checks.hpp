#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/cli/commands/doctor.hpp"

namespace gpugauge::doctor_checks {

using Checks = std::vector<DoctorCheck>;

inline DoctorCheck ok(std::string topic, std::string found) {
  return {std::move(topic), CheckStatus::kOk, std::move(found), {}};
}
/// The advice is dropped where nothing is wrong.
inline DoctorCheck warn_if(bool wrong, std::string topic, std::string found, std::string advice) {
  if (!wrong) return ok(std::move(topic), std::move(found));
  return {std::move(topic), CheckStatus::kWarning, std::move(found), std::move(advice)};
}
inline DoctorCheck missing(std::string topic, std::string found, std::string advice) {
  return {std::move(topic), CheckStatus::kMissing, std::move(found), std::move(advice)};
}

/// The card, its driver, what of CUDA this program and this machine have, and whether it starts.
Checks check_cuda(const Machine& machine);

/// Which of the program's code runs on a CUDA device.
DoctorCheck check_code(const DeviceInfo& device, const Machine& machine);

}  // namespace gpugauge::doctor_checks
