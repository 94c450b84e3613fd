#pragma once

#include <variant>

#include "harness/device/device.hpp"
#include "harness/measure/sampler.hpp"
#include "harness/plan/plan.hpp"
#include "harness/record/record.hpp"

namespace gpugauge {

struct CaseOutcome {
  std::variant<Measurement, NotMeasured> result;
  double measured_seconds = 0;  ///< wall time inside warm-up and timed replays
};

/// Makes the case's workload, samples it and verifies the buffers that were timed. What goes wrong
/// becomes a NotMeasured with the reason, `crashed` where nothing can run on the device any more;
/// only Interrupted leaves as an exception, and CandidateLost: the case can still be measured, in
/// another process.
CaseOutcome measure_case(const PlannedCase& planned, Device& device, const SamplerHooks& hooks);

/// Replays a supported case until the device's clock has settled or `limit_seconds` are over.
/// Returns the seconds spent. Throws what the case throws.
double settle_clock(const PlannedCase& load, Device& device, double limit_seconds,
                    const SamplerHooks& hooks);

}  // namespace gpugauge
