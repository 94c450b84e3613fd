#include "harness/device/cpu_device.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <functional>

#include "harness/device/core_clock.hpp"
#include "harness/device/host.hpp"
#include "harness/device/host_arena.hpp"
#include "harness/device/pinned_team.hpp"
#include "harness/device/quota_watch.hpp"
#include "harness/device/random_pools.hpp"
#include "harness/device/workload.hpp"

namespace gpugauge {
namespace {

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// Turns a count of lost CPU seconds into percent of the wall time of all CPUs. Stolen time is
/// counted in ticks of 10 ms, hence over windows that are long against them, each of as many
/// readings as it takes.
class LossMeter {
 public:
  using Count = std::function<std::optional<double>()>;

  LossMeter(Count lost_seconds, std::size_t cpus)
      : count_(std::move(lost_seconds)), cpus_(static_cast<double>(cpus)) {
    restart();
  }

  std::optional<double> percent() {
    constexpr double kWindowSeconds = 0.25;
    const double wall = seconds_since(begin_);
    if (wall < kWindowSeconds) return std::nullopt;
    const auto before = lost_seconds_;
    restart();
    if (!before || !lost_seconds_) return std::nullopt;
    return 100 * std::max(0.0, *lost_seconds_ - *before) / (wall * cpus_);
  }

 private:
  void restart() {
    begin_ = std::chrono::steady_clock::now();
    lost_seconds_ = count_();
  }

  Count count_;
  double cpus_;
  std::chrono::steady_clock::time_point begin_;
  std::optional<double> lost_seconds_;
};

class CpuDevice : public Device {
 public:
  CpuDevice()
      : cpus_(cpus_with_threads(host_.usable_cpus(allowed_cpus()))),
        info_(host_.describe(cpus_)),
        team_(cpus_),
        arena_(kAddressesPerByte * info_.memory_bytes, [host = host_] {
          // An estimate, of which the process needs some for itself.
          return host.available_memory_bytes() / 16 * 15;
        }) {}

  ~CpuDevice() override {
    if (const auto said = quota_.report()) spdlog::warn("cpu: {}", *said);
  }

  const DeviceInfo& info() const override { return info_; }

  Buffer allocate(std::int64_t bytes) override { return arena_.allocate(bytes); }
  void copy_to_host(void* host, const void* device, std::int64_t bytes) override {
    std::memcpy(host, device, static_cast<std::size_t>(bytes));
  }
  void copy_to_device(void* device, const void* host, std::int64_t bytes) override {
    std::memcpy(device, host, static_cast<std::size_t>(bytes));
  }
  void poison(void* device, std::int64_t bytes) override { poison_host_memory(device, bytes); }
  void synchronize() override {}
  Stream stream() override { return {}; }

  const void* random_pool(DType dtype, Distribution data, std::int64_t bytes) override {
    return pools_.get(dtype, data, bytes, [this](std::int64_t size) { return allocate(size); });
  }
  void release_pools() override { pools_.clear(); }

  std::unique_ptr<Replay> capture(Workload& workload, std::int64_t launches) override;
  Telemetry telemetry() override;
  const Host& host() const { return host_; }
  const std::vector<int>& cpus() const { return cpus_; }

 private:
  static constexpr std::int64_t kAddressesPerByte = 2;  // room for what fragments

  Host host_;
  std::vector<int> cpus_;
  DeviceInfo info_;
  QuotaWatch quota_;
  PinnedTeam team_;
  HostArena arena_;
  RandomPools pools_;
};

Telemetry CpuDevice::telemetry() {
  Telemetry state;
  state.clock_mhz = measure_core_clock_mhz();
  if (!state.clock_mhz) state.clock_mhz = host_.reported_clock_mhz(cpus_.front());
  state.temperature_c = host_.temperature_c();
  return state;
}

/// A loop. The rotation goes on over replays.
class CpuReplay : public Replay {
 public:
  CpuReplay(CpuDevice& device, Workload& workload, std::int64_t launches)
      : device_(device),
        workload_(workload),
        launches_(launches),
        steal_([&device] { return device.host().stolen_seconds(device.cpus()); },
               device.cpus().size()),
        wait_([&device] { return device.host().waited_seconds(); }, device.cpus().size()),
        quota_([&device] { return device.host().quota_seconds(); }, device.cpus().size()) {}

  Sample run() override {
    const int slots = workload_.slots();
    const auto begin = std::chrono::steady_clock::now();
    for (std::int64_t i = 0; i < launches_; ++i) {
      workload_.enqueue({}, slot_);
      slot_ = slot_ + 1 == slots ? 0 : slot_ + 1;
    }
    Sample sample;
    sample.seconds = seconds_since(begin);
    sample.telemetry = device_.telemetry();
    sample.telemetry.steal_percent = steal_.percent();
    sample.telemetry.wait_percent = wait_.percent();
    sample.telemetry.quota_percent = quota_.percent();
    return sample;
  }
  std::int64_t launches() const override { return launches_; }
  int next_slot() const override { return slot_; }

 private:
  CpuDevice& device_;
  Workload& workload_;
  std::int64_t launches_;
  LossMeter steal_, wait_, quota_;
  int slot_ = 0;
};

std::unique_ptr<Replay> CpuDevice::capture(Workload& workload, std::int64_t launches) {
  team_.pin();
  return std::make_unique<CpuReplay>(*this, workload, launches);
}

}  // namespace

std::unique_ptr<Device> open_cpu_device() { return std::make_unique<CpuDevice>(); }

DeviceInfo describe_cpu_device() {
  const Host host;
  return host.describe(cpus_with_threads(host.usable_cpus(allowed_cpus())));
}

}  // namespace gpugauge
