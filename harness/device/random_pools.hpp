#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "harness/device/device.hpp"

namespace gpugauge {

/// The host memory behind Device::random_pool. There is one pool at a time: the next takes over the
/// memory of the last, because pages that were never touched cost a virtual machine far more
/// than filling does, and cases of one type follow each other.
///
/// The values are independent draws, as harness/base/random.hpp defines them, for kPeriod elements
/// and then repeat: a pool of gigabytes is filled at the speed of memory. The period is prime, so
/// that the rows of a matrix do not fall on each other; no cache and no core knows that it repeats.
class RandomPools {
 public:
  static constexpr std::int64_t kPeriod = 2097143;  // the largest prime below 2^21

  using Allocate = std::function<Buffer(std::int64_t bytes)>;

  /// At least `bytes`, valid until a request for another type or distribution, or for more.
  const void* get(DType dtype, Distribution data, std::int64_t bytes, const Allocate& allocate);
  void clear() { pool_ = Buffer(); }

 private:
  using Key = std::pair<DType, Distribution>;
  Key key_{};
  Buffer pool_;
};

}  // namespace gpugauge
