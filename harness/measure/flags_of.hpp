#pragma once

#include <optional>
#include <vector>

#include "harness/base/flag.hpp"
#include "harness/device/device_info.hpp"
#include "harness/measure/sampler.hpp"

namespace gpugauge {

/// Whether the mean of what is known of a loss of CPU time, in percent, is noticeable.
bool lost_time(const std::vector<Sample>& samples, std::optional<double> Telemetry::*percent);

/// What a reader must know about these samples. Throttle reasons are tested as bits: a card may
/// have several.
std::vector<Flag> flags_of(const SampledCase& sampled, bool deterministic,
                           Backend backend = Backend::kCpu);

}  // namespace gpugauge
