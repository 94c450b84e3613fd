#pragma once

#include <memory>

#include "kernels/implementation.hpp"

namespace gpugauge {

/// A pointer chase through the lines of a footprint inside L2 that one multiprocessor reaches
/// quickly, or through those that it reaches slowly. Finds out here which they are.
std::unique_ptr<Workload> make_one_sided_chase(const Latency& op, Device& device);

}  // namespace gpugauge
