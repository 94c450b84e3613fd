// transfer.cpp: copies between host and device, and between two devices, as the driver does them.
//
// Build and try alone:
//   cmake --build build --target gpugauge && build/gpugauge run --device cuda:0 --filter transfer/
//
// Bound: bytes / what the link carries; PCIe generation and width are in the record's device.
// Pinned host memory is copied by the device's own engine. Of pageable memory the host makes pinned
// copies first, which is work of the host and timed by its clock.

#include <cuda_runtime_api.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <span>
#include <vector>

#include "harness/base/byte_size.hpp"
#include "harness/base/units.hpp"
#include "harness/device/cuda/cuda_handles.hpp"
#include "kernels/device_limits.hpp"
#include "kernels/implementation.hpp"
#include "kernels/reference/memory_reference.hpp"

namespace gpugauge {
namespace {

bool is_pageable(TransferKind kind) {
  return kind == TransferKind::kHostToDevicePageable || kind == TransferKind::kDeviceToHostPageable;
}
bool is_to_host(TransferKind kind) {
  return kind == TransferKind::kDeviceToHost || kind == TransferKind::kDeviceToHostPageable;
}

/// Host memory that is paged or pinned.
class HostMemory {
 public:
  HostMemory(std::int64_t bytes, bool pageable) : bytes_(static_cast<std::size_t>(bytes)) {
    if (pageable) {
      paged_.resize(bytes_);
    } else {
      pinned_ = make_pinned_memory(bytes);
    }
  }
  char* data() { return pinned_ ? static_cast<char*>(pinned_.get()) : paged_.data(); }
  void poison() { std::memset(data(), 0xFF, bytes_); }

 private:
  std::size_t bytes_;
  std::vector<char> paged_;
  PinnedMemory pinned_;
};

std::span<const float> as_floats(const char* data, std::int64_t bytes) {
  return {reinterpret_cast<const float*>(data), static_cast<std::size_t>(bytes) / sizeof(float)};
}

/// Of a range that is one slot after the other, those that were launched.
Verification compare_slots(const std::vector<int>& slots, std::int64_t slot_bytes,
                           std::span<const float> found, std::span<const float> expected) {
  const std::size_t words = static_cast<std::size_t>(slot_bytes) / sizeof(float);
  Comparison all;
  for (int slot : slots) {
    Comparison comparison(fmt::format("slot {}", slot));
    const std::size_t first = static_cast<std::size_t>(slot) * words;
    compare_copy(comparison, found.subspan(first, words), expected.subspan(first, words));
    all.merge(comparison);
  }
  return all.result();
}

/// Between the host and the device: each slot is a copy of its own part of one range.
class HostTransfer final : public Workload {
 public:
  HostTransfer(const Transfer& op, Device& device, const CaseOptions& options)
      : kind_(op.kind),
        bytes_(op.bytes),
        slots_(rotation_slots(bytes_, device.info().cache_bytes, options.cache)),
        device_(device),
        random_(static_cast<const char*>(
            device.random_pool(DType::kFp32, options.data, slots_ * bytes_))),
        host_(slots_ * bytes_, is_pageable(kind_)) {
    if (!is_to_host(kind_)) {
      written_ = device.allocate(slots_ * bytes_);
      device.copy_to_host(host_.data(), random_, slots_ * bytes_);
    }
  }

  int slots() const override { return slots_; }
  Timing timing() const override {
    return is_pageable(kind_) ? Timing::kHostClock : Timing::kDeviceGraph;
  }

  void enqueue(Stream stream, int slot) override {
    char* const host = host_.data() + slot * bytes_;
    const auto bytes = static_cast<std::size_t>(bytes_);
    const auto queue = static_cast<cudaStream_t>(stream.native);
    if (is_to_host(kind_)) {
      check(cudaMemcpyAsync(host, random_ + slot * bytes_, bytes, cudaMemcpyDeviceToHost, queue),
            "cudaMemcpyAsync to the host");
    } else {
      check(cudaMemcpyAsync(static_cast<char*>(written_.data()) + slot * bytes_, host, bytes,
                            cudaMemcpyHostToDevice, queue),
            "cudaMemcpyAsync to the device");
    }
  }

  void poison() override {
    if (is_to_host(kind_)) {
      host_.poison();
    } else {
      device_.poison(written_.data(), written_.bytes());
    }
  }

  Verification verify(const Launches& launches) override {
    // Whichever way it went, the device's side comes back by a copy of another kind.
    const std::int64_t all = slots_ * bytes_;
    HostMemory device_side(all, !is_pageable(kind_));
    device_.copy_to_host(device_side.data(), is_to_host(kind_) ? random_ : written_.data(), all);
    const auto on_host = as_floats(host_.data(), all);
    const auto on_device = as_floats(device_side.data(), all);
    return compare_slots(launches.slots_of(slots_), bytes_, is_to_host(kind_) ? on_host : on_device,
                         is_to_host(kind_) ? on_device : on_host);
  }

  std::string details() const override {
    return is_pageable(kind_) ? "pageable, by the host's clock" : "pinned";
  }

 private:
  TransferKind kind_;
  std::int64_t bytes_;
  int slots_;
  Device& device_;
  const char* random_;
  HostMemory host_;
  Buffer written_;
};

// ---- between devices

int index_of(const DeviceInfo& info) {
  int index = 0;
  const std::string_view digits = std::string_view(info.id).substr(info.id.find(':') + 1);
  (void)std::from_chars(digits.data(), digits.data() + digits.size(), index);
  return index;
}

/// The first other device whose memory this one reaches without the host.
std::optional<int> peer_of(int index) {
  int count = 0;
  if (cudaGetDeviceCount(&count) != cudaSuccess) return std::nullopt;
  for (int peer = 0; peer < count; ++peer) {
    int reaches = 0;
    if (peer != index && cudaDeviceCanAccessPeer(&reaches, index, peer) == cudaSuccess &&
        reaches != 0) {
      return peer;
    }
  }
  return std::nullopt;
}

/// Makes another device the thread's own for a while.
class CurrentDevice {
 public:
  explicit CurrentDevice(int index) {
    check(cudaGetDevice(&before_), "cudaGetDevice");
    check(cudaSetDevice(index), fmt::format("cudaSetDevice({})", index));
  }
  CurrentDevice(const CurrentDevice&) = delete;
  CurrentDevice& operator=(const CurrentDevice&) = delete;
  ~CurrentDevice() { (void)cudaSetDevice(before_); }

 private:
  int before_ = 0;
};

/// Memory of another device, which this one may write.
Buffer allocate_on_peer(int peer, std::int64_t bytes) {
  const cudaError_t enabled = cudaDeviceEnablePeerAccess(peer, 0);
  if (enabled == cudaErrorPeerAccessAlreadyEnabled) {
    (void)cudaGetLastError();
  } else {
    check(enabled, fmt::format("cudaDeviceEnablePeerAccess of cuda:{}", peer));
  }
  const CurrentDevice there(peer);
  void* data = nullptr;
  check(cudaMalloc(&data, static_cast<std::size_t>(bytes)),
        fmt::format("cudaMalloc of {} bytes on cuda:{}", bytes, peer));
  return Buffer(data, bytes, [](void* memory) { (void)cudaFree(memory); });
}

class PeerTransfer final : public Workload {
 public:
  PeerTransfer(const Transfer& op, Device& device, const CaseOptions& options, int peer)
      : bytes_(op.bytes),
        slots_(rotation_slots(bytes_, device.info().cache_bytes, options.cache)),
        peer_(peer),
        device_(device),
        random_(static_cast<const char*>(
            device.random_pool(DType::kFp32, options.data, slots_ * bytes_))),
        written_(allocate_on_peer(peer, slots_ * bytes_)) {}

  int slots() const override { return slots_; }

  void enqueue(Stream stream, int slot) override {
    check(cudaMemcpyAsync(static_cast<char*>(written_.data()) + slot * bytes_,
                          random_ + slot * bytes_, static_cast<std::size_t>(bytes_),
                          cudaMemcpyDefault, static_cast<cudaStream_t>(stream.native)),
          fmt::format("cudaMemcpyAsync to cuda:{}", peer_));
  }

  void poison() override {
    const std::vector<char> poison(static_cast<std::size_t>(written_.bytes()), '\xFF');
    device_.copy_to_device(written_.data(), poison.data(), written_.bytes());
  }

  Verification verify(const Launches& launches) override {
    const std::int64_t all = slots_ * bytes_;
    std::vector<char> found(static_cast<std::size_t>(all)), expected(found.size());
    device_.copy_to_host(found.data(), written_.data(), all);
    device_.copy_to_host(expected.data(), random_, all);
    return compare_slots(launches.slots_of(slots_), bytes_, as_floats(found.data(), all),
                         as_floats(expected.data(), all));
  }

  std::string details() const override {
    return fmt::format("{} to cuda:{}", device_.info().id, peer_);
  }

 private:
  std::int64_t bytes_;
  int slots_;
  int peer_;
  Device& device_;
  const char* random_;
  Buffer written_;
};

// ----

Unsupported supports(const Op& any, const DeviceInfo& info) {
  const auto& op = std::get<Transfer>(any);
  if (op.bytes < kSmallPageBytes || op.bytes % sizeof(float) != 0) {
    return fmt::format("{} are less than a 4 KiB page, or no whole 32-bit words",
                       format_bytes_exact(op.bytes));
  }
  if (op.kind == TransferKind::kPeerToPeer && !peer_of(index_of(info))) {
    return fmt::format("{} has no peer access to another device", info.id);
  }
  return larger_than_memory(op.bytes, info);
}

std::unique_ptr<Workload> make(const Op& any, Device& device, const CaseOptions& options) {
  const auto& op = std::get<Transfer>(any);
  if (op.kind != TransferKind::kPeerToPeer) {
    return std::make_unique<HostTransfer>(op, device, options);
  }
  return std::make_unique<PeerTransfer>(op, device, options,
                                        peer_of(index_of(device.info())).value());
}

constexpr std::array kImplementations{Implementation{.name = "native",
                                                     .family = "transfer",
                                                     .backend = Backend::kCuda,
                                                     .semantics_version = 1,
                                                     .is_library = true,
                                                     .supports = supports,
                                                     .make = make}};

}  // namespace

std::span<const Implementation> cuda_transfer() { return kImplementations; }

}  // namespace gpugauge
