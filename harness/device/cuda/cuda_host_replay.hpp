#pragma once

#include <functional>
#include <memory>

#include "harness/device/device.hpp"

namespace gpugauge {

/// Whole rotations of the workload, enqueued one by one in each run and timed by the host's clock
/// until the device has done them all: for what the host has a part in. `telemetry` is asked after
/// the clock has stopped, since it would be timed too. The workload must outlive the replay.
std::unique_ptr<Replay> make_host_replay(Stream stream, Workload& workload, std::int64_t launches,
                                         std::function<Telemetry()> telemetry);

}  // namespace gpugauge
