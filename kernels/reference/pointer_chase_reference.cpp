#include "kernels/reference/pointer_chase_reference.hpp"

#include <numeric>
#include <utility>

#include "harness/base/random.hpp"

namespace gpugauge {

std::vector<std::uint32_t> random_cycle(std::int64_t lines, std::uint64_t seed) {
  std::vector<std::uint32_t> next(static_cast<std::size_t>(lines));
  std::iota(next.begin(), next.end(), 0U);
  // Sattolo, An algorithm to generate a random cyclic permutation, 1986.
  for (std::size_t i = next.size(); i-- > 1;) {
    const std::size_t other = (random_bits(seed, i) >> 32) * i >> 32;  // below i
    std::swap(next[i], next[other]);
  }
  return next;
}

std::uint32_t walk(const std::vector<std::uint32_t>& cycle, std::uint32_t from,
                   std::int64_t steps) {
  const std::uint32_t begin = from;
  for (std::int64_t walked = 0; walked < steps;) {
    from = cycle[from];
    ++walked;
    if (from == begin) {  // `walked` is the length of the cycle
      steps %= walked;
      walked = 0;
    }
  }
  return from;
}

}  // namespace gpugauge
