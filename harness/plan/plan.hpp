#pragma once

#include <string>
#include <vector>

#include "harness/config/model.hpp"
#include "harness/device/device_info.hpp"
#include "harness/plan/case.hpp"
#include "harness/plan/suite.hpp"
#include "kernels/implementation.hpp"

namespace gpugauge {

/// A case of the plan. `unsupported` says why this device cannot run it; such a case is recorded,
/// not measured.
struct PlannedCase {
  Case c;
  std::string name;
  Work work{};
  SamplingPolicy policy;
  const Implementation* implementation = nullptr;
  Unsupported unsupported;
};

struct Plan {
  std::vector<PlannedCase> cases;
};

/// Every case that the suite asks of this device, in the order of the suite, each name once.
/// Entries for another backend are left out; what the device cannot do is in the plan with its
/// reason.
Plan make_plan(const Suite& suite, const std::vector<ModelConfig>& models,
               const DeviceInfo& device);

/// Rates that bound a launch, from a datasheet or the device itself. Absent where nobody says.
struct RoofRates {
  std::optional<double> memory_gbps;
  std::vector<std::pair<DType, double>> tflops;
};

/// What a device says of itself.
inline RoofRates pin_rates(const DeviceInfo& device) {
  return {.memory_gbps = device.pin_rate_gbps, .tflops = {}};
}

/// The larger of bytes over the memory rate and operations over the arithmetic rate; absent if
/// neither is known, or if neither bounds the op.
std::optional<double> roof_seconds(const Op& op, const RoofRates& rates);

}  // namespace gpugauge
