#include <gmock/gmock.h>

#include <cstring>
#include <numeric>
#include <string>
#include <vector>

#include "kernels/cuda/machine/tensor_map.hpp"
#include "tests/simt/hopper.hpp"
#include "tests/simt/simt.hpp"
#include "tests/unit/simt/layer/swizzle_tables.hpp"

namespace gpugauge {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;

constexpr int kRows = 21, kColumns = 80;  // of 16 bits
constexpr int kBoxRows = 16;

std::vector<std::uint16_t> matrix() {
  std::vector<std::uint16_t> values(kRows * kColumns);
  std::iota(values.begin(), values.end(), std::uint16_t{1});
  return values;
}

TensorMap map_of(const void* data, int swizzle_bytes) {
  TensorMap map = make_tensor_map(
      data, {.dtype = DType::kBf16,
             .rows = kRows,
             .columns = kColumns,
             .box_rows = kBoxRows,
             .box_columns = swizzle_bytes == 0 ? 24 : 64,
             .swizzle = swizzle_bytes == 0 ? TensorSwizzle::kNone : TensorSwizzle::k128});
  if (swizzle_bytes > 0) {  // what make_tensor_map offers, and the two that it does not
    simt::TensorFields fields = simt::fields_of(map);
    fields.swizzle_bytes = swizzle_bytes;
    fields.box_columns = swizzle_bytes / 2;
    simt::store_fields(map, fields);
  }
  return map;
}

struct Box {
  alignas(1024) std::uint16_t elements[kBoxRows * 64];
  SharedBarrier full;
};

__global__ void load_kernel(const __grid_constant__ TensorMap map, int column, int row,
                            std::uint16_t* out) {
  auto& shared = shared_memory<Box>();
  if (threadIdx.x == 0) {
    barrier_init(&shared.full, 1);
    barrier_init_fence();
    barrier_arrive_expecting(&shared.full, static_cast<unsigned>(simt::fields_of(map).box_bytes()));
    tensor_load(shared.elements, &map, column, row, &shared.full, 0);
  }
  __syncthreads();
  barrier_wait(&shared.full, 0);
  const unsigned count = static_cast<unsigned>(simt::fields_of(map).box_bytes() / 2);
  for (unsigned i = threadIdx.x; i < count; i += 32) out[i] = shared.elements[i];
}

void expect_box(int swizzle_bytes, int column, int row) {
  const auto data = matrix();
  const TensorMap map = map_of(data.data(), swizzle_bytes);
  const auto out = simt::in_all_schedules([&] {
    std::vector<std::uint16_t> box(simt::fields_of(map).box_bytes() / 2);
    launch(Stream{}, "load", load_kernel, {.threads = 32, .shared_bytes = sizeof(Box)}, map, column,
           row, box.data());
    return box;
  });
  for (int r = 0; r < kBoxRows; ++r) {
    for (int c = 0; c < simt::fields_of(map).box_columns; ++c) {
      const bool inside =
          row + r >= 0 && row + r < kRows && column + c >= 0 && column + c < kColumns;
      std::size_t place = static_cast<std::size_t>(r * simt::fields_of(map).box_columns + c);
      if (swizzle_bytes > 0) {
        const auto chunk = chunk_in_table(static_cast<std::size_t>(r),
                                          static_cast<std::size_t>(c) / 8, swizzle_bytes);
        place = chunk * 8 + static_cast<std::size_t>(c) % 8;
      }
      ASSERT_EQ(out[place], inside ? 1 + (row + r) * kColumns + column + c : 0)
          << "swizzle " << swizzle_bytes << ", row " << r << ", column " << c;
    }
  }
}

__global__ void prefetch_kernel(const __grid_constant__ TensorMap map, int column, int loaded) {
  auto& shared = shared_memory<Box>();
  tensor_prefetch(&map, column, 0);
  barrier_init(&shared.full, 1);
  barrier_init_fence();
  barrier_arrive_expecting(&shared.full, static_cast<unsigned>(simt::fields_of(map).box_bytes()));
  tensor_load(shared.elements, &map, loaded, 0, &shared.full, 0);
  barrier_wait(&shared.full, 0);
  if (!barrier_has_ended(&shared.full, 0) || barrier_has_ended(&shared.full, 1)) {
    simt::machine().fail("the first phase has ended, the second has not");
  }
}

TEST(SimtTensorPrefetch, IsOfWhatIsLoadedLater) {
  const auto data = matrix();
  const auto run = [&](int column, int loaded) -> std::string {
    try {
      launch(Stream{}, "prefetch", prefetch_kernel, {.shared_bytes = sizeof(Box)},
             map_of(data.data(), 128), column, loaded);
    } catch (const simt::Error& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_EQ(run(8, 8), "no error");
  EXPECT_THAT(run(8, 0), HasSubstr("ended with 1 boxes that it had prefetched and not loaded"));
  EXPECT_THAT(run(kColumns, 0), HasSubstr("column 80, row 0: outside of the matrix"));
}

TEST(SimtTensorLoad, FillsTheBoxAsItsSwizzleHasIt) {
  for (const int swizzle : {0, 128, 64, 32}) expect_box(swizzle, 8, 3);
}

TEST(SimtTensorLoad, FillsInZerosOutsideTheMatrix) {
  for (const int swizzle : {0, 128, 64, 32}) {
    expect_box(swizzle, 70, 10);
    expect_box(swizzle, -3, -2);
    expect_box(swizzle, 0, 1000);
  }
}

__global__ void store_kernel(const __grid_constant__ TensorMap map, int column, int row) {
  auto& shared = shared_memory<Box>();
  const auto row_words = static_cast<unsigned>(simt::fields_of(map).box_columns);
  for (unsigned i = threadIdx.x; i < kBoxRows * row_words; i += 32) {
    const std::size_t place = swizzled_address(2 * i, simt::fields_of(map).swizzle_bytes) / 2;
    shared.elements[place] = static_cast<std::uint16_t>(10000 + i);
  }
  fence_async_shared();
  __syncthreads();
  if (threadIdx.x == 0) {
    tensor_store(&map, shared.elements, column, row);
    bulk_commit();
    bulk_wait<0>();
  }
}

TEST(SimtTensorStore, LeavesOutWhatIsOutsideTheMatrix) {
  for (const int swizzle : {0, 128, 64, 32}) {
    auto data = matrix();
    const TensorMap map = map_of(data.data(), swizzle);
    launch(Stream{}, "store", store_kernel, {.threads = 32, .shared_bytes = sizeof(Box)}, map, 60,
           14);
    for (int r = 0; r < kRows; ++r) {
      for (int c = 0; c < kColumns; ++c) {
        const bool stored = r >= 14 && c >= 60 && c < 60 + simt::fields_of(map).box_columns;
        ASSERT_EQ(data[static_cast<std::size_t>(r * kColumns + c)],
                  stored ? 10000 + (r - 14) * simt::fields_of(map).box_columns + c - 60
                         : 1 + r * kColumns + c);
      }
    }
  }
}

struct Halves {
  alignas(128) std::uint16_t rows[2][8 * 8];
  SharedBarrier full, empty;
};

/// Each block of a cluster of two fetches half of the box for both, twice, and sums it.
template <bool waits_for_both>
__global__ void multicast_kernel(const __grid_constant__ TensorMap map, unsigned* out) {
  auto& shared = shared_memory<Halves>();
  const unsigned rank = cluster_rank();
  if (threadIdx.x == 0) {
    barrier_init(&shared.full, 1);
    barrier_init(&shared.empty, 2);
    barrier_init_fence();
  }
  cluster_sync();
  for (unsigned turn = 0; turn < 2; ++turn) {
    if (threadIdx.x == 0) {
      if (waits_for_both) barrier_wait(&shared.empty, turn ^ 1);
      barrier_arrive_expecting(&shared.full, sizeof shared.rows);
      tensor_load_multicast(shared.rows[rank], &map, static_cast<int>(8 * turn),
                            static_cast<int>(8 * rank), &shared.full, 0b11, 0);
    }
    __syncwarp();
    barrier_wait(&shared.full, turn);
    unsigned sum = 0;
    for (unsigned i = threadIdx.x; i < 128; i += 32) sum += (&shared.rows[0][0])[i];
    sum = __reduce_add_sync(0xFFFFFFFFU, sum);
    if (threadIdx.x < 2) barrier_arrive_in(&shared.empty, threadIdx.x);
    if (threadIdx.x == 0) out[blockIdx.x * 2 + turn] = sum;
  }
  cluster_sync();
}

template <bool waits_for_both>
std::vector<unsigned> multicast_sums(const std::vector<std::uint16_t>& data) {
  const TensorMap map = make_tensor_map(data.data(), {.dtype = DType::kBf16,
                                                      .rows = 16,
                                                      .columns = 16,
                                                      .box_rows = 8,
                                                      .box_columns = 8,
                                                      .swizzle = TensorSwizzle::kNone});
  return simt::in_all_schedules([&] {
    std::vector<unsigned> out(8);
    launch(Stream{}, "multicast", multicast_kernel<waits_for_both>,
           {.blocks = 4, .threads = 32, .shared_bytes = sizeof(Halves), .cluster = 2}, map,
           out.data());
    return out;
  });
}

TEST(SimtMulticast, ReachesEveryBlockOfTheCluster) {
  std::vector<std::uint16_t> data(16 * 16);
  std::iota(data.begin(), data.end(), std::uint16_t{0});
  std::vector<unsigned> sums(8);
  for (unsigned i = 0; i < 256; ++i) {
    for (unsigned block = 0; block < 4; ++block) sums[block * 2 + i % 16 / 8] += i;
  }
  EXPECT_EQ(multicast_sums<true>(data), sums);
  EXPECT_THROW(multicast_sums<false>(data), simt::Error);
}

TEST(SimtCluster, BlocksMustNotEndBeforeWhatTheyAreSent) {
  const auto run = [](void (*kernel)()) -> std::string {
    try {
      launch(Stream{}, "early", kernel,
             {.blocks = 2, .shared_bytes = sizeof(Halves), .cluster = 2});
    } catch (const simt::Error& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_THAT(run(+[] {
                barrier_init(&shared_memory<Halves>().full, 1);
                barrier_init_fence();
                cluster_sync();
                if (cluster_rank() == 1) barrier_arrive_in(&shared_memory<Halves>().full, 0);
              }),
              HasSubstr("a block that has ended"));
  EXPECT_THAT(run(+[] {
                barrier_init(&shared_memory<Halves>().full, 1);
                if (cluster_rank() == 0) barrier_arrive_in(&shared_memory<Halves>().full, 1);
                cluster_sync();
              }),
              HasSubstr("the barrier at byte 256 of shared memory was not initialised"));
}

TEST(SimtTensorMap, RefusesWhatTheDriverRefuses) {
  const auto data = matrix();
  TensorBox box{.dtype = DType::kBf16, .rows = 8, .columns = 64, .box_rows = 8, .box_columns = 64};
  EXPECT_NO_THROW(make_tensor_map(data.data(), box));
  EXPECT_THROW(make_tensor_map(&data[1], box), simt::Error);
  box.columns = 63;
  EXPECT_THROW(make_tensor_map(data.data(), box), simt::Error);
  box.columns = 64, box.box_rows = 257;
  EXPECT_THROW(make_tensor_map(data.data(), box), simt::Error);
  box.box_rows = 8, box.box_columns = 32;
  EXPECT_THROW(make_tensor_map(data.data(), box), simt::Error);
}

}  // namespace
}  // namespace gpugauge
