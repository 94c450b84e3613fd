#include <gmock/gmock.h>

#include <algorithm>

#include "harness/base/byte_size.hpp"
#include "kernels/cuda/latency/latency.hpp"
#include "kernels/implementation.hpp"
#include "kernels/reference/pointer_chase_reference.hpp"
#include "tests/gpu/gpu_test.hpp"

namespace gpugauge {

std::span<const Implementation> cuda_latency();

namespace {

constexpr CaseOptions kHot{.cache = CacheState::kHot};

class CudaLatencyTest : public GpuTest {
 protected:
  const Implementation& native() { return cuda_latency().front(); }

  /// Verified; nanoseconds for each load or launch, the best of a few replays.
  double verified_ns(const Latency& op) {
    SCOPED_TRACE(testing::Message() << kind_path(op) << " " << shape_path(op));
    EXPECT_EQ(native().supports(op, device().info()), std::nullopt);
    const auto workload = native().make(op, device(), kHot);
    const auto replay = device().capture(*workload, 1);
    double seconds = replay->run().seconds;
    for (int i = 0; i < 5; ++i) seconds = std::min(seconds, replay->run().seconds);
    const Verification verification = verify_replay(*workload, *replay);
    EXPECT_TRUE(verification.passed) << verification.reason;
    return seconds * 1e9 / static_cast<double>(op.count);
  }

  static Latency chase(std::int64_t bytes, std::int64_t count) {
    return {.kind = LatencyKind::kPointerChase, .count = count, .bytes = bytes};
  }
};

TEST_F(CudaLatencyTest, ChasesOfEverySizeAreVerified) {
  for (std::int64_t bytes :
       sizes({256, 384, 16 << 10, (1 << 20) + 128, 64 << 20}, {256, 384, 16 << 10})) {
    for (std::int64_t count : {std::int64_t{1}, std::int64_t{7}, size(10'000, 500)})
      EXPECT_GT(verified_ns(chase(bytes, count)), 0.0);
  }
}

TEST_F(CudaLatencyTest, FartherMemoryAnswersLater) {
  if (emulated()) GTEST_SKIP() << kModelled;
  const std::int64_t cache = device().info().cache_bytes;
  const double in_l1 = verified_ns(chase(16 << 10, 1 << 16));
  const double in_l2 = verified_ns(chase(cache / 8, 1 << 16));
  const double in_memory = verified_ns(chase(8 * cache, 1 << 16));
  RecordProperty("l1_ns", std::to_string(in_l1));
  RecordProperty("l2_ns", std::to_string(in_l2));
  RecordProperty("memory_ns", std::to_string(in_memory));
  EXPECT_GT(in_l1, 5.0);
  EXPECT_GT(in_l2, 2 * in_l1);
  EXPECT_GT(in_memory, 1.3 * in_l2);
  EXPECT_LT(in_memory, 5000.0);
}

TEST_F(CudaLatencyTest, LaunchesGoOnWhereTheLastOneEnded) {
  constexpr std::int64_t kLines = 1000;
  const auto cycle = random_cycle(kLines, 3);
  const Buffer next = device().allocate(kLines * 4);
  const Buffer lines = device().allocate(kLines * kChaseLineBytes);
  const Buffer position = device().allocate(8);
  const auto first = reinterpret_cast<std::uint64_t>(lines.data());
  device().copy_to_device(next.data(), cycle.data(), next.bytes());
  device().copy_to_device(position.data(), &first, 8);
  launch_link(device().stream(), lines.data(), static_cast<const std::uint32_t*>(next.data()),
              kLines);
  for (std::int64_t steps : {300, 500, 7}) {
    launch_chase(device().stream(), static_cast<std::uint64_t*>(position.data()), steps);
  }
  EXPECT_EQ(fetch<std::uint64_t>(position.data(), 1).front(),
            first + walk(cycle, 0, 807) * kChaseLineBytes);
}

TEST_F(CudaLatencyTest, NearAndFarL2AreVerified) {
  if (emulated()) GTEST_SKIP() << kModelled;
  for (std::int64_t bytes : {std::int64_t{1} << 20, device().info().cache_bytes / 3 + 17}) {
    const Latency near{.kind = LatencyKind::kPointerChaseNear, .count = 1 << 16, .bytes = bytes};
    Latency far = near;
    far.kind = LatencyKind::kPointerChaseFar;
    const double near_ns = verified_ns(near);
    const double far_ns = verified_ns(far);
    const std::string size = format_bytes_exact(bytes);
    RecordProperty("near_ns_" + size, std::to_string(near_ns));
    RecordProperty("far_ns_" + size, std::to_string(far_ns));
    RecordProperty("probe_" + size, native().make(far, device(), kHot)->details());
    EXPECT_GT(near_ns, 20.0);
    EXPECT_GT(far_ns, 0.9 * near_ns);
    EXPECT_LT(far_ns, 1000.0);
  }
}

TEST_F(CudaLatencyTest, AChaseThatIsBoundIsWalkedOnEachMultiprocessor) {
  constexpr std::int64_t kLines = 1000;
  const auto cycle = random_cycle(kLines, 3);
  const Buffer next = device().allocate(kLines * 4);
  const Buffer lines = device().allocate(kLines * kChaseLineBytes);
  const Buffer state = device().allocate(sizeof(BoundChase));
  const auto first = reinterpret_cast<std::uint64_t>(lines.data());
  device().copy_to_device(next.data(), cycle.data(), next.bytes());
  launch_link(device().stream(), lines.data(), static_cast<const std::uint32_t*>(next.data()),
              kLines);
  const int processors = device().info().compute_units;
  for (int processor : {0, 1, processors / 2, processors - 1, 1 << 20}) {
    const bool exists = processor < processors;
    BoundChase chase{
        .line = first, .asked = 0, .walked = 0, .processor = static_cast<std::uint32_t>(processor)};
    device().copy_to_device(state.data(), &chase, sizeof chase);
    const std::int64_t launches = size(50, 5), walked = 100 * launches;
    for (std::int64_t launch = 0; launch < launches; ++launch) {
      launch_bound_chase(device().stream(), static_cast<BoundChase*>(state.data()), 100, processors,
                         bound_chase_shared_bytes());
    }
    chase = fetch<BoundChase>(state.data(), 1).front();
    EXPECT_EQ(chase.asked, walked);
    EXPECT_EQ(chase.walked, exists ? walked : 0) << processor;
    EXPECT_EQ(chase.line, first + walk(cycle, 0, exists ? walked : 0) * kChaseLineBytes);
  }
}

TEST_F(CudaLatencyTest, KernelsAreLaunchedOneByOneAndInAGraph) {
  const Latency launch{.kind = LatencyKind::kKernelLaunch, .count = 1000, .bytes = 0};
  const Latency node{.kind = LatencyKind::kGraphNode, .count = 1000, .bytes = 0};
  EXPECT_EQ(native().make(launch, device(), {})->timing(), Timing::kHostClock);
  EXPECT_EQ(native().make(node, device(), {})->timing(), Timing::kDeviceGraph);
  const double launch_ns = verified_ns(launch);
  const double node_ns = verified_ns(node);
  if (emulated()) return;
  EXPECT_GT(launch_ns, 500.0);
  EXPECT_LT(launch_ns, 100'000.0);
  EXPECT_GT(node_ns, 200.0);
  EXPECT_LT(node_ns, launch_ns * 2);
}

TEST_F(CudaLatencyTest, AChaseInsideTheCacheIsNotCold) {
  EXPECT_THROW(native().make(chase(device().info().cache_bytes / 2, 100), device(), {}),
               EnvironmentError);
  EXPECT_NO_THROW(native().make(chase(2 * device().info().cache_bytes, 100), device(), {}));
}

TEST_F(CudaLatencyTest, RefusesWhatItCannotDo) {
  EXPECT_NE(native().supports(chase(255, 1), device().info()), std::nullopt);
  EXPECT_NE(native().supports(chase(1 << 20, 0), device().info()), std::nullopt);
  EXPECT_NE(native().supports(chase(std::int64_t{1} << 50, 1), device().info()), std::nullopt);
  for (LatencyKind kind : {LatencyKind::kPointerChaseNear, LatencyKind::kPointerChaseFar}) {
    for (std::int64_t bytes : {std::int64_t{1} << 16, 2 * device().info().cache_bytes}) {
      EXPECT_NE(native().supports(Latency{kind, 1, bytes}, device().info()), std::nullopt);
    }
  }
}

}  // namespace
}  // namespace gpugauge
