// Links what is in builds with CUDA only.
#if GPUGAUGE_HAS_CUDA

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "kernels/cuda/linear/linear_plan.hpp"

// A model of what a decode step of Llama-3.1-8B in FP8 at batch 1 loses on an H100 SXM between its
// linears. Its times are estimates, none was measured: what the headers of decode_step.cpp and
// linear_stream_sm90a.cu say is what it gives.

namespace gpugauge {
namespace {

constexpr int kMultiprocessors = 132, kLayers = 32;
constexpr std::int64_t kCacheBytes = 50 << 20;
constexpr double kReadBytesPerUs = 3.05e6;  // 3.0 to 3.1 TB/s
constexpr double kHeadBytes = 128256.0 * 4096 * 2;

// From the last weights of a linear to the first product of the next, in µs.
constexpr double kLastStage = 0.5, kRelease = 1.0, kActivations = 0.7;
constexpr double kSmallKernel = 1.6, kRotationAndAttention = 6.0;
constexpr double kPartials = 2.0, kSharedSums = 0.3;

struct Choice {
  bool whole_tiles, prefetch;
};

/// Idle µs of a layer. Two linears are on an SM at once, so that during a turn the one after the
/// next fetches what it may before it begins: its ring, and what it asks L2 for.
double idle_us(const Choice& choice) {
  constexpr std::array<LinearShape, 4> kLinears{
      {{1, 6144, 4096, DType::kFp8E4m3, DType::kFp8E4m3},
       {1, 4096, 4096, DType::kFp8E4m3, DType::kFp8E4m3},
       {1, 28672, 4096, DType::kFp8E4m3, DType::kFp8E4m3},
       {1, 4096, 14336, DType::kFp8E4m3, DType::kFp8E4m3}}};
  double idle = 0;
  for (std::size_t i = 0; i < kLinears.size(); ++i) {
    const LinearShape& ahead = kLinears[(i + 2) % kLinears.size()];
    const LinearPlan plan = choice.whole_tiles ? plan_linear_hopper(ahead, kMultiprocessors)
                                               : plan_linear(ahead, kMultiprocessors);
    const std::int64_t prefetched =
        choice.prefetch ? linear_prefetch_steps(plan, kCacheBytes) * plan.step_bytes() : 0;
    const double bytes = static_cast<double>(
        std::min(plan.split.blocks * (kLinearRingBytes + prefetched), ahead.n * ahead.k));
    const double turn = kLastStage + (choice.whole_tiles ? kSharedSums : kPartials) + kRelease +
                        (i == 0 ? kRotationAndAttention : kSmallKernel) + kRelease + kActivations;
    idle += std::max(0.0, turn - bytes / kReadBytesPerUs);
  }
  return idle;
}

double tokens_per_second(const Choice& choice) {
  constexpr double kLayerBytes = 4096.0 * (6144 + 4096 + 28672 + 14336);
  const double us =
      kLayers * (kLayerBytes / kReadBytesPerUs + idle_us(choice)) + kHeadBytes / kReadBytesPerUs;
  return 1e6 / us;
}

TEST(StepIdle, WasASixthOfTheStep) {
  const Choice before{.whole_tiles = false, .prefetch = false};
  EXPECT_NEAR(idle_us(before), 15.3, 0.5);
  EXPECT_NEAR(tokens_per_second(before), 322, 2);
}

TEST(StepIdle, IsLessWithWholeTilesAndNearlyNoneWithWhatL2Holds) {
  const Choice whole{.whole_tiles = true, .prefetch = false};
  EXPECT_NEAR(idle_us(whole), 8.5, 0.5);
  EXPECT_NEAR(tokens_per_second(whole), 345, 2);
  const Choice prefetch{.whole_tiles = false, .prefetch = true};
  EXPECT_NEAR(idle_us(prefetch), 3, 0.5);
  EXPECT_NEAR(tokens_per_second(prefetch), 368, 2);
  const Choice both{.whole_tiles = true, .prefetch = true};
  EXPECT_LT(idle_us(both), 0.5);
  EXPECT_NEAR(tokens_per_second(both), 380, 3);
}

}  // namespace
}  // namespace gpugauge

#endif  // GPUGAUGE_HAS_CUDA
