#include "harness/measure/search_budget.hpp"

namespace gpugauge {
namespace {

constexpr double kBaseSeconds = 10;
constexpr double kFloors = 10'000;

}  // namespace

double search_budget_seconds(const PlannedCase& planned, const DeviceInfo& device) {
  if (planned.policy.search_seconds) return *planned.policy.search_seconds;
  const FloorRates rates{.memory_gbps = device.pin_rate_gbps, .tflops = {}};
  return kBaseSeconds + kFloors * floor_seconds(planned.c.op, rates).value_or(0);
}

}  // namespace gpugauge
