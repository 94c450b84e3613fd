#include "harness/device/cuda/cuda_device.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <stdexcept>
#include <utility>

#include "harness/base/error.hpp"
#include "harness/base/units.hpp"
#include "harness/device/cuda/cuda_handles.hpp"
#include "harness/device/cuda/cuda_host_replay.hpp"
#include "harness/device/cuda/cuda_info.hpp"
#include "harness/device/cuda/cuda_replay.hpp"
#include "harness/device/cuda/cuda_wait.hpp"
#include "harness/device/device_code.hpp"
#include "harness/device/memory_shortage.hpp"
#include "harness/device/telemetry_age.hpp"
#include "harness/device/workload.hpp"

namespace gpugauge {
namespace {

constexpr std::uint64_t kPoolSeed = 0x6761756765;

class CudaDevice final : public Device {
 public:
  /// `info` comes from before there was a context, so that the processes it counts are others.
  CudaDevice(DeviceInfo info, std::optional<NvmlDevice> card, const FillKernel& fill)
      : info_(std::move(info)), card_(std::move(card)), fill_(fill) {
    if (card_) xids_ = card_->watch_xids();
  }

  const DeviceInfo& info() const override { return info_; }

  Buffer allocate(std::int64_t bytes) override {
    if (bytes <= 0) return {};
    void* data = nullptr;
    const cudaError_t status = cudaMalloc(&data, static_cast<std::size_t>(bytes));
    if (status == cudaErrorMemoryAllocation) refuse(bytes);
    check(status, fmt::format("cudaMalloc of {} bytes on {}", bytes, info_.id));
    *held_bytes_ += bytes;
    return Buffer(data, bytes, [bytes, held = held_bytes_](void* memory) {
      if (memory == nullptr) return;
      (void)cudaFree(memory);
      *held -= bytes;
    });
  }

  void copy_to_host(void* host, const void* device, std::int64_t bytes) override {
    copy(host, device, bytes, cudaMemcpyDeviceToHost);
  }
  void copy_to_device(void* device, const void* host, std::int64_t bytes) override {
    copy(device, host, bytes, cudaMemcpyHostToDevice);
  }

  void poison(void* device, std::int64_t bytes) override {
    check(cudaMemsetAsync(device, 0xFF, static_cast<std::size_t>(bytes), stream_.get()),
          fmt::format("cudaMemset of {} bytes", bytes));
  }
  void synchronize() override { wait_for(stream_.get(), "synchronize"); }
  Stream stream() override { return {stream_.get()}; }

  const void* random_pool(DType dtype, Distribution data, std::int64_t bytes) override {
    const auto kind = std::pair(dtype, data);
    auto found = pools_.find(kind);
    if (found == pools_.end() || found->second.bytes < bytes) {
      pools_.erase(kind);  // first, since there may not be room for both
      found = pools_.emplace(kind, make_pool(dtype, data, bytes)).first;
    }
    return found->second.data;
  }
  void release_pools() override { pools_.clear(); }

  std::unique_ptr<Replay> capture(Workload& workload, std::int64_t launches) override {
    const auto make =
        workload.timing() == Timing::kHostClock ? make_host_replay : capture_cuda_graph;
    return make(stream(), workload, launches, [this] { return recent_telemetry(); });
  }

  Telemetry telemetry() override {
    recent_at_ = Clock::now();  // before it is read: the process may be held up while it reads
    recent_ = card_ ? card_->telemetry() : Telemetry{};
    return recent_;
  }

  std::optional<CardHealth> health() override {
    if (!card_) return std::nullopt;
    CardHealth health = card_->health();
    health.xids = xids_.seen();
    return health;
  }

 private:
  using Clock = std::chrono::steady_clock;

  struct Pool {
    Buffer memory;
    void* data = nullptr;
    std::int64_t bytes = 0;
  };

  [[noreturn]] void refuse(std::int64_t bytes) const {
    (void)cudaGetLastError();
    std::size_t free_bytes = 0, total_bytes = 0;
    check(cudaMemGetInfo(&free_bytes, &total_bytes), "cudaMemGetInfo");
    throw_shortage({.needed_bytes = *held_bytes_ + bytes,
                    .free_bytes = *held_bytes_ + static_cast<std::int64_t>(free_bytes),
                    .device_bytes = info_.memory_bytes});
  }

  void copy(void* to, const void* from, std::int64_t bytes, cudaMemcpyKind kind) {
    check(cudaMemcpyAsync(to, from, static_cast<std::size_t>(bytes), kind, stream_.get()),
          fmt::format("cudaMemcpy of {} bytes", bytes));
    wait_for(stream_.get(), fmt::format("cudaMemcpy of {} bytes", bytes));
  }

  Pool make_pool(DType dtype, Distribution data, std::int64_t bytes) {
    Pool pool;
    pool.bytes = std::max(bytes, kSmallPageBytes);
    pool.memory = allocate(pool.bytes + kSmallPageBytes);
    const auto address = reinterpret_cast<std::uintptr_t>(pool.memory.data());
    pool.data =
        static_cast<char*>(pool.memory.data()) + (kSmallPageBytes - address % kSmallPageBytes);
    if (fill_.fill == nullptr) throw std::logic_error("the device was opened without a FillKernel");
    fill_.fill(stream(), pool.data, dtype, pool.bytes / size_bytes(dtype), data, kPoolSeed);
    synchronize();
    return pool;
  }

  Telemetry recent_telemetry() {
    constexpr std::chrono::duration<double> kFresh(kOldestTelemetrySeconds);
    return Clock::now() - recent_at_ < kFresh ? recent_ : telemetry();
  }

  DeviceInfo info_;
  std::optional<NvmlDevice> card_;
  FillKernel fill_;
  XidWatch xids_;
  CudaStream stream_ = make_cuda_stream();
  /// By the buffers that are alive, which may outlive the device.
  std::shared_ptr<std::int64_t> held_bytes_ = std::make_shared<std::int64_t>(0);
  std::map<std::pair<DType, Distribution>, Pool> pools_;
  Telemetry recent_;
  Clock::time_point recent_at_;
};

}  // namespace

std::unique_ptr<Device> open_cuda_device(int index, const FillKernel& fill) {
  const int count = count_cuda_devices();
  if (index < 0 || index >= count) {
    throw EnvironmentError(
        fmt::format("cuda:{}: no such device; this machine has {}, counted from 0", index, count));
  }
  DeviceInfo info = describe_cuda_device(index);
  if (is_too_old(info))
    throw EnvironmentError(fmt::format("{}: {}", info.id, too_old_message(info)));
  check_start(cudaSetDevice(index));
  if (fill.check_image != nullptr) fill.check_image();
  return std::make_unique<CudaDevice>(std::move(info), find_nvml_device(index), fill);
}

}  // namespace gpugauge
