#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "harness/device/device.hpp"

namespace gpugauge {

/// The host memory behind Device::random_pool: one pool for each type and distribution.
///
/// The values are independent draws, as kernels/random.hpp defines them, for kPeriod elements and
/// then repeat: a pool of gigabytes is filled at the speed of memory. The period is prime, so that
/// the rows of a matrix do not fall on each other; no cache and no core knows that it repeats.
class RandomPools {
 public:
  static constexpr std::int64_t kPeriod = 2097143;  // the largest prime below 2^21

  using Allocate = std::function<Buffer(std::int64_t bytes)>;

  /// At least `bytes`, reused where they are there. A larger request replaces the pool.
  const void* get(DType dtype, Distribution data, std::int64_t bytes, const Allocate& allocate);
  void clear() { pools_.clear(); }

 private:
  std::map<std::pair<DType, Distribution>, Buffer> pools_;
};

}  // namespace gpugauge
