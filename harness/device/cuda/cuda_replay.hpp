#pragma once

#include <functional>
#include <memory>

#include "harness/device/device.hpp"

namespace gpugauge {

/// `launches` rounded up to whole rotations of `slots`.
constexpr std::int64_t whole_rotations(std::int64_t launches, int slots) {
  const std::int64_t rotations = (launches + slots - 1) / slots;
  return (rotations < 1 ? 1 : rotations) * slots;
}

/// Captures whole rotations of the workload in a graph between two timing events. `telemetry` is
/// asked while a replay runs. The workload must outlive the replay.
std::unique_ptr<Replay> capture_cuda_graph(Stream stream, Workload& workload, std::int64_t launches,
                                           std::function<Telemetry()> telemetry);

}  // namespace gpugauge
