#pragma once

#include <cuda_runtime_api.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/emulated/runtime/node.hpp"

namespace gpugauge::emulated {

/// What was enqueued: a node, or the launch of a graph.
struct Task {
  std::shared_ptr<Node> node;
  std::shared_ptr<Executable> graph;
};

/// Work waits here until somebody synchronises: nothing is done before it must be.
struct Stream {
  int device;
  bool capturing = false;
  Nodes captured{};
  std::vector<Task> tasks{};
};

/// Breaks a rule for the default stream and for what is no stream.
Stream& stream_of(const std::string& call, cudaStream_t stream);
/// Enqueues the node, or captures it.
cudaError_t enqueue(const std::string& call, cudaStream_t stream, Node node);
/// Breaks a rule while a stream captures.
void forbid_in_capture(const std::string& call);
/// Does what waits in every stream.
void finish_all_streams();
/// Streams, events and graphs that were not destroyed; empty where there are none.
std::string handles_not_destroyed();

}  // namespace gpugauge::emulated
