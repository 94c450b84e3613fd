#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kernels/cuda/machine/launch_shape.hpp"

namespace gpugauge::emulated {

struct Event {
  bool recorded = false;
  int under_way = 0;  ///< records that were enqueued and have not been done
  double at_us = 0;   ///< by the device's clock
};

/// One piece of work of a stream or a graph.
struct Node {
  enum class Kind : std::uint8_t { kKernel, kLibrary, kCopy, kEvent };
  Kind kind;
  std::string name{};
  /// Equal for nodes that do the same with the same memory.
  std::string identity{};
  /// Does it; of a kernel, what one thread does.
  std::function<void()> run{};
  LaunchShape shape{};            ///< of a kernel
  bool uses_host_memory = false;  ///< which changes without a call of the runtime
  bool programmatic = false;      ///< it may start before the kernel before it has ended
  Event* event = nullptr;
  /// Without the gap between nodes; a kernel's is known once it has run.
  double model_us = 0;
};
using Nodes = std::vector<std::shared_ptr<Node>>;

/// The kernels of a library too.
inline bool is_kernel(const Node& node) {
  return node.kind == Node::Kind::kKernel || node.kind == Node::Kind::kLibrary;
}

/// A graph that can be launched.
struct Executable {
  Nodes nodes;
  /// Of the nodes so many from the first kernel on are what the rest repeats.
  std::size_t first = 0, period = 0;
  bool uses_host_memory = false;
  /// The count of changes of memory after it last ran: unchanged, it is not run again, and what
  /// goes on from launch to launch stays. One that uses the host's memory always runs.
  std::uint64_t ran_at = 0;
};

}  // namespace gpugauge::emulated
