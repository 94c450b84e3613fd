#include "harness/measure/search_budget.hpp"

namespace gpugauge {
namespace {

constexpr double kBaseSeconds = 10;
constexpr double kRoofTimes = 10'000;

}  // namespace

double search_budget_seconds(const PlannedCase& planned, const DeviceInfo& device) {
  if (planned.policy.search_seconds) return *planned.policy.search_seconds;
  return kBaseSeconds + kRoofTimes * roof_seconds(planned.c.op, pin_rates(device)).value_or(0);
}

}  // namespace gpugauge
