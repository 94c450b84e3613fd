#pragma once

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <limits>
#include <memory>

#include "harness/base/error.hpp"
#include "harness/device/device.hpp"
#include "harness/plan/plan.hpp"
#include "kernels/implementation.hpp"

namespace gpugauge {

/// A device on which every launch lasts `launch_seconds`, without anything being run.
class FakeDevice : public Device {
 public:
  explicit FakeDevice(DeviceInfo info = {}) : info_(std::move(info)) {}

  const DeviceInfo& info() const override { return info_; }
  Buffer allocate(std::int64_t bytes) override {
    return {std::malloc(static_cast<std::size_t>(bytes)), bytes, std::free};
  }
  void copy_to_host(void*, const void*, std::int64_t) override {}
  void copy_to_device(void*, const void*, std::int64_t) override {}
  void poison(void*, std::int64_t) override {}
  void synchronize() override { on_synchronize_(); }
  Stream stream() override { return {}; }
  const void* random_pool(DType, Distribution, std::int64_t) override { return nullptr; }
  void release_pools() override { ++pools_released_; }
  Telemetry telemetry() override { return {}; }

  std::unique_ptr<Replay> capture(Workload& workload, std::int64_t launches) override {
    class FakeReplay : public Replay {
     public:
      FakeReplay(FakeDevice& device, Workload& load, std::int64_t count)
          : device_(device), workload_(load), launches_(count) {}
      Sample run() override {
        workload_.enqueue({}, 0);
        return {.seconds = device_.launch_seconds_ * static_cast<double>(launches_),
                .telemetry = device_.telemetry_};
      }
      std::int64_t launches() const override { return launches_; }

     private:
      FakeDevice& device_;
      Workload& workload_;
      std::int64_t launches_;
    };
    return std::make_unique<FakeReplay>(*this, workload, std::min(launches, most_launches_));
  }

  DeviceInfo info_;
  double launch_seconds_ = 1e-3;
  std::int64_t most_launches_ = std::numeric_limits<std::int64_t>::max();  ///< of a replay
  Telemetry telemetry_;
  std::function<void()> on_synchronize_ = [] {};
  int pools_released_ = 0;
};

/// What a fake implementation does when it is made, launched and verified.
struct FakeBehaviour {
  std::function<void()> on_make = [] {};
  std::function<void(int slot)> on_enqueue = [](int) {};
  std::function<void()> on_poison = [] {};
  std::function<Verification(std::int64_t)> verify = [](std::int64_t) {
    return Verification{
        .passed = true, .max_error = 0.25, .relative_error = 0, .checked = 10, .reason = {}};
  };
  /// Of so many launches.
  std::function<std::optional<double>(std::int64_t)> clock_mhz = [](std::int64_t) {
    return std::optional<double>();
  };
  int slots = 1;
};

/// Implementations are plain functions, so the behaviour reaches them through this one object,
/// which lives as long as the test.
class FakeImplementation {
 public:
  explicit FakeImplementation(FakeBehaviour behaviour) { current() = std::move(behaviour); }
  ~FakeImplementation() { current() = {}; }
  FakeImplementation(const FakeImplementation&) = delete;
  FakeImplementation& operator=(const FakeImplementation&) = delete;

  PlannedCase planned(const Op& op) const {
    PlannedCase planned;
    planned.c = {.op = op, .implementation = "fake", .options = {}, .model = {}, .role = {}};
    planned.name = case_name(planned.c);
    planned.work = work_of(op);
    planned.policy = {.warmup_seconds = 0, .min_samples = 6};
    planned.implementation = &implementation_;
    return planned;
  }

 private:
  static FakeBehaviour& current() {
    static FakeBehaviour behaviour;
    return behaviour;
  }

  class FakeWorkload : public Workload {
   public:
    int slots() const override { return current().slots; }
    void enqueue(Stream, int slot) override { current().on_enqueue(slot); }
    void poison() override { current().on_poison(); }
    Verification verify(const Launches& launches) override {
      return current().verify(launches.count);
    }
    std::optional<double> clock_mhz(std::int64_t newest_launches) const override {
      return current().clock_mhz(newest_launches);
    }
    std::string details() const override { return "fake details"; }
  };

  Implementation implementation_{
      .name = "fake",
      .family = "memory",
      .backend = Backend::kCpu,
      .semantics_version = 3,
      .is_library = true,
      .supports = [](const Op&, const DeviceInfo&) -> Unsupported { return std::nullopt; },
      .make = [](const Op&, Device&, const CaseOptions&) -> std::unique_ptr<Workload> {
        current().on_make();
        return std::make_unique<FakeWorkload>();
      }};
};

}  // namespace gpugauge
