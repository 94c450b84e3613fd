#include <gmock/gmock.h>

#include <functional>

#include "kernels/cuda/memory/memory.hpp"
#include "kernels/cuda/memory/stream_grid.hpp"
#include "kernels/implementation.hpp"
#include "kernels/reference/memory_reference.hpp"
#include "tests/gpu/gpu_test.hpp"

namespace gpugauge {
namespace {

using testing::Each;
using testing::Eq;

/// Writes one page of its own for each slot.
class PageWriter final : public Workload {
 public:
  PageWriter(Device& device, int slots, Timing timing = Timing::kDeviceGraph)
      : slots_(slots),
        timing_(timing),
        pages_(device.allocate(slots * std::int64_t{stream_grid::kPageBytes})) {}

  int slots() const override { return slots_; }
  Timing timing() const override { return timing_; }
  void enqueue(Stream stream, int slot) override {
    if (fail_at_ == enqueued_++) throw EnvironmentError("planted");
    launch_stream(stream, MemoryPattern::kWrite, {.out = page(slot)}, 1, 1);
  }
  void poison() override {}
  Verification verify(const Launches&) override { return {}; }

  void* page(int slot) const {
    return static_cast<char*>(pages_.data()) + slot * std::int64_t{stream_grid::kPageBytes};
  }
  std::int64_t bytes() const { return pages_.bytes(); }
  int enqueued() const { return enqueued_; }
  /// Makes the n-th launch from now throw.
  void fail_at(int nth) { fail_at_ = enqueued_ + nth; }

 private:
  int slots_;
  Timing timing_;
  Buffer pages_;
  int enqueued_ = 0;
  int fail_at_ = -1;
};

class CudaReplayTest : public GpuTest {
 protected:
  void expect_all_written(const PageWriter& writer) {
    EXPECT_THAT(fetch<float>(writer.page(0), static_cast<std::size_t>(writer.bytes()) / 4),
                Each(Eq(kMemoryWriteValue)));
  }
};

TEST_F(CudaReplayTest, RoundsLaunchesUpToWholeRotationsOrEqualPartsOfOne) {
  PageWriter writer(device(), 3);
  EXPECT_EQ(device().capture(writer, 1)->launches(), 1);
  EXPECT_EQ(device().capture(writer, 2)->launches(), 3);
  EXPECT_EQ(device().capture(writer, 3)->launches(), 3);
  EXPECT_EQ(device().capture(writer, 7)->launches(), 9);
}

TEST_F(CudaReplayTest, EnqueuesOnceToLoadAndThenOnlyToCapture) {
  PageWriter writer(device(), 3);
  const auto replay = device().capture(writer, 6);
  EXPECT_EQ(writer.enqueued(), 1 + 6);
  (void)replay->run();
  EXPECT_EQ(writer.enqueued(), 1 + 6);
}

TEST_F(CudaReplayTest, EveryRunLaunchesEverySlotAndTakesTime) {
  PageWriter writer(device(), 5);
  const auto replay = device().capture(writer, 5);
  for (int run = 0; run < 3; ++run) {
    device().poison(writer.page(0), writer.bytes());
    const Sample sample = replay->run();
    EXPECT_GT(sample.seconds, 0.0);
    EXPECT_LT(sample.seconds, 10.0);
    expect_all_written(writer);
  }
}

TEST_F(CudaReplayTest, ByTheHostsClockEveryRunEnqueuesWholeRotations) {
  PageWriter writer(device(), 3, Timing::kHostClock);
  const auto replay = device().capture(writer, 4);
  EXPECT_EQ(replay->launches(), 6);
  for (int run = 0; run < 2; ++run) {
    device().poison(writer.page(0), writer.bytes());
    const int before = writer.enqueued();
    const Sample sample = replay->run();
    EXPECT_EQ(writer.enqueued() - before, 6);
    EXPECT_GT(sample.seconds, 1e-6);
    EXPECT_LT(sample.seconds, 10.0);
    expect_all_written(writer);
  }
}

TEST_F(CudaReplayTest, TwoReplaysLiveSideBySide) {
  PageWriter first(device(), 2), second(device(), 3);
  const auto replay_first = device().capture(first, 2);
  const auto replay_second = device().capture(second, 3);
  EXPECT_GT(replay_first->run().seconds, 0.0);
  EXPECT_GT(replay_second->run().seconds, 0.0);
  EXPECT_GT(replay_first->run().seconds, 0.0);
  expect_all_written(first);
  expect_all_written(second);
}

TEST_F(CudaReplayTest, AnExceptionInACaptureLeavesTheDeviceUsable) {
  PageWriter writer(device(), 3);
  writer.fail_at(2);  // the first launch is outside of the capture
  EXPECT_THROW(device().capture(writer, 3), EnvironmentError);
  EXPECT_NO_THROW(device().synchronize());
  EXPECT_GT(device().capture(writer, 3)->run().seconds, 0.0);
  expect_all_written(writer);
}

}  // namespace
}  // namespace gpugauge
