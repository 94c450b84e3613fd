#include "kernels/cuda/machine/hopper.hpp"
#include "tests/emulated/library_call.hpp"
#include "tests/unit/emulated/runtime/emulated_device.hpp"

// Programmatic launches: what starts before the launch before it has ended waits for it.
namespace gpugauge::emulated {
namespace {

using testing::HasSubstr;

constexpr int kCount = 64;

struct Waits {
  static constexpr bool kWaits = true, kAllows = true;
};
struct DoesNotWait {
  static constexpr bool kWaits = false, kAllows = true;
};
struct WaitsAndAllowsLate {
  static constexpr bool kWaits = true, kAllows = false;
};

/// Each thread adds one to its element.
template <typename How>
__global__ void step_kernel(const int* in, int* out) {
  if constexpr (How::kAllows) allow_next();
  if constexpr (How::kWaits) wait_for_previous();
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  out[i] = in[i] + 1;
}

/// One thread waits for the launch before, the others for it.
__global__ void led_step_kernel(const int* in, int* out) {
  if (threadIdx.x == 0) wait_for_previous();
  __syncthreads();
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  out[i] = in[i] + 1;
}

/// Reads what it needs, and waits only then.
__global__ void late_step_kernel(const int* in, int* out) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  const int value = in[i];
  wait_for_previous();
  out[i] = value + 1;
}

class EmulatedOrder : public EmulatedDevice {
 protected:
  EmulatedOrder() {
    for (int*& array : arrays_) array = allocate<int>(kCount);
    EXPECT_EQ(cudaMemsetAsync(arrays_[0], 0, kCount * sizeof(int), stream_), cudaSuccess);
  }
  template <typename Kernel>
  void step(Stream on, Kernel kernel, int from) {
    const auto at = static_cast<std::size_t>(from);
    launch(on, "step", kernel, {.blocks = 8, .threads = kCount / 8}, arrays_[at], arrays_[at + 1]);
  }
  std::string broken_at_the_end() {
    return broken_by([&] { (void)cudaStreamSynchronize(stream_); });
  }
  int* arrays_[5];
};

TEST_F(EmulatedOrder, WhoWaitsIsRight) {
  step(stream(), step_kernel<Waits>, 0);
  step(overlapping(), step_kernel<Waits>, 1);
  step(overlapping(), led_step_kernel, 2);
  step(overlapping(), step_kernel<WaitsAndAllowsLate>, 3);
  EXPECT_THAT(read(arrays_[4], kCount), testing::Each(4));
}

TEST_F(EmulatedOrder, AMissingWaitIsCaught) {
  step(stream(), step_kernel<Waits>, 0);
  step(overlapping(), step_kernel<DoesNotWait>, 1);
  EXPECT_THAT(broken_at_the_end(),
              testing::AllOf(HasSubstr("step_kernel<emulated::DoesNotWait>"),
                             HasSubstr("which a launch before it writes, without a "
                                       "wait_for_previous before")));
}

TEST_F(EmulatedOrder, AReadBeforeTheWaitIsCaught) {
  step(stream(), step_kernel<Waits>, 0);
  step(overlapping(), late_step_kernel, 1);
  EXPECT_THAT(broken_at_the_end(), HasSubstr("without a wait_for_previous before"));
}

TEST_F(EmulatedOrder, AMissingWaitIsCaughtWhereTheValuesAreRightByChance) {
  for (int round = 0; round < 2; ++round) {  // the second finds what the first left
    step(stream(), step_kernel<Waits>, 0);
    step(stream(), step_kernel<Waits>, 1);
  }
  ASSERT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
  step(stream(), step_kernel<Waits>, 0);
  step(overlapping(), step_kernel<DoesNotWait>, 1);
  EXPECT_THAT(broken_at_the_end(), HasSubstr("reads 4 bytes"));
}

TEST_F(EmulatedOrder, AWriteBeforeTheWaitOfWhatIsStillReadIsCaught) {
  step(stream(), step_kernel<Waits>, 1);
  step(overlapping(), step_kernel<DoesNotWait>, 0);  // writes what the one before reads
  EXPECT_THAT(broken_at_the_end(), HasSubstr("which a launch before it reads"));
}

TEST_F(EmulatedOrder, TheWaitOfALaunchBetweenDoesNotCoverWhatItDidNotWaitFor) {
  // The second touches nothing of the first and need not wait, but then the third, which waits for
  // the second alone, may find the first under way.
  step(stream(), step_kernel<Waits>, 0);
  step(overlapping(), step_kernel<DoesNotWait>, 3);
  step(overlapping(), step_kernel<Waits>, 1);
  EXPECT_THAT(broken_at_the_end(),
              HasSubstr("the launch between the two never waited for that one"));
}

TEST_F(EmulatedOrder, WithoutOverlapNobodyNeedsToWait) {
  step(stream(), step_kernel<DoesNotWait>, 0);
  step(stream(), step_kernel<DoesNotWait>, 1);
  EXPECT_THAT(read(arrays_[2], kCount), testing::Each(2));
}

TEST_F(EmulatedOrder, AfterAnEventNobodyNeedsToWait) {
  cudaEvent_t event = nullptr;
  ASSERT_EQ(cudaEventCreate(&event), cudaSuccess);
  step(stream(), step_kernel<Waits>, 0);
  step(overlapping(), step_kernel<Waits>, 1);
  ASSERT_EQ(cudaEventRecord(event, stream_), cudaSuccess);
  step(overlapping(), step_kernel<DoesNotWait>, 2);
  EXPECT_THAT(read(arrays_[3], kCount), testing::Each(3));
  EXPECT_EQ(cudaEventDestroy(event), cudaSuccess);
}

TEST_F(EmulatedOrder, WhatALibraryWritesIsWaitedForToo) {
  const LibraryCall call{.name = "library", .run = [] {}, .writes = {{arrays_[1], kCount * 4}}};
  ASSERT_EQ(emulated_enqueue_library_call(stream_, call), 0);
  step(overlapping(), step_kernel<DoesNotWait>, 1);
  EXPECT_THAT(broken_at_the_end(), HasSubstr("which a launch before it writes"));
}

// ---- clusters
// --------------------------------------------------------------------------------------

struct Barriers {
  SharedBarrier full;
};

/// The blocks of a cluster arrive at each other's barrier, and end.
template <bool releases>
__global__ void farewell_kernel() {
  auto& shared = shared_memory<Barriers>();
  if (threadIdx.x == 0) {
    barrier_init(&shared.full, 1);
    barrier_init_fence();
  }
  cluster_meet();
  if (threadIdx.x == 0) barrier_arrive_in(&shared.full, 1 - cluster_rank());
  if constexpr (releases) {
    cluster_sync();
  } else {
    cluster_meet();
  }
}

/// A block ends while the other one may still arrive at its barrier.
__global__ void deserter_kernel() {
  auto& shared = shared_memory<Barriers>();
  if (threadIdx.x == 0) {
    barrier_init(&shared.full, 1);
    barrier_init_fence();
  }
  cluster_meet();
  if (threadIdx.x == 0 && cluster_rank() == 1) barrier_arrive_in(&shared.full, 0);
}

class EmulatedCluster : public EmulatedDevice {
 protected:
  static constexpr LaunchShape kShape{
      .blocks = 6, .threads = 32, .shared_bytes = sizeof(Barriers), .cluster = 2};
};

TEST_F(EmulatedCluster, ABlockMayEndAfterAClusterBarrierThatReleases) {
  launch(stream(), "farewell", farewell_kernel<true>, kShape);
  EXPECT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
}

TEST_F(EmulatedCluster, ABarrierThatDoesNotReleaseIsCaught) {
  launch(stream(), "farewell", farewell_kernel<false>, kShape);
  EXPECT_THAT(broken_by([&] { (void)cudaStreamSynchronize(stream_); }),
              HasSubstr("no cluster_sync that releases lies between"));
}

TEST_F(EmulatedCluster, ABlockThatEndsBeforeItsPeerArrivesIsCaught) {
  launch(stream(), "deserter", deserter_kernel, kShape);
  EXPECT_THAT(broken_by([&] { (void)cudaStreamSynchronize(stream_); }),
              testing::AnyOf(HasSubstr("no cluster_sync that releases lies between"),
                             HasSubstr("a block that has ended")));
}

}  // namespace
}  // namespace gpugauge::emulated
