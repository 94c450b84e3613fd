#include "harness/device/quota_watch.hpp"

#include <gtest/gtest.h>

#include "tests/unit/device/fake_root.hpp"

namespace gpugauge {
namespace {

TEST(QuotaWatch, NamesTheQuotaAndThePeriodsOfItsOwnTime) {
  FakeRoot root;
  root.with("proc/self/cgroup", "0::/\n")
      .with("sys/fs/cgroup/cpu.max", "50000 100000\n")
      .with("sys/fs/cgroup/cpu.stat", "nr_periods 100\nnr_throttled 7\nthrottled_usec 100\n");
  const QuotaWatch watch(root.path());
  EXPECT_EQ(watch.report(), std::nullopt);
  root.with("sys/fs/cgroup/cpu.stat", "nr_periods 140\nnr_throttled 46\nthrottled_usec 1950000\n");
  EXPECT_EQ(watch.report(),
            "the control group's quota of 0.5 CPUs stopped the threads in 39 of 40 periods");
}

TEST(QuotaWatch, SaysNothingWithoutAQuota) {
  FakeRoot root;
  EXPECT_EQ(QuotaWatch(root.path()).report(), std::nullopt);
}

}  // namespace
}  // namespace gpugauge
