#include "tests/emulated/runtime/stream.hpp"

#include <fmt/format.h>

#include <unordered_set>
#include <utility>

#include "tests/emulated/broken_rule.hpp"
#include "tests/emulated/library_call.hpp"
#include "tests/emulated/runtime/device.hpp"
#include "tests/emulated/runtime/errors.hpp"
#include "tests/emulated/runtime/execution.hpp"
#include "tests/emulated/runtime/graph.hpp"

namespace gpugauge::emulated {
namespace {

std::unordered_set<Stream*>& streams() {
  static auto* all = new std::unordered_set<Stream*>;  // outlives those who destroy at the end
  return *all;
}
std::unordered_set<Event*>& events() {
  static auto* all = new std::unordered_set<Event*>;
  return *all;
}

Event& event_of(const char* call, cudaEvent_t handle) {
  auto* event = reinterpret_cast<Event*>(handle);
  if (!events().contains(event)) broken(call, "this is no event");
  return *event;
}

/// Of all threads: the program has one that uses CUDA.
bool any_captures() {
  for (const Stream* stream : streams()) {
    if (stream->capturing) return true;
  }
  return false;
}

cudaError_t record(const char* call, cudaEvent_t handle, cudaStream_t stream, unsigned flags) {
  if (const cudaError_t error = context_error()) return error;
  Event& event = event_of(call, handle);
  const bool capturing = stream_of(call, stream).capturing;
  if (flags == cudaEventRecordExternal && !capturing) {
    broken(call, "cudaEventRecordExternal outside of a capture");
  }
  if (flags != cudaEventRecordExternal && capturing) {
    broken(call, "in a capture without cudaEventRecordExternal the event keeps no time");
  }
  if (!capturing) ++event.under_way;
  return enqueue(call, stream, {.kind = Node::Kind::kEvent, .name = "event", .event = &event});
}

}  // namespace

Stream& stream_of(const std::string& call, cudaStream_t handle) {
  auto* stream = reinterpret_cast<Stream*>(handle);
  if (stream == nullptr) broken(call, "on the default stream, which everything waits for");
  if (!streams().contains(stream)) broken(call, "this is no stream");
  return *stream;
}

cudaError_t enqueue(const std::string& call, cudaStream_t handle, Node node) {
  if (const cudaError_t error = context_error()) return error;
  Stream& stream = stream_of(call, handle);
  if (stream.device != current_device()) {
    broken(call,
           fmt::format("a stream of device {} while {} is set", stream.device, current_device()));
  }
  auto shared = std::make_shared<Node>(std::move(node));
  if (stream.capturing) {
    stream.captured.push_back(std::move(shared));
  } else {
    stream.tasks.push_back({.node = std::move(shared), .graph = nullptr});
  }
  return cudaSuccess;
}

void forbid_in_capture(const std::string& call) {
  if (any_captures()) broken(call, "while a stream captures");
}

void finish_all_streams() {
  for (Stream* stream : streams()) finish(*stream);
}

std::string handles_not_destroyed() {
  std::string text;
  const auto add = [&](std::size_t count, const char* what) {
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
  };
  add(streams().size(), "streams");
  add(events().size(), "events");
  add(graphs_alive(), "graphs");
  return text;
}

}  // namespace gpugauge::emulated

using namespace gpugauge::emulated;  // NOLINT: the API below

bool emulated_is_capturing() { return any_captures(); }

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags) {
  if (const cudaError_t error = driver_error()) return error;
  forbid_in_capture("cudaStreamCreateWithFlags");
  if (flags != cudaStreamDefault && flags != cudaStreamNonBlocking) {
    broken("cudaStreamCreateWithFlags", fmt::format("unknown flags {}", flags));
  }
  auto* created = new Stream{.device = current_device()};
  streams().insert(created);
  *stream = reinterpret_cast<cudaStream_t>(created);
  return cudaSuccess;
}

cudaError_t cudaStreamDestroy(cudaStream_t handle) {
  Stream& stream = stream_of("cudaStreamDestroy", handle);
  if (stream.capturing) broken("cudaStreamDestroy", "while it captures");
  if (context_error() == cudaSuccess) finish(stream);
  streams().erase(&stream);
  delete &stream;
  return context_error();
}

cudaError_t cudaStreamSynchronize(cudaStream_t handle) {
  if (const cudaError_t error = context_error()) return error;
  forbid_in_capture("cudaStreamSynchronize");
  finish(stream_of("cudaStreamSynchronize", handle));
  return context_error();
}

cudaError_t cudaDeviceSynchronize() {
  if (const cudaError_t error = driver_error()) return error;
  forbid_in_capture("cudaDeviceSynchronize");
  finish_all_streams();
  return context_error();
}

cudaError_t cudaStreamQuery(cudaStream_t handle) {
  if (const cudaError_t error = context_error()) return error;
  forbid_in_capture("cudaStreamQuery");
  if (!try_to_finish(stream_of("cudaStreamQuery", handle))) return failed(cudaErrorNotReady);
  return context_error();
}

cudaError_t cudaStreamBeginCapture(cudaStream_t handle, cudaStreamCaptureMode) {
  if (const cudaError_t error = context_error()) return error;
  Stream& stream = stream_of("cudaStreamBeginCapture", handle);
  if (stream.capturing) broken("cudaStreamBeginCapture", "the stream captures already");
  stream.capturing = true;
  stream.captured.clear();
  return cudaSuccess;
}

cudaError_t cudaStreamEndCapture(cudaStream_t handle, cudaGraph_t* graph) {
  *graph = nullptr;
  Stream& stream = stream_of("cudaStreamEndCapture", handle);
  if (!stream.capturing) broken("cudaStreamEndCapture", "the stream does not capture");
  stream.capturing = false;
  if (const cudaError_t error = context_error()) return error;
  *graph = make_graph(std::exchange(stream.captured, {}));
  return cudaSuccess;
}

cudaError_t cudaEventCreate(cudaEvent_t* event) {
  if (const cudaError_t error = driver_error()) return error;
  auto* created = new Event;
  events().insert(created);
  *event = reinterpret_cast<cudaEvent_t>(created);
  return cudaSuccess;
}

cudaError_t cudaEventDestroy(cudaEvent_t handle) {
  Event& event = event_of("cudaEventDestroy", handle);
  if (event.under_way > 0 && context_error() == cudaSuccess) finish_all_streams();
  events().erase(&event);
  delete &event;
  return context_error();
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  return record("cudaEventRecord", event, stream, cudaEventRecordDefault);
}

cudaError_t cudaEventRecordWithFlags(cudaEvent_t event, cudaStream_t stream, unsigned flags) {
  return record("cudaEventRecordWithFlags", event, stream, flags);
}

cudaError_t cudaEventQuery(cudaEvent_t handle) {
  if (const cudaError_t error = context_error()) return error;
  forbid_in_capture("cudaEventQuery");
  const Event& event = event_of("cudaEventQuery", handle);
  for (Stream* stream : streams()) {
    if (event.under_way > 0) (void)try_to_finish(*stream);
  }
  if (event.under_way > 0) return failed(cudaErrorNotReady);
  return context_error();
}

cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t start, cudaEvent_t stop) {
  if (const cudaError_t error = context_error()) return error;
  const Event& first = event_of("cudaEventElapsedTime", start);
  const Event& last = event_of("cudaEventElapsedTime", stop);
  if (first.under_way > 0 || last.under_way > 0) return failed(cudaErrorNotReady);
  if (!first.recorded || !last.recorded) {
    broken("cudaEventElapsedTime", "an event was never recorded");
  }
  *milliseconds = static_cast<float>((last.at_us - first.at_us) / 1000);
  return cudaSuccess;
}
