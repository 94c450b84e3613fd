#pragma once

#include "harness/device/device_info.hpp"
#include "harness/plan/plan.hpp"

namespace gpugauge {

/// How long one search of this case may take: the suite's `search_seconds`, else 10 s and 10,000
/// times what one launch takes at the memory's pin rate. A candidate takes three replays, each of
/// 0.2 ms or one launch: that is enough for thousands that are short, and for a thousand that run
/// at a third of that rate.
double search_budget_seconds(const PlannedCase& planned, const DeviceInfo& device);

}  // namespace gpugauge
