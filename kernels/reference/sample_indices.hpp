#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <set>
#include <vector>

#include "harness/base/random.hpp"

namespace gpugauge {

/// Which of `count` rows are worked out again: all if they are few, else the first `edge`, the last
/// `edge` and `inner` others. Ascending.
inline std::vector<std::int64_t> sample_indices(std::int64_t count, std::int64_t edge,
                                                std::int64_t inner, std::uint64_t seed) {
  const std::int64_t wanted = 2 * edge + inner;
  if (count <= wanted) {
    std::vector<std::int64_t> all(static_cast<std::size_t>(count));
    std::iota(all.begin(), all.end(), 0);
    return all;
  }
  std::set<std::int64_t> chosen;
  for (std::int64_t i = 0; i < edge; ++i) chosen.insert({i, count - 1 - i});
  for (std::uint64_t draw = 0; chosen.size() < static_cast<std::size_t>(wanted); ++draw) {
    chosen.insert(
        static_cast<std::int64_t>(random_bits(seed, draw) % static_cast<std::uint64_t>(count)));
  }
  return {chosen.begin(), chosen.end()};
}

}  // namespace gpugauge
