#pragma once

#include <vector>

#include "harness/base/flag.hpp"
#include "harness/measure/sampler.hpp"

namespace gpugauge {

/// What a reader must know about these samples. Throttle reasons are tested as bits: a card may
/// have several.
std::vector<Flag> flags_of(const SampledCase& sampled, bool deterministic);

}  // namespace gpugauge
