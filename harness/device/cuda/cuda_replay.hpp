#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>

#include "harness/device/device.hpp"

namespace gpugauge {

/// `launches` rounded up to whole rotations of `slots`.
constexpr std::int64_t whole_rotations(std::int64_t launches, int slots) {
  const std::int64_t rotations = (launches + slots - 1) / slots;
  return (rotations < 1 ? 1 : rotations) * slots;
}

/// The most nodes of one graph. Before CUDA 12.6 launching a graph costs time for each of its
/// nodes: a larger one may be bound by the host while it runs, which its time would not show.
inline constexpr std::int64_t kMostGraphNodes = 20'000;
inline constexpr std::int64_t kTimingEventNodes = 2;  ///< of each graph

/// How launches are spread over graphs: each holds as many, and they are replayed in turn.
struct GraphSplit {
  std::int64_t graphs = 1;
  std::int64_t launches = 1;  ///< in each
};

/// The most graphs that a rotation is cut into because fewer launches than slots are wanted: each
/// costs tens of microseconds to make.
inline constexpr std::int64_t kMostGraphs = 8;

/// The number of equal parts of a rotation, of more than half of `most` and at most that, which
/// leaves the fewest slots out.
constexpr std::int64_t parts_of(std::int64_t slots, std::int64_t most) {
  std::int64_t best = most;
  for (std::int64_t parts = most; parts > most / 2; --parts) {
    if (slots % parts < slots % best) best = parts;
  }
  return best;
}

/// Whole rotations, in one graph where it has room for one and so many launches are wanted. Else a
/// rotation is cut into equal parts, one a graph; what does not divide is left out, which is fewer
/// slots than there are graphs.
constexpr GraphSplit split_launches(std::int64_t launches, int slots,
                                    std::int64_t nodes_per_launch) {
  const std::int64_t room = std::max<std::int64_t>(
      1, (kMostGraphNodes - kTimingEventNodes) / std::max<std::int64_t>(1, nodes_per_launch));
  if (slots > room) {
    const std::int64_t graphs = (slots + room - 1) / room;
    return {.graphs = graphs, .launches = slots / graphs};
  }
  const std::int64_t parts = slots / std::max<std::int64_t>(1, launches);
  if (parts >= 2) {
    const std::int64_t graphs = parts_of(slots, std::min(parts, kMostGraphs));
    return {.graphs = graphs, .launches = slots / graphs};
  }
  return {.launches = std::min(whole_rotations(launches, slots), room / slots * slots)};
}

/// Captures whole rotations of the workload in a graph between two timing events, or a rotation in
/// several graphs of which each run replays the next (split_launches). `telemetry` is asked while a
/// replay runs. The workload must outlive the replay.
std::unique_ptr<Replay> capture_cuda_graph(Stream stream, Workload& workload, std::int64_t launches,
                                           std::function<Telemetry()> telemetry);

}  // namespace gpugauge
