#include <gmock/gmock.h>

#include <numeric>
#include <string>
#include <vector>

#include "tests/simt/hopper.hpp"
#include "tests/simt/simt.hpp"

namespace gpugauge {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;

std::string error_of(auto body) {
  try {
    body();
  } catch (const simt::Error& error) {
    return error.what();
  }
  return "no error";
}

std::vector<std::uint32_t> numbers(std::size_t count) {
  std::vector<std::uint32_t> values(count);
  std::iota(values.begin(), values.end(), 1U);
  return values;
}

struct Slots {
  uint4 slots[2][32];
};

/// Copies two groups of 16 bytes a thread, and reads when at most `Pending` groups are under way.
template <int Pending>
__global__ void copy_async_kernel(const uint4* in, std::uint32_t* out) {
  auto& shared = shared_memory<Slots>();
  const unsigned i = threadIdx.x;
  copy_async_16(&shared.slots[0][i], &in[i]);
  copy_async_commit();
  copy_async_16(&shared.slots[1][i], &in[32 + i], i % 2 == 0);
  copy_async_commit();
  copy_async_wait<Pending>();
  out[i] = shared.slots[0][i].x;
  out[32 + i] = shared.slots[1][i].w;
}

template <int Pending>
std::vector<std::uint32_t> copied_async() {
  const auto in = numbers(64 * 4);
  return simt::in_all_schedules([&] {
    std::vector<std::uint32_t> out(64);
    launch(Stream{}, "copy_async", copy_async_kernel<Pending>,
           {.threads = 32, .shared_bytes = sizeof(Slots)},
           reinterpret_cast<const uint4*>(in.data()), out.data());
    return out;
  });
}

TEST(SimtCopyAsync, ArrivesAtTheWait) {
  const auto out = copied_async<0>();
  for (std::uint32_t i = 0; i < 32; ++i) {
    EXPECT_EQ(out[i], 4 * i + 1);
    EXPECT_EQ(out[32 + i], i % 2 == 0 ? 4 * (32 + i) + 4 : 0);
  }
}

TEST(SimtCopyAsync, ArrivesNoSooner) {
  EXPECT_THAT(error_of(copied_async<1>), HasSubstr("element 32 differs"));
  EXPECT_THAT(error_of(copied_async<2>), HasSubstr("element 0 differs"));
}

TEST(SimtCopyAsync, RefusesMisalignedAddresses) {
  const auto copy = [](int to, int from) {
    return error_of([&] {
      alignas(16) unsigned char data[32] = {};
      launch(
          Stream{}, "misaligned",
          +[](unsigned char* in, int s, int g) {
            copy_async_16(&shared_memory<unsigned char[32]>()[s], in + g);
          },
          {.shared_bytes = 32}, data, to, from);
    });
  };
  EXPECT_EQ(copy(16, 16), "no error");
  EXPECT_THAT(copy(8, 0), HasSubstr("to shared memory: the address is not a multiple of 16"));
  EXPECT_THAT(copy(0, 4), HasSubstr("from device memory: the address is not a multiple of 16"));
  EXPECT_THAT(copy(32, 0), HasSubstr("not in the 32 bytes"));
}

constexpr int kPieces = 7, kStages = 3, kPieceWords = 64;
struct Ring {
  alignas(128) std::uint32_t stages[kStages][kPieceWords];
  SharedBarrier full[kStages], empty[kStages];
};

enum class Mistake {
  kNone,
  kNoWaitForFull,
  kNoWaitForEmpty,
  kNoFence,
  kNeverReleased,
  kTwoArrivals
};

/// A producer thread and a consumer warp on a ring of stages; each lane sums its words.
template <Mistake mistake>
__global__ void ring_kernel(const std::uint32_t* in, std::uint32_t* out) {
  auto& ring = shared_memory<Ring>();
  if (threadIdx.x == 0) {
    for (int i = 0; i < kStages; ++i) {
      barrier_init(&ring.full[i], 1);
      barrier_init(&ring.empty[i], 32);
    }
    if (mistake != Mistake::kNoFence) barrier_init_fence();
  }
  __syncthreads();
  if (threadIdx.x == 0) {
    for (int piece = 0; piece < kPieces; ++piece) {
      const int stage = piece % kStages;
      const unsigned parity = piece / kStages % 2;
      if (mistake != Mistake::kNoWaitForEmpty) barrier_wait(&ring.empty[stage], parity ^ 1);
      barrier_arrive_expecting(&ring.full[stage], sizeof ring.stages[stage]);
      if (mistake == Mistake::kTwoArrivals) barrier_arrive(&ring.full[stage]);
      bulk_load(ring.stages[stage], in + piece * kPieceWords, sizeof ring.stages[stage],
                &ring.full[stage], l2_policy<L2Priority::kEvictFirst>());
    }
  } else if (threadIdx.x >= 32) {
    const unsigned lane = threadIdx.x % 32;
    std::uint32_t sum = 0;
    for (int piece = 0; piece < kPieces; ++piece) {
      const int stage = piece % kStages;
      if (mistake != Mistake::kNoWaitForFull) barrier_wait(&ring.full[stage], piece / kStages % 2);
      sum += ring.stages[stage][lane] + ring.stages[stage][lane + 32];
      if (mistake != Mistake::kNeverReleased) barrier_arrive(&ring.empty[stage]);
    }
    out[lane] = sum;
  }
}

template <Mistake mistake>
std::vector<std::uint32_t> ring_sums() {
  const auto in = numbers(kPieces * kPieceWords);
  return simt::in_all_schedules([&] {
    std::vector<std::uint32_t> out(32);
    launch(Stream{}, "ring", ring_kernel<mistake>, {.threads = 64, .shared_bytes = sizeof(Ring)},
           in.data(), out.data());
    return out;
  });
}

TEST(SimtBulkLoad, FeedsARing) {
  const auto out = ring_sums<Mistake::kNone>();
  for (std::uint32_t lane = 0; lane < 32; ++lane) {
    std::uint32_t sum = 0;
    for (std::uint32_t piece = 0; piece < kPieces; ++piece) {
      sum += 2 * (piece * kPieceWords + lane + 1) + 32;
    }
    EXPECT_EQ(out[lane], sum);
  }
}

TEST(SimtBulkLoad, ShowsMissingWaits) {
  EXPECT_NE(error_of(ring_sums<Mistake::kNoWaitForFull>), "no error");
  EXPECT_NE(error_of(ring_sums<Mistake::kNoWaitForEmpty>), "no error");
  EXPECT_THAT(error_of(ring_sums<Mistake::kNoFence>), HasSubstr("without a barrier_init_fence"));
  EXPECT_THAT(error_of(ring_sums<Mistake::kTwoArrivals>),
              HasSubstr("has more arrivals than the 1 of a phase"));
  EXPECT_THAT(error_of(ring_sums<Mistake::kNeverReleased>),
              AllOf(HasSubstr("deadlock: "),
                    HasSubstr("1 thread waits at mbarrier at byte 792, phase of parity 0,"),
                    HasSubstr("32 threads wait at mbarrier at byte 768, phase of parity 1,")));
}

TEST(SimtBulkLoad, MustBeWaitedFor) {
  EXPECT_THAT(error_of([] {
                const auto in = numbers(4);
                launch(
                    Stream{}, "abandoned",
                    +[](const std::uint32_t* data) {
                      auto& ring = shared_memory<Ring>();
                      barrier_init(&ring.full[0], 1);
                      barrier_init_fence();
                      barrier_arrive_expecting(&ring.full[0], 16);
                      bulk_load(ring.stages[0], data, 16, &ring.full[0], 0);
                    },
                    {.shared_bytes = sizeof(Ring)}, in.data());
              }),
              HasSubstr("nobody waited for 1 of them"));
}

TEST(SimtBulkLoad, RefusesMisalignedAddressesAndSizes) {
  const auto load = [](int to, int from, unsigned bytes) {
    return error_of([&] {
      const auto in = numbers(16);
      launch(
          Stream{}, "misaligned",
          +[](const unsigned char* data, int s, int g, unsigned count) {
            auto& ring = shared_memory<Ring>();
            barrier_init(&ring.full[0], 1);
            barrier_init_fence();
            auto* stage = reinterpret_cast<unsigned char*>(ring.stages[0]);
            bulk_load(stage + s, data + g, count, &ring.full[0], 0);
          },
          {.shared_bytes = sizeof(Ring)}, reinterpret_cast<const unsigned char*>(in.data()), to,
          from, bytes);
    });
  };
  EXPECT_THAT(load(8, 0, 16), HasSubstr("bulk_load to shared memory: the address"));
  EXPECT_THAT(load(0, 8, 16), HasSubstr("bulk_load from device memory: the address"));
  EXPECT_THAT(load(0, 0, 24), HasSubstr("a size that 16 does not divide"));
  EXPECT_THAT(load(0, 0, 16), HasSubstr("nobody waited"));
}

TEST(SimtTransactionBarrier, MustStand) {
  const auto with = [](void (*kernel)()) {
    return error_of([&] { launch(Stream{}, "barrier", kernel, {.shared_bytes = sizeof(Ring)}); });
  };
  EXPECT_THAT(with(+[] { barrier_arrive(&shared_memory<Ring>().full[0]); }),
              HasSubstr("byte 768 of shared memory was not initialised"));
  EXPECT_THAT(with(+[] {
                barrier_init(&shared_memory<Ring>().full[0], 1);
                shared_memory<Ring>().full[0] = 0;
                barrier_arrive(&shared_memory<Ring>().full[0]);
              }),
              HasSubstr("was overwritten"));
}

template <bool fenced, bool waits>
__global__ void bulk_store_kernel(std::uint32_t* out) {
  auto& stage = shared_memory<Ring>().stages[0];
  stage[threadIdx.x] = threadIdx.x + 1;
  if (fenced) fence_async_shared();
  __syncthreads();
  if (threadIdx.x != 0) return;
  bulk_store(out, stage, sizeof stage);
  bulk_commit();
  if (waits) bulk_wait_read<0>();
  stage[5] = 0;
  bulk_wait_read<0>();
}

template <bool fenced, bool waits>
std::vector<std::uint32_t> bulk_stored() {
  return simt::in_all_schedules([] {
    std::vector<std::uint32_t> out(kPieceWords);
    launch(Stream{}, "bulk_store", bulk_store_kernel<fenced, waits>,
           {.threads = kPieceWords, .shared_bytes = sizeof(Ring)}, out.data());
    return out;
  });
}

TEST(SimtBulkStore, WritesWhatWasFenced) {
  EXPECT_EQ((bulk_stored<true, true>()), numbers(kPieceWords));
  EXPECT_THAT(error_of(bulk_stored<false, true>), HasSubstr("without a fence_async_shared"));
  EXPECT_THAT(error_of(bulk_stored<true, false>), HasSubstr("before the read was waited for"));
}

TEST(SimtBulkStore, MustHaveReadBeforeTheBlockEnds) {
  const auto store = [](bool commits) {
    return error_of([&] {
      std::vector<std::uint32_t> out(kPieceWords);
      launch(
          Stream{}, "store",
          +[](std::uint32_t* to, bool commit) {
            bulk_store(to, shared_memory<Ring>().stages[0], 16);
            if (commit) bulk_commit();
          },
          {.shared_bytes = sizeof(Ring)}, out.data(), commits);
    });
  };
  EXPECT_THAT(store(true), HasSubstr("ended without waiting until its bulk stores had read"));
  EXPECT_THAT(store(false), HasSubstr("ended with bulk stores that it had not committed"));
}

}  // namespace
}  // namespace gpugauge
