#include <cuda_runtime_api.h>
#include <fmt/format.h>

#include <cstring>
#include <memory>
#include <vector>

#include "tests/emulated/broken_rule.hpp"
#include "tests/emulated/runtime/accesses.hpp"
#include "tests/emulated/runtime/errors.hpp"
#include "tests/emulated/runtime/memory.hpp"
#include "tests/emulated/runtime/stream.hpp"
#include "tests/emulated/runtime/time_model.hpp"

// Copies and fills.
namespace gpugauge::emulated {
namespace {

constexpr const char* kCopy = "cudaMemcpyAsync";

/// The place of a copy: whether it is the device's, all of it in one allocation.
bool is_on_device(const char* what, const void* begin, std::size_t bytes) {
  if (!device_range.contains(begin)) return false;
  if (!is_device_memory(begin, bytes)) {
    broken(kCopy, fmt::format("{} bytes {} {} leave an allocation", bytes, what, begin));
  }
  return true;
}

void require_kind(cudaMemcpyKind kind, bool from_device, bool to_device) {
  const cudaMemcpyKind actual = from_device
                                    ? to_device ? cudaMemcpyDeviceToDevice : cudaMemcpyDeviceToHost
                                : to_device ? cudaMemcpyHostToDevice
                                            : cudaMemcpyHostToHost;
  if (kind != actual && kind != cudaMemcpyDefault) {
    broken(kCopy, fmt::format("kind {} for pointers that are of kind {}", static_cast<int>(kind),
                              static_cast<int>(actual)));
  }
}

/// What a pageable source holds now: the runtime takes it before the call returns.
std::shared_ptr<std::vector<char>> taken(const void* from, std::size_t bytes) {
  const auto* begin = static_cast<const char*>(from);
  return std::make_shared<std::vector<char>>(begin, begin + bytes);
}

}  // namespace
}  // namespace gpugauge::emulated

using namespace gpugauge::emulated;  // NOLINT: the API below

cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream) {
  if (const cudaError_t error = context_error()) return error;
  if (bytes == 0) broken(kCopy, "of 0 bytes");
  const bool to_device = is_on_device("to", to, bytes);
  const bool from_device = is_on_device("from", from, bytes);
  require_kind(kind, from_device, to_device);
  Node node{.kind = Node::Kind::kCopy, .name = fmt::format("copy of {} bytes", bytes)};
  node.identity = fmt::format("copy {} {} {}", to, from, bytes);
  const bool through_link = !(to_device && from_device);
  node.uses_host_memory = through_link;
  node.model_us = through_link ? link_us(bytes) : memory_us(2 * static_cast<double>(bytes));
  const bool capturing = stream_of(kCopy, stream).capturing;
  if (to_device && !from_device && !capturing && !is_pinned_memory(from, bytes)) {
    node.run = [to, source = taken(from, bytes)] {
      note_access(to, source->size(), true);
      std::memcpy(to, source->data(), source->size());
    };
  } else {
    node.run = [to, from, bytes] {
      note_access(from, bytes, false);
      note_access(to, bytes, true);
      std::memmove(to, from, bytes);
    };
  }
  return enqueue(kCopy, stream, std::move(node));
}

cudaError_t cudaMemsetAsync(void* to, int value, std::size_t bytes, cudaStream_t stream) {
  if (const cudaError_t error = context_error()) return error;
  if (!is_device_memory(to, bytes)) {
    broken("cudaMemsetAsync", fmt::format("{} bytes at {} leave an allocation", bytes, to));
  }
  Node node{.kind = Node::Kind::kCopy, .name = fmt::format("fill of {} bytes", bytes)};
  node.identity = fmt::format("fill {} {} {}", to, value, bytes);
  node.model_us = memory_us(static_cast<double>(bytes));
  node.run = [to, value, bytes] {
    note_access(to, bytes, true);
    std::memset(to, value, bytes);
  };
  return enqueue("cudaMemsetAsync", stream, std::move(node));
}
