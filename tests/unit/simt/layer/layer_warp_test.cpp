#include <gmock/gmock.h>

#include <bit>
#include <string>
#include <vector>

#include "tests/simt/hopper.hpp"
#include "tests/simt/intrinsics.hpp"
#include "tests/simt/simt.hpp"

namespace gpugauge {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;

constexpr unsigned kAll = 0xFFFFFFFFU;

/// Runs a lambda as one warp and gives what each lane returned.
template <auto body>
auto of_lanes() {
  using T = decltype(body(0));
  return simt::in_all_schedules([] {
    std::vector<T> out(32);
    launch(
        Stream{}, "lanes", +[](T* result) { result[threadIdx.x] = body(int(threadIdx.x)); },
        {.threads = 32}, out.data());
    return out;
  });
}

std::string error_of(auto body) {
  try {
    body();
  } catch (const simt::Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(SimtShuffle, ReadsTheLaneThatEachKindNames) {
  const auto index = of_lanes<[](int lane) { return __shfl_sync(kAll, lane, lane + 5); }>();
  const auto segment = of_lanes<[](int lane) { return __shfl_sync(kAll, lane, 3, 8); }>();
  const auto exclusive = of_lanes<[](int lane) { return __shfl_xor_sync(kAll, lane, 5); }>();
  const auto up = of_lanes<[](int lane) { return __shfl_up_sync(kAll, lane, 3, 16); }>();
  const auto down = of_lanes<[](int lane) { return __shfl_down_sync(kAll, 10.0 * lane, 3); }>();
  for (int lane = 0; lane < 32; ++lane) {
    const auto i = static_cast<std::size_t>(lane);
    EXPECT_EQ(index[i], (lane + 5) % 32);
    EXPECT_EQ(segment[i], lane / 8 * 8 + 3);
    EXPECT_EQ(exclusive[i], lane ^ 5);
    EXPECT_EQ(up[i], lane % 16 < 3 ? lane : lane - 3);
    EXPECT_EQ(down[i], 10.0 * (lane > 28 ? lane : lane + 3));
  }
}

TEST(SimtVote, CountsLanesOfTheMask) {
  EXPECT_THAT((of_lanes<[](int lane) { return __ballot_sync(kAll, lane % 3 == 0); }>()),
              Each(0x49249249U));
  EXPECT_THAT((of_lanes<[](int lane) { return __any_sync(kAll, lane == 4); }>()), Each(1));
  EXPECT_THAT((of_lanes<[](int lane) { return __all_sync(kAll, lane == 4); }>()), Each(0));
  EXPECT_THAT((of_lanes<[](int lane) {
                const unsigned half = lane < 16 ? 0xFFFFU : 0xFFFF0000U;
                return __ballot_sync(half, lane % 16 == 2) - (lane < 16 ? 4U : 4U << 16);
              }>()),
              Each(0U));
}

TEST(SimtReduction, CombinesLanes) {
  EXPECT_THAT((of_lanes<[](int lane) { return __reduce_add_sync(kAll, lane); }>()), Each(496));
  EXPECT_THAT((of_lanes<[](int lane) { return __reduce_max_sync(kAll, lane - 40); }>()), Each(-9));
  EXPECT_THAT((of_lanes<[](int lane) { return __reduce_min_sync(kAll, lane - 40); }>()), Each(-40));
  EXPECT_THAT((of_lanes<[](int) { return __reduce_add_sync(kAll, 0x10000001U); }>()),
              Each(32U));  // wraps
}

__global__ void atomics_kernel(unsigned* counters, float* sum) {
  atomicAdd(&counters[0], 1U);
  atomicMax(&counters[1], threadIdx.x * 7 % 61);
  atomicMin(&counters[2], 1000 - threadIdx.x);
  atomicCAS(&counters[3], threadIdx.x, threadIdx.x + 1);
  atomicExch(&counters[4], 9);
  atomicInc(&counters[5], 9);
  atomicAdd(sum, 0.5F);
}

TEST(SimtAtomics, AddUpOverBlocks) {
  std::vector<unsigned> counters{0, 0, 5000, 0, 0, 0};
  float sum = 0;
  launch(Stream{}, "atomics", atomics_kernel, {.blocks = 3, .threads = 100}, counters.data(), &sum);
  EXPECT_EQ(counters, (std::vector<unsigned>{300, 60, 901, 100, 9, 0}));
  EXPECT_EQ(sum, 150.0F);
}

TEST(SimtDivergence, IsReported) {
  EXPECT_THAT(error_of([] {
                launch(Stream{}, "apart",
                       +[] {
                         if (threadIdx.x < 16) {
                           __syncwarp();
                         } else {
                           __shfl_sync(kAll, 1, 0);
                         }
                       },
                       {.threads = 32});
              }),
              AllOf(HasSubstr("lane 16 is at __shfl_sync"),
                    HasSubstr("lanes 0x0000ffff of the same mask at __syncwarp")));
  EXPECT_THAT(error_of([] {
                launch(Stream{}, "gone",
                       +[] {
                         if (threadIdx.x > 0) __syncwarp();
                       },
                       {.threads = 32});
              }),
              HasSubstr("lanes 0x00000001 have ended"));
  EXPECT_THAT(error_of([] {
                launch(Stream{}, "going",
                       +[] {
                         if (threadIdx.x < 31) __syncwarp();
                       },
                       {.threads = 32});
              }),
              HasSubstr("thread 31, schedule ascending: ended while other lanes of its warp"));
  EXPECT_THAT(
      error_of([] { launch(Stream{}, "outside", +[] { __syncwarp(0xFFFFU); }, {.threads = 32}); }),
      HasSubstr("leaves out the lane that calls it"));
  EXPECT_THAT(error_of([] {
                launch(Stream{}, "reads",
                       +[] {
                         if (threadIdx.x < 8) __shfl_sync(0xFFU, 1, 9);
                       },
                       {.threads = 32});
              }),
              HasSubstr("reads lane 9, which is not in its mask"));
}

TEST(SimtWarp, MeetsInNestedMasks) {
  EXPECT_THAT((of_lanes<[](int lane) {
                int value = lane;
                if (lane < 16) value = __reduce_add_sync(0xFFFFU, value);
                return __reduce_max_sync(kAll, value);
              }>()),
              Each(120));
}

template <int Fetcher, int Multiplier>
void share_registers() {
  if (threadIdx.x < 128) {
    give_registers<Fetcher>();
  } else {
    take_registers<Multiplier>();
  }
}

TEST(SimtWarp, HasNoMoreRegistersThanTheBlock) {
  EXPECT_EQ(
      error_of([] { launch(Stream{}, "shares", share_registers<40, 232>, {.threads = 384}); }),
      "no error");
  EXPECT_THAT(
      error_of([] { launch(Stream{}, "waits", share_registers<32, 240>, {.threads = 384}); }),
      HasSubstr("want 2048 registers a lane together, of 2016"));
}

TEST(SimtMath, FollowsCuda) {
  EXPECT_EQ(__byte_perm(0x33221100U, 0x77665544U, 0x7140U), 0x77114400U);
  EXPECT_EQ(__byte_perm(0x80U, 0U, 0x8888U), 0xFFFFFFFFU);
  EXPECT_EQ(__dp4a(0x01FF7F80, 0x02030405, 10), 10 + 2 - 3 + 127 * 4 - 128 * 5);
  EXPECT_EQ(__funnelshift_r(0x89ABCDEFU, 0x01234567U, 8), 0x6789ABCDU);
  EXPECT_EQ(__funnelshift_l(0x89ABCDEFU, 0x01234567U, 8), 0x23456789U);
  EXPECT_EQ(__ffs(0), 0);
  EXPECT_EQ(__ffs(8), 4);
  EXPECT_EQ(__clz(1), 31);
  EXPECT_EQ(min(3, 4U), 3U);
  EXPECT_EQ(max(-1.0F, 2), 2.0F);
}

}  // namespace
}  // namespace gpugauge
