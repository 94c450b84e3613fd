#include "kernels/ops/latency.hpp"

#include "tests/unit/kernels/ops/op_name.hpp"

namespace gpugauge {
namespace {

TEST(WorkOfLatency, IsNone) {
  EXPECT_DOUBLE_EQ(work_of(Latency{LatencyKind::kPointerChase, 1000, 1 << 30}).bytes, 0);
}

TEST(LatencyCase, IsNamed) {
  test::expect_named(Latency{LatencyKind::kPointerChase, 1000, 64 << 10},
                     "latency/pointer_chase/64KiB/x:1000");
  test::expect_named(Latency{LatencyKind::kPointerChaseFar, 1000, 8 << 20},
                     "latency/pointer_chase_far/8MiB/x:1000");
  test::expect_named(Latency{LatencyKind::kKernelLaunch, 500, 0}, "latency/kernel_launch/x:500");
}

}  // namespace
}  // namespace gpugauge
