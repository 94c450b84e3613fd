#pragma once

#include <memory>

#include "harness/device/device.hpp"

namespace gpugauge {

/// The host. Launches are calls that its OpenMP team, one thread a core and pinned, runs at once.
std::unique_ptr<Device> open_cpu_device();

/// What open_cpu_device would open.
DeviceInfo describe_cpu_device();

}  // namespace gpugauge
