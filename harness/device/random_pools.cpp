#include "harness/device/random_pools.hpp"

#include <omp.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <vector>

#include "harness/base/random.hpp"
#include "harness/device/static_partition.hpp"

namespace gpugauge {
namespace {

void fill(Buffer& pool, DType dtype, Distribution data) {
  constexpr std::uint64_t kSeed = 20240229;
  const std::int64_t element = size_bytes(dtype);
  const std::int64_t elements = std::min(RandomPools::kPeriod, pool.bytes() / element + 1);
  std::vector<std::byte> tile(static_cast<std::size_t>(elements * element));
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < elements; ++i) store_random(dtype, data, kSeed, tile.data(), i);

  const std::int64_t tile_bytes = elements * element;
#pragma omp parallel
  {
    const Part part = static_part(pool.bytes(), omp_get_thread_num(), omp_get_num_threads());
    for (std::int64_t at = part.begin; at < part.end;) {
      const std::int64_t from = at % tile_bytes;
      const std::int64_t length = std::min(tile_bytes - from, part.end - at);
      std::memcpy(static_cast<std::byte*>(pool.data()) + at, tile.data() + from,
                  static_cast<std::size_t>(length));
      at += length;
    }
  }
}

}  // namespace

const void* RandomPools::get(DType dtype, Distribution data, std::int64_t bytes,
                             const Allocate& allocate) {
  const Key key{dtype, data};
  if (pool_.bytes() < bytes || key != key_) {
    clear();
    pool_ = allocate(bytes);
    fill(pool_, dtype, data);
    key_ = key;
  }
  return pool_.data();
}

}  // namespace gpugauge
