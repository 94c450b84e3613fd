#include <gmock/gmock.h>

#include <numeric>
#include <string>
#include <vector>

#include "tests/simt/intrinsics.hpp"
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

__global__ void index_kernel(std::uint64_t* out) {
  const std::uint64_t block = blockIdx.x + gridDim.x * (blockIdx.y + gridDim.y * blockIdx.z);
  out[block * blockDim.x + threadIdx.x] =
      blockIdx.z << 24 | blockIdx.y << 16 | blockIdx.x << 8 | threadIdx.x;
}

TEST(SimtThreads, HaveTheirIndices) {
  const auto out = simt::in_all_schedules([] {
    std::vector<std::uint64_t> result(2 * 3 * 4 * 33, 0);
    launch(Stream{}, "index", index_kernel,
           {.blocks = 2, .blocks_y = 3, .blocks_z = 4, .threads = 33}, result.data());
    return result;
  });
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t block = i / 33;
    EXPECT_EQ(out[i], (block / 6) << 24 | (block / 2 % 3) << 16 | (block % 2) << 8 | i % 33);
  }
}

TEST(SimtThreads, PollWhileTheySleep) {
  const auto poll = [](unsigned notifier) {
    unsigned flag = 0;
    launch(
        Stream{}, "poll",
        +[](volatile unsigned* word, unsigned from) {
          if (threadIdx.x == from) *word = 1;
          while (*word == 0) __nanosleep(20);
        },
        {.threads = 32}, &flag, notifier);
  };
  poll(31);
  EXPECT_THAT(error_of([&] { poll(32); }), HasSubstr("32 threads wait at __nanosleep"));
}

struct Row {
  float values[256];
};

/// Adds 256 numbers in a tree through shared memory.
template <bool with_barriers>
__global__ void tree_kernel(const float* in, float* out) {
  auto& shared = shared_memory<Row>();
  shared.values[threadIdx.x] = in[threadIdx.x];
  for (unsigned half = 128; half > 0; half /= 2) {
    if (with_barriers || half == 128) __syncthreads();
    if (threadIdx.x < half) shared.values[threadIdx.x] += shared.values[threadIdx.x + half];
  }
  if (threadIdx.x == 0) *out = shared.values[0];
}

template <bool with_barriers>
std::vector<float> tree_sum() {
  std::vector<float> in(256);
  std::iota(in.begin(), in.end(), 1.0F);
  return simt::in_all_schedules([&] {
    std::vector<float> out(1);
    launch(Stream{}, "tree", tree_kernel<with_barriers>,
           {.threads = 256, .shared_bytes = sizeof(Row)}, in.data(), out.data());
    return out;
  });
}

TEST(SimtBarriers, OrderThreads) { EXPECT_EQ(tree_sum<true>(), (std::vector{32896.0F})); }

TEST(SimtBarriers, AreMissed) {
  EXPECT_THAT(error_of(tree_sum<false>), HasSubstr("a barrier is missing"));
}

__global__ void unwritten_kernel(float* out) {
  auto& shared = shared_memory<Row>();
  if (threadIdx.x < 31) shared.values[threadIdx.x] = 1.0F;
  __syncthreads();
  out[threadIdx.x] = shared.values[threadIdx.x];
}

TEST(SimtSharedMemory, ShowsReadsOfWhatNobodyWrote) {
  EXPECT_THAT(error_of([] {
                simt::in_all_schedules([] {
                  std::vector<float> out(32);
                  launch(Stream{}, "unwritten", unwritten_kernel,
                         {.threads = 32, .shared_bytes = sizeof(Row)}, out.data());
                  return out;
                });
              }),
              HasSubstr("element 31 differs"));
}

__global__ void write_at_kernel(int index) { shared_memory<unsigned char[100]>()[index] = 1; }

TEST(SimtSharedMemoryDeathTest, EndsWhereTheLaunchSaid) {
  const LaunchShape shape{.threads = 1, .shared_bytes = 100};
  launch(Stream{}, "write_at", write_at_kernel, shape, 99);
  const auto write_at = [&](int index) {
    launch(
        Stream{}, "write_at", +[](int i) { (&shared_memory<unsigned char>())[i] = 1; }, shape,
        index);
  };
  write_at(99);
  EXPECT_DEATH(write_at(100), "heap-buffer-overflow");
  EXPECT_DEATH(write_at(-1), "heap-buffer-overflow");
}

__global__ void stuck_kernel() {
  if (threadIdx.x < 32) {
    sync_named(3, 128);
  } else if (threadIdx.x < 40) {
    __shfl_sync(0xFFFFFFFFU, 1, 0);
  } else {
    __syncthreads();
  }
}

TEST(SimtDeadlock, SaysWhoWaitsWhere) {
  const std::string error =
      error_of([] { launch(Stream{}, "stuck", stuck_kernel, {.blocks = 2, .threads = 128}); });
  EXPECT_THAT(error, AllOf(HasSubstr("kernel stuck"), HasSubstr("deadlock"),
                           HasSubstr("32 threads wait at barrier 3 of block (0, 0, 0)"),
                           HasSubstr("88 threads wait at barrier 0 of block (0, 0, 0)"),
                           HasSubstr("8 threads wait at __shfl_sync of warp 1, mask 0xffffffff"),
                           HasSubstr("0 have ended")));
}

__global__ void vote_kernel(int* out) {
  out[threadIdx.x] = __syncthreads_count(threadIdx.x % 3 == 0);
  out[64 + threadIdx.x] = __syncthreads_or(threadIdx.x == 7);
  out[128 + threadIdx.x] = __syncthreads_and(threadIdx.x != 7);
}

TEST(SimtBarriers, CountVotes) {
  std::vector<int> out(192);
  launch(Stream{}, "vote", vote_kernel, {.threads = 64}, out.data());
  EXPECT_THAT(std::vector(out.begin(), out.begin() + 64), Each(22));
  EXPECT_THAT(std::vector(out.begin() + 64, out.begin() + 128), Each(1));
  EXPECT_THAT(std::vector(out.begin() + 128, out.end()), Each(0));
}

/// Two halves of the block pass a number to and fro through barriers of their own.
__global__ void ping_pong_kernel(int rounds, int* out) {
  auto& number = shared_memory<int>();
  if (threadIdx.x == 0) number = 0;
  __syncthreads();
  for (int i = 0; i < rounds; ++i) {
    if ((i % 2 == 0) == (threadIdx.x < 32) && threadIdx.x % 32 == 0) number = 2 * number + i;
    sync_named(1 + i % 2, 64);
  }
  if (threadIdx.x == 63) *out = number;
}

TEST(SimtBarriers, HaveNumbers) {
  EXPECT_EQ(simt::in_all_schedules([] {
              std::vector<int> out(1);
              launch(Stream{}, "ping_pong", ping_pong_kernel,
                     {.threads = 64, .shared_bytes = sizeof(int)}, 6, out.data());
              return out;
            }),
            std::vector{57});
}

__global__ void last_block_kernel(unsigned* counter, const int* in, int* partials, int* out) {
  auto& last = shared_memory<bool>();
  if (threadIdx.x == 0) {
    partials[blockIdx.x] = in[blockIdx.x];
    last = count_arrival(counter) == gridDim.x - 1;
  }
  __syncthreads();
  if (last && threadIdx.x == 0) {
    for (unsigned i = 0; i < gridDim.x; ++i) *out += partials[i];
    *counter = 0;
  }
}

TEST(SimtBlocks, TheLastToArriveSeesAll) {
  const std::vector<int> in{1, 2, 3, 4, 5};
  EXPECT_EQ(simt::in_all_schedules([&] {
              unsigned counter = 0;
              std::vector<int> partials(5, -1), out(1, 0);
              launch(Stream{}, "last_block", last_block_kernel,
                     {.blocks = 5, .threads = 32, .shared_bytes = 1}, &counter, in.data(),
                     partials.data(), out.data());
              EXPECT_EQ(counter, 0);
              return out;
            }),
            std::vector{15});
}

TEST(SimtLaunch, RefusesWhatNoCardRuns) {
  const auto kernel = +[] {};
  EXPECT_THAT(error_of([&] { launch(Stream{}, "big", kernel, {.threads = 1025}); }),
              HasSubstr("launch of big: 1 to 1024 threads"));
  EXPECT_THAT(error_of([&] { launch(Stream{}, "big", kernel, {.shared_bytes = 227 * 1024 + 1}); }),
              HasSubstr("227 KiB"));
  EXPECT_THAT(error_of([&] { launch(Stream{}, "odd", kernel, {.blocks = 3, .cluster = 2}); }),
              HasSubstr("divide"));
}

TEST(SimtThreads, TrapsAndMisalignedAccessesFail) {
  EXPECT_THAT(error_of([] { launch(Stream{}, "trap", +[] { __trap(); }, {.threads = 32}); }),
              HasSubstr("thread 0, schedule ascending: __trap"));
  alignas(16) const unsigned char data[32] = {};
  EXPECT_THAT(error_of([&] {
                launch(
                    Stream{}, "load", +[](const unsigned char* p) { load_streaming(p + 8); }, {},
                    data);
              }),
              HasSubstr("multiple of 16"));
}

}  // namespace
}  // namespace gpugauge
