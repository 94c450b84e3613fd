#include "harness/device/host.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

#include "tests/unit/device/fake_root.hpp"

namespace gpugauge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ParseCpuList, ReadsNumbersAndRanges) {
  EXPECT_THAT(parse_cpu_list("0-3,8"), ElementsAre(0, 1, 2, 3, 8));
  EXPECT_THAT(parse_cpu_list("5"), ElementsAre(5));
  EXPECT_THAT(parse_cpu_list(""), IsEmpty());
}

TEST(ParseCpuList, LeavesOutWhatIsMalformed) {
  EXPECT_THAT(parse_cpu_list("x,2,3-,4+5,6-4,7"), ElementsAre(2, 7));
}

TEST(UsableCpus, TakesOneOfEachCore) {
  FakeRoot root;
  for (int cpu = 0; cpu < 4; ++cpu) {
    root.with("sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/thread_siblings_list",
              cpu % 2 == 0 ? "0,2" : "1,3");
  }
  const Host host(root.path());
  EXPECT_THAT(host.usable_cpus(std::array{0, 1, 2, 3}), ElementsAre(0, 1));
  EXPECT_THAT(host.usable_cpus(std::array{2, 3}), ElementsAre(2, 3));
}

TEST(UsableCpus, TakesAllThatAreAllowedWhereTheTopologyIsUnknown) {
  FakeRoot root;
  EXPECT_THAT(Host(root.path()).usable_cpus(std::array{1, 5}), ElementsAre(1, 5));
}

TEST(UsableCpus, StaysWithinTheQuotaButUsesOne) {
  FakeRoot root;
  root.with("proc/self/cgroup", "0::/\n").with("sys/fs/cgroup/cpu.max", "250000 100000");
  EXPECT_THAT(Host(root.path()).usable_cpus(std::array{0, 1, 2, 3}), ElementsAre(0, 1));
  root.with("sys/fs/cgroup/cpu.max", "10000 100000");
  EXPECT_THAT(Host(root.path()).usable_cpus(std::array{0, 1, 2, 3}), ElementsAre(0));
}

FakeRoot& with_xeon(FakeRoot& root) {
  return root
      .with("proc/cpuinfo",
            "processor\t: 0\nmodel name\t: Intel(R) Xeon(R) Processor\n"
            "flags\t\t: fpu avx2 avx512f avx512_bf16 amx_int8 hypervisor\n\nprocessor\t: 1\n")
      .with("proc/meminfo", "MemTotal:  1000 kB\nMemFree: 10 kB\nMemAvailable:  900 kB\n")
      .with("sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "3800000\n")
      .with("sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "2900000\n")
      .with("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
}

TEST(Describe, NamesTheProcessorAndItsArithmetic) {
  FakeRoot root;
  const DeviceInfo info = Host(with_xeon(root).path()).describe(std::array{0, 1});
  EXPECT_EQ(info.id, "cpu");
  EXPECT_EQ(info.backend, Backend::kCpu);
  EXPECT_EQ(info.name, "Intel(R) Xeon(R) Processor");
  EXPECT_EQ(info.compute_units, 2);
  EXPECT_THAT(info.features, ElementsAre("avx2", "avx512f", "avx512_bf16", "amx_int8"));
  EXPECT_EQ(info.memory_bytes, 1024000);
  EXPECT_EQ(info.max_clock_mhz, 3800.0);
  EXPECT_EQ(info.governor, "powersave");
  EXPECT_TRUE(info.hypervisor.has_value());
  EXPECT_EQ(info.pin_rate_gbps, std::nullopt);
}

TEST(Describe, ReadsAnArmProcessor) {
  FakeRoot root;
  root.with("proc/cpuinfo",
            "processor : 0\nFeatures : fp asimd fphp asimdhp asimddp i8mm bf16\n"
            "CPU implementer : 0x41\nCPU part : 0xd4f\n");
  const DeviceInfo info = Host(root.path()).describe(std::array{0});
  EXPECT_EQ(info.name, "Arm implementer 0x41 part 0xd4f");
  EXPECT_TRUE(info.has_feature("bf16"));
  EXPECT_TRUE(info.has_feature("i8mm"));
  EXPECT_EQ(info.hypervisor, std::nullopt);
}

TEST(Describe, LeavesAbsentWhatTheMachineDoesNotSay) {
  FakeRoot root;
  const DeviceInfo info = Host(root.path()).describe(std::array{0});
  EXPECT_EQ(info.name, "unknown processor");
  EXPECT_THAT(info.features, IsEmpty());
  EXPECT_EQ(info.max_clock_mhz, std::nullopt);
  EXPECT_EQ(info.governor, std::nullopt);
  EXPECT_EQ(info.hypervisor, std::nullopt);
}

TEST(Describe, MemoryIsNoMoreThanTheGroupMayUse) {
  FakeRoot root;
  with_xeon(root).with("proc/self/cgroup", "0::/").with("sys/fs/cgroup/memory.max", "500000");
  EXPECT_EQ(Host(root.path()).describe(std::array{0}).memory_bytes, 500000);
}

void add_cache(FakeRoot& root, int cpu, int index, const std::string& level,
               const std::string& type, const std::string& size, const std::string& sharers) {
  const std::string folder = "sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/cache/index" +
                             std::to_string(index) + "/";
  root.with(folder + "level", level)
      .with(folder + "type", type)
      .with(folder + "size", size)
      .with(folder + "shared_cpu_list", sharers);
}

TEST(Describe, SumsTheLastLevelCachesOfTheCpusInUse) {
  FakeRoot root;
  for (int cpu = 0; cpu < 4; ++cpu) {
    const std::string own = std::to_string(cpu);
    add_cache(root, cpu, 0, "1", "Data", "48K", own);
    add_cache(root, cpu, 1, "1", "Instruction", "32K", own);
    add_cache(root, cpu, 2, "3", "Unified", "32768K", cpu < 2 ? "0-1" : "2-3");
  }
  const Host host(root.path());
  EXPECT_EQ(host.describe(std::array{0, 1}).cache_bytes, 32768 * 1024);
  EXPECT_EQ(host.describe(std::array{0, 1, 2, 3}).cache_bytes, 2 * 32768 * 1024);
}

TEST(AvailableMemory, IsTheLessOfTheMachinesAndTheGroups) {
  FakeRoot root;
  const Host host(with_xeon(root).path());
  EXPECT_EQ(host.available_memory_bytes(), 900 * 1024);
  root.with("proc/self/cgroup", "0::/")
      .with("sys/fs/cgroup/memory.max", "500000")
      .with("sys/fs/cgroup/memory.current", "400000");
  EXPECT_EQ(host.available_memory_bytes(), 100000);
}

TEST(StolenSeconds, SumsTheTicksOfTheCpusInUse) {
  FakeRoot root;
  root.with("proc/stat",
            "cpu  9 9 9 9 9 9 9 900 0 0\ncpu0 1 2 3 4 5 6 7 100 0 0\ncpu1 1 2 3 4 5 6 7 200 0 0\n");
  const Host host(root.path());
  const double tick = 1.0 / static_cast<double>(sysconf(_SC_CLK_TCK));
  EXPECT_DOUBLE_EQ(*host.stolen_seconds(std::array{0}), 100 * tick);
  EXPECT_DOUBLE_EQ(*host.stolen_seconds(std::array{0, 1}), 300 * tick);
  EXPECT_EQ(host.stolen_seconds(std::array{2}), std::nullopt);
}

TEST(WaitedTime, IsThatOfAllThreadsOfTheProcess) {
  FakeRoot root;
  EXPECT_EQ(Host(root.path()).waited_seconds(), std::nullopt);
  root.with("proc/self/task/7/schedstat", "900000000 1500000000 12\n")
      .with("proc/self/task/8/schedstat", "900000000 250000000 3\n")
      .with("proc/self/task/9/schedstat", "not known\n");
  EXPECT_DOUBLE_EQ(Host(root.path()).waited_seconds().value(), 1.75);
}

TEST(Temperature, IsThatOfTheHottestProcessorZone) {
  FakeRoot root;
  EXPECT_EQ(Host(root.path()).temperature_c(), std::nullopt);
  root.with("sys/class/thermal/thermal_zone0/type", "acpitz\n")
      .with("sys/class/thermal/thermal_zone0/temp", "99000\n")
      .with("sys/class/thermal/thermal_zone1/type", "x86_pkg_temp\n")
      .with("sys/class/thermal/thermal_zone1/temp", "61500\n")
      .with("sys/class/thermal/thermal_zone2/type", "cpu-thermal\n")
      .with("sys/class/thermal/thermal_zone2/temp", "54000\n");
  EXPECT_EQ(Host(root.path()).temperature_c(), 61.5);
}

TEST(ReportedClock, IsInMegahertz) {
  FakeRoot root;
  EXPECT_EQ(Host(with_xeon(root).path()).reported_clock_mhz(0), 2900.0);
  EXPECT_EQ(Host(root.path()).reported_clock_mhz(1), std::nullopt);
}

TEST(AllowedCpus, AreSomeOfThisMachine) { EXPECT_THAT(allowed_cpus(), testing::Not(IsEmpty())); }

TEST(Host, KnowsTheMemoryOfAMachineWithoutProc) {
  FakeRoot root;
  const Host host(root.path());
  const std::int64_t memory = host.describe(std::array{0}).memory_bytes;
  EXPECT_GT(memory, std::int64_t{64} << 20);
  EXPECT_GT(host.available_memory_bytes(), 0);
  EXPECT_LE(host.available_memory_bytes(), memory);
}

TEST(Host, CountsTheTimeThatAQuotaWithheld) {
  FakeRoot root;
  EXPECT_EQ(Host(root.path()).quota_seconds(), std::nullopt);
  root.with("proc/self/cgroup", "0::/\n")
      .with("sys/fs/cgroup/cpu.max", "50000 100000\n")
      .with("sys/fs/cgroup/cpu.stat", "nr_periods 4\nnr_throttled 3\nthrottled_usec 150000\n");
  EXPECT_EQ(Host(root.path()).quota_seconds(), 0.15);
}

}  // namespace
}  // namespace gpugauge
