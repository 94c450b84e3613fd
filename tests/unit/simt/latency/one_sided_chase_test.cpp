#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/cuda/latency/one_sided_chase.hpp"
#include "tests/unit/simt/host_device.hpp"

// The workload in the emulation. latency_test.cpp of this program defines the launch functions.
namespace gpugauge {
namespace {

using testing::HasSubstr;

std::unique_ptr<Workload> chase_of(LatencyKind kind, Device& device) {
  return make_one_sided_chase({.kind = kind, .count = 1000, .bytes = 64 << 10}, device);
}

TEST(SimtOneSidedChase, IsVerified) {
  HostDevice device(90);
  for (LatencyKind kind : {LatencyKind::kPointerChaseNear, LatencyKind::kPointerChaseFar}) {
    const auto workload = chase_of(kind, device);
    const auto replay = device.capture(*workload, 3);
    (void)replay->run();
    const Verification verification = verify_replay(*workload, *replay);
    EXPECT_TRUE(verification.passed) << verification.reason;
    EXPECT_THAT(workload->details(), HasSubstr("204 of 512 lines; probed by atomics on SM 0"));
    EXPECT_THAT(workload->details(), HasSubstr("do not differ"));  // by a clock that counts
  }
}

}  // namespace
}  // namespace gpugauge
