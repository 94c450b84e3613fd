#pragma once

#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "harness/base/error.hpp"
#include "kernels/cuda/machine/fill.hpp"
#include "kernels/implementation.hpp"

namespace gpugauge {

/// A replay that runs the launches on the host; its time means nothing.
class HostReplay final : public Replay {
 public:
  HostReplay(Workload& workload, std::int64_t launches)
      : workload_(workload),
        launches_((launches + workload.slots() - 1) / workload.slots() * workload.slots()) {}
  Sample run() override {
    for (std::int64_t i = 0; i < launches_; ++i) {
      workload_.enqueue({}, static_cast<int>(i % workload_.slots()));
    }
    return {.seconds = 1.0, .telemetry = {}};
  }
  std::int64_t launches() const override { return launches_; }

 private:
  Workload& workload_;
  std::int64_t launches_;
};

/// The emulated card: its memory is the host's.
class HostDevice final : public Device {
 public:
  explicit HostDevice(int compute_capability, std::int64_t memory_bytes = std::int64_t{8} << 30) {
    info_.id = "cuda:0";
    info_.backend = Backend::kCuda;
    info_.name = "emulated";
    info_.memory_bytes = memory_bytes;
    info_.cache_bytes = 16 << 10;
    info_.compute_units = 2;
    info_.compute_capability = compute_capability;
  }
  const DeviceInfo& info() const override { return info_; }
  Buffer allocate(std::int64_t bytes) override {
    constexpr std::int64_t kAlignment = 256;
    if (bytes <= 0) return {};
    const std::int64_t whole = (bytes + kAlignment - 1) / kAlignment * kAlignment;
    void* data = std::aligned_alloc(kAlignment, static_cast<std::size_t>(whole));
    std::memset(data, 0xFF, static_cast<std::size_t>(whole));
    return Buffer(data, bytes, [](void* memory) { std::free(memory); });
  }
  void copy_to_host(void* host, const void* device, std::int64_t bytes) override {
    std::memcpy(host, device, static_cast<std::size_t>(bytes));
  }
  void copy_to_device(void* device, const void* host, std::int64_t bytes) override {
    if (bytes > 0) std::memcpy(device, host, static_cast<std::size_t>(bytes));
  }
  void poison(void* device, std::int64_t bytes) override {
    std::memset(device, 0xFF, static_cast<std::size_t>(bytes));
  }
  void synchronize() override {}
  Stream stream() override { return {}; }
  const void* random_pool(DType dtype, Distribution data, std::int64_t bytes) override {
    pools_.push_back(allocate(bytes));
    fill_random(stream(), pools_.back().data(), dtype, bytes / size_bytes(dtype), data, 1);
    return pools_.back().data();
  }
  void release_pools() override { pools_.clear(); }
  std::unique_ptr<Replay> capture(Workload& workload, std::int64_t launches) override {
    if (std::exchange(fails_, false)) throw EnvironmentError("the first candidate does not run");
    return std::make_unique<HostReplay>(workload, launches);
  }
  Telemetry telemetry() override { return {}; }
  /// Makes the next capture throw.
  void fail_once() { fails_ = true; }

 private:
  DeviceInfo info_;
  bool fails_ = false;
  std::vector<Buffer> pools_;
};

}  // namespace gpugauge
