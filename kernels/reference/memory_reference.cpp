#include "kernels/reference/memory_reference.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace gpugauge {
namespace {

constexpr std::int64_t kChunk = 1024;

double sum_of_squares(const float* values, std::int64_t count) {
  double sum = 0.0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < count; ++i) sum += static_cast<double>(values[i]) * values[i];
  return sum;
}

/// Compares with `expected(i)`: a chunk at once where every bit is equal, else element by element
/// by `add(comparison, i)`.
template <typename Expected, typename Add>
void compare_chunks(Comparison& comparison, std::span<const float> found, const Expected& expected,
                    const Add& add) {
  const auto count = static_cast<std::int64_t>(found.size());
#pragma omp parallel
  {
    Comparison mine = comparison.fresh();
    std::array<float, kChunk> values;
#pragma omp for schedule(static) nowait
    for (std::int64_t begin = 0; begin < count; begin += kChunk) {
      const std::int64_t length = std::min(kChunk, count - begin);
      for (std::int64_t i = 0; i < length; ++i) {
        values[static_cast<std::size_t>(i)] = expected(begin + i);
      }
      const auto bytes = static_cast<std::size_t>(length) * sizeof(float);
      if (std::memcmp(values.data(), found.data() + begin, bytes) == 0) {
        mine.add_equal(length, sum_of_squares(values.data(), length));
      } else {
        for (std::int64_t i = begin; i < begin + length; ++i) add(mine, i);
      }
    }
#pragma omp critical(gpugauge_compare_chunks)
    comparison.merge(mine);
  }
}

}  // namespace

std::uint32_t word_checksum(std::span<const float> data) {
  const auto count = static_cast<std::int64_t>(data.size());
  std::uint32_t sum = 0;
#pragma omp parallel for simd schedule(static) reduction(+ : sum)
  for (std::int64_t i = 0; i < count; ++i) {
    sum += std::bit_cast<std::uint32_t>(data[static_cast<std::size_t>(i)]);
  }
  return sum;
}

void compare_checksum(Comparison& comparison, std::uint32_t found, std::uint32_t expected) {
  comparison.add(found, expected, 0.0, 0);
}

void compare_write(Comparison& comparison, std::span<const float> found, std::int64_t first_index) {
  compare_chunks(
      comparison, found, [](std::int64_t) { return kMemoryWriteValue; },
      [&](Comparison& part, std::int64_t i) {
        part.add(found[static_cast<std::size_t>(i)], kMemoryWriteValue, 0.0, first_index + i);
      });
}

void compare_copy(Comparison& comparison, std::span<const float> found, std::span<const float> b,
                  std::int64_t first_index) {
  compare_chunks(
      comparison, found, [=](std::int64_t i) { return b[static_cast<std::size_t>(i)]; },
      [=](Comparison& part, std::int64_t i) {
        const auto at = static_cast<std::size_t>(i);
        part.add(found[at], b[at], 0.0, first_index + i);
      });
}

void compare_triad(Comparison& comparison, std::span<const float> found, std::span<const float> b,
                   std::span<const float> c, std::int64_t first_index) {
  constexpr double kRoundoff = 0x1p-24;
  compare_chunks(
      comparison, found,
      [=](std::int64_t i) {
        const auto at = static_cast<std::size_t>(i);
        return b[at] + kTriadScale * c[at];
      },
      [=](Comparison& part, std::int64_t i) {
        const auto at = static_cast<std::size_t>(i);
        const double product = static_cast<double>(kTriadScale) * c[at];  // exact, as the sum is
        const double expected = b[at] + product;
        const double bound = 1.001 * kRoundoff * (std::abs(product) + std::abs(expected));
        part.add(found[at], expected, bound, first_index + i);
      });
}

}  // namespace gpugauge
