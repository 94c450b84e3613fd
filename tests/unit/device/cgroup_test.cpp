#include "harness/device/cgroup.hpp"

#include <gtest/gtest.h>

#include "tests/unit/device/fake_root.hpp"

namespace gpugauge {
namespace {

TEST(CgroupLimits, AreAbsentWithoutGroups) {
  FakeRoot root;
  const CgroupLimits limits = read_cgroup_limits(root.path());
  EXPECT_EQ(limits.cpus, std::nullopt);
  EXPECT_EQ(limits.memory_bytes, std::nullopt);
  EXPECT_EQ(limits.memory_room_bytes, std::nullopt);
}

TEST(CgroupLimits, Version2CountsInactivePagesAsFree) {
  FakeRoot root;
  root.with("proc/self/cgroup", "0::/pod/job\n")
      .with("sys/fs/cgroup/pod/job/cpu.max", "150000 100000\n")
      .with("sys/fs/cgroup/pod/job/memory.max", "1000000\n")
      .with("sys/fs/cgroup/pod/job/memory.current", "700000\n")
      .with("sys/fs/cgroup/pod/job/memory.stat", "anon 5\ninactive_file 200000\n");
  const CgroupLimits limits = read_cgroup_limits(root.path());
  EXPECT_EQ(limits.cpus, 1.5);
  EXPECT_EQ(limits.memory_bytes, 1e6);
  EXPECT_EQ(limits.memory_room_bytes, 5e5);
}

TEST(CgroupLimits, TheTightestAncestorCounts) {
  FakeRoot root;
  root.with("proc/self/cgroup", "0::/pod/job\n")
      .with("sys/fs/cgroup/cpu.max", "max 100000\n")
      .with("sys/fs/cgroup/pod/cpu.max", "200000 100000\n")
      .with("sys/fs/cgroup/pod/memory.max", "500000\n")
      .with("sys/fs/cgroup/pod/memory.current", "600000\n")
      .with("sys/fs/cgroup/pod/job/cpu.max", "400000 100000\n")
      .with("sys/fs/cgroup/pod/job/memory.max", "max\n");
  const CgroupLimits limits = read_cgroup_limits(root.path());
  EXPECT_EQ(limits.cpus, 2.0);
  EXPECT_EQ(limits.memory_bytes, 5e5);
  EXPECT_EQ(limits.memory_room_bytes, 0.0);
}

TEST(CgroupLimits, AContainerSeesItsOwnGroupAsTheRoot) {
  FakeRoot root;
  root.with("proc/self/cgroup", "0::/\n").with("sys/fs/cgroup/cpu.max", "50000 100000\n");
  EXPECT_EQ(read_cgroup_limits(root.path()).cpus, 0.5);
}

TEST(CgroupLimits, Version1ReadsEachControllersHierarchy) {
  FakeRoot root;
  root.with("proc/self/cgroup", "4:memory:/a\n2:cpu,cpuacct:/b\n1:name=systemd:/c\n")
      .with("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "4000\n")
      .with("sys/fs/cgroup/memory/a/memory.usage_in_bytes", "1500\n")
      .with("sys/fs/cgroup/memory/a/memory.stat", "cache 900\ntotal_inactive_file 500\n")
      .with("sys/fs/cgroup/cpu/b/cpu.cfs_quota_us", "300000\n")
      .with("sys/fs/cgroup/cpu/b/cpu.cfs_period_us", "100000\n");
  const CgroupLimits limits = read_cgroup_limits(root.path());
  EXPECT_EQ(limits.cpus, 3.0);
  EXPECT_EQ(limits.memory_bytes, 4000.0);
  EXPECT_EQ(limits.memory_room_bytes, 3000.0);
}

TEST(CgroupLimits, Version1SaysNoLimitWithALargeNumberOrMinusOne) {
  FakeRoot root;
  root.with("proc/self/cgroup", "4:memory:/\n2:cpu:/\n")
      .with("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n")
      .with("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n")
      .with("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  const CgroupLimits limits = read_cgroup_limits(root.path());
  EXPECT_EQ(limits.cpus, std::nullopt);
  EXPECT_EQ(limits.memory_bytes, std::nullopt);
}

TEST(CgroupThrottling, IsNoneWithoutAQuota) {
  FakeRoot root;
  EXPECT_FALSE(read_cgroup_throttling(root.path()));
  root.with("proc/self/cgroup", "0::/job\n")
      .with("sys/fs/cgroup/job/cpu.max", "max 100000\n")
      .with("sys/fs/cgroup/job/cpu.stat", "nr_periods 0\nnr_throttled 0\nthrottled_usec 0\n");
  EXPECT_FALSE(read_cgroup_throttling(root.path()));
}

TEST(CgroupThrottling, IsThatOfTheGroupWhichWasStoppedTheLongest) {
  FakeRoot root;
  root.with("proc/self/cgroup", "0::/pod/job\n")
      .with("sys/fs/cgroup/pod/cpu.max", "50000 100000\n")
      .with("sys/fs/cgroup/pod/cpu.stat",
            "nr_periods 40\nnr_throttled 39\nthrottled_usec 1950000\n")
      .with("sys/fs/cgroup/pod/job/cpu.max", "90000 100000\n")
      .with("sys/fs/cgroup/pod/job/cpu.stat",
            "nr_periods 40\nnr_throttled 2\nthrottled_usec 9000\n");
  const auto found = read_cgroup_throttling(root.path());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->periods, 40);
  EXPECT_EQ(found->throttled_periods, 39);
  EXPECT_EQ(found->throttled_seconds, 1.95);
}

TEST(CgroupThrottling, OfVersion1IsInNanoseconds) {
  FakeRoot root;
  root.with("proc/self/cgroup", "2:cpu,cpuacct:/b\n")
      .with("sys/fs/cgroup/cpu/b/cpu.cfs_quota_us", "50000\n")
      .with("sys/fs/cgroup/cpu/b/cpu.stat",
            "nr_periods 4\nnr_throttled 3\nthrottled_time 150000000\n");
  EXPECT_EQ(read_cgroup_throttling(root.path())->throttled_seconds, 0.15);
}

}  // namespace
}  // namespace gpugauge
