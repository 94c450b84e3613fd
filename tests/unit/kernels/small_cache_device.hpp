#pragma once

#include <memory>

#include "harness/device/open/open_device.hpp"

namespace gpugauge {

/// The CPU with a last-level cache of 64 KiB, so that cold cases rotate through little memory.
class SmallCacheDevice : public Device {
 public:
  static constexpr std::int64_t kCacheBytes = 64 << 10;

  SmallCacheDevice() : cpu_(open_device("cpu")), info_(cpu_->info()) {
    info_.cache_bytes = kCacheBytes;
  }

  const DeviceInfo& info() const override { return info_; }
  Buffer allocate(std::int64_t bytes) override { return cpu_->allocate(bytes); }
  void copy_to_host(void* host, const void* device, std::int64_t bytes) override {
    cpu_->copy_to_host(host, device, bytes);
  }
  void copy_to_device(void* device, const void* host, std::int64_t bytes) override {
    cpu_->copy_to_device(device, host, bytes);
  }
  void poison(void* device, std::int64_t bytes) override { cpu_->poison(device, bytes); }
  void synchronize() override { cpu_->synchronize(); }
  Stream stream() override { return cpu_->stream(); }
  const void* random_pool(DType dtype, Distribution data, std::int64_t bytes) override {
    return cpu_->random_pool(dtype, data, bytes);
  }
  void release_pools() override { cpu_->release_pools(); }
  std::unique_ptr<Replay> capture(Workload& workload, std::int64_t launches) override {
    return cpu_->capture(workload, launches);
  }
  Telemetry telemetry() override { return cpu_->telemetry(); }

 private:
  std::unique_ptr<Device> cpu_;
  DeviceInfo info_;
};

}  // namespace gpugauge
