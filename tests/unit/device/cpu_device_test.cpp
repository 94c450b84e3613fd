#include "harness/device/cpu_device.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <omp.h>
#include <sched.h>

#include <set>
#include <vector>

#include "harness/base/error.hpp"
#include "harness/device/host.hpp"
#include "kernels/implementation.hpp"

namespace gpugauge {
namespace {

using testing::ElementsAre;

/// Remembers which slots it was launched on.
class Recorder : public Workload {
 public:
  explicit Recorder(int slots) : slots_(slots) {}
  int slots() const override { return slots_; }
  void enqueue(Stream, int slot) override { launched.push_back(slot); }
  void poison() override {}
  Verification verify(const Launches&) override { return {}; }

  std::vector<int> launched;

 private:
  int slots_;
};

TEST(CpuDevice, DescribesThisMachine) {
  const auto device = open_cpu_device();
  const DeviceInfo& info = device->info();
  EXPECT_EQ(info.id, "cpu");
  EXPECT_EQ(info.backend, Backend::kCpu);
  EXPECT_FALSE(info.name.empty());
  EXPECT_GE(info.compute_units, 1);
  EXPECT_GT(info.memory_bytes, 64 << 20);
  EXPECT_GT(info.cache_bytes, 0);
  EXPECT_EQ(info.pin_rate_gbps, std::nullopt);
}

TEST(CpuDevice, IsDescribedAlikeWhetherOpenOrNot) {
  const DeviceInfo before = describe_cpu_device();
  const auto device = open_cpu_device();
  EXPECT_EQ(describe_cpu_device().compute_units, before.compute_units);
  EXPECT_EQ(device->info().compute_units, before.compute_units);
}

/// The CPUs that each thread of a region may run on.
std::vector<int> cpus_of_team() {
  std::vector<int> cpus(static_cast<std::size_t>(omp_get_max_threads()), -1);
#pragma omp parallel
  {
    cpu_set_t mask;
    CPU_ZERO(&mask);
    sched_getaffinity(0, sizeof mask, &mask);
    if (CPU_COUNT(&mask) == 1)
      cpus[static_cast<std::size_t>(omp_get_thread_num())] = sched_getcpu();
  }
  return cpus;
}

TEST(CpuDevice, PinsOneThreadToEachCoreWhileItIsOpen) {
  const std::vector<int> usable = Host().usable_cpus(allowed_cpus());
  {
    const auto device = open_cpu_device();
    EXPECT_EQ(cpus_of_team(), usable);
  }
  cpu_set_t mask;
  CPU_ZERO(&mask);
  sched_getaffinity(0, sizeof mask, &mask);
  EXPECT_EQ(static_cast<std::size_t>(CPU_COUNT(&mask)), allowed_cpus().size());
}

TEST(CpuDevice, CopiesAndPoisons) {
  const auto device = open_cpu_device();
  const Buffer buffer = device->allocate(8);
  const std::uint64_t sent = 0x0123456789ABCDEFULL;
  std::uint64_t received = 0;
  device->copy_to_device(buffer.data(), &sent, 8);
  device->copy_to_host(&received, buffer.data(), 8);
  EXPECT_EQ(received, sent);
  device->poison(buffer.data(), 8);
  device->copy_to_host(&received, buffer.data(), 8);
  EXPECT_EQ(received, ~std::uint64_t{0});
}

TEST(CpuDevice, RefusesMoreMemoryThanThereIs) {
  const auto device = open_cpu_device();
  EXPECT_THROW(device->allocate(std::int64_t{1} << 50), OutOfMemory);
  EXPECT_THROW(device->random_pool(DType::kFp32, Distribution::kNormal, std::int64_t{1} << 50),
               OutOfMemory);
  EXPECT_NE(device->random_pool(DType::kFp32, Distribution::kNormal, 4096), nullptr);
}

TEST(CpuDevice, PoolsArePageAlignedAndShared) {
  const auto device = open_cpu_device();
  const void* pool = device->random_pool(DType::kBf16, Distribution::kNormal, 10000);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(pool) % 4096, 0U);
  EXPECT_EQ(device->random_pool(DType::kBf16, Distribution::kNormal, 5000), pool);
}

TEST(CpuReplay, RotatesThroughTheSlotsAndGoesOnWhereItStopped) {
  const auto device = open_cpu_device();
  Recorder workload(3);
  const auto replay = device->capture(workload, 4);
  EXPECT_EQ(replay->launches(), 4);
  EXPECT_THAT(workload.launched, ElementsAre());
  replay->run();
  EXPECT_THAT(workload.launched, ElementsAre(0, 1, 2, 0));
  EXPECT_EQ(replay->next_slot(), 1);
  replay->run();
  EXPECT_THAT(workload.launched, ElementsAre(0, 1, 2, 0, 1, 2, 0, 1));
}

TEST(CpuReplay, TimesItsLaunchesAndSaysTheClock) {
  const auto device = open_cpu_device();
  Recorder workload(1);
  const Sample sample = device->capture(workload, 1000)->run();
  EXPECT_GT(sample.seconds, 0.0);
  EXPECT_LT(sample.seconds, 60.0);
#if defined(__x86_64__) || defined(__aarch64__)
  EXPECT_GT(sample.telemetry.clock_mhz.value_or(0.0), 0.0);
#endif
  EXPECT_FALSE(sample.telemetry.throttle_reasons.has_value());
}

}  // namespace
}  // namespace gpugauge
