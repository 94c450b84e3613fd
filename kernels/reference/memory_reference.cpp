#include "kernels/reference/memory_reference.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace gpugauge {
namespace {

constexpr std::size_t kChunk = 1024;

double sum_of_squares(const float* values, std::size_t count) {
  double sum = 0.0;
#pragma omp simd reduction(+ : sum)
  for (std::size_t i = 0; i < count; ++i) sum += static_cast<double>(values[i]) * values[i];
  return sum;
}

/// Compares with `expected(i)`: a chunk at once where every bit is equal, else element by element
/// by `add(comparison, i)`.
template <typename Expected, typename Add>
void compare_chunks(Comparison& comparison, std::span<const float> found, const Expected& expected,
                    const Add& add) {
#pragma omp parallel
  {
    Comparison mine = comparison.fresh();
    std::array<float, kChunk> values;
#pragma omp for schedule(static) nowait
    for (std::size_t begin = 0; begin < found.size(); begin += kChunk) {
      const std::size_t length = std::min(kChunk, found.size() - begin);
      for (std::size_t i = 0; i < length; ++i) values[i] = expected(begin + i);
      if (std::memcmp(values.data(), found.data() + begin, length * sizeof(float)) == 0) {
        mine.add_equal(static_cast<std::int64_t>(length), sum_of_squares(values.data(), length));
      } else {
        for (std::size_t i = begin; i < begin + length; ++i) add(mine, i);
      }
    }
#pragma omp critical(gpugauge_compare_chunks)
    comparison.merge(mine);
  }
}

/// Compares with what every correct rounding gives alike.
template <typename Expected>
void compare_exactly(Comparison& comparison, std::span<const float> found, std::int64_t first_index,
                     const Expected& expected) {
  compare_chunks(comparison, found, expected, [&](Comparison& part, std::size_t i) {
    part.add(found[i], expected(i), 0.0, first_index + static_cast<std::int64_t>(i));
  });
}

}  // namespace

std::uint32_t word_checksum(std::span<const float> data) {
  std::uint32_t sum = 0;
#pragma omp parallel for simd schedule(static) reduction(+ : sum)
  for (std::size_t i = 0; i < data.size(); ++i) sum += std::bit_cast<std::uint32_t>(data[i]);
  return sum;
}

void compare_checksum(Comparison& comparison, std::uint32_t found, std::uint32_t expected) {
  comparison.add(found, expected, 0.0, 0);
}

void compare_write(Comparison& comparison, std::span<const float> found, std::int64_t first_index) {
  compare_exactly(comparison, found, first_index, [](std::size_t) { return kMemoryWriteValue; });
}

void compare_copy(Comparison& comparison, std::span<const float> found, std::span<const float> b,
                  std::int64_t first_index) {
  compare_exactly(comparison, found, first_index, [=](std::size_t i) { return b[i]; });
}

void compare_scale(Comparison& comparison, std::span<const float> found, std::span<const float> b,
                   std::int64_t first_index) {
  compare_exactly(comparison, found, first_index,
                  [=](std::size_t i) { return kMemoryScale * b[i]; });
}

void compare_add(Comparison& comparison, std::span<const float> found, std::span<const float> b,
                 std::span<const float> c, std::int64_t first_index) {
  compare_exactly(comparison, found, first_index, [=](std::size_t i) { return b[i] + c[i]; });
}

void compare_triad(Comparison& comparison, std::span<const float> found, std::span<const float> b,
                   std::span<const float> c, std::int64_t first_index) {
  constexpr double kRoundoff = 0x1p-24;
  compare_chunks(
      comparison, found, [=](std::size_t i) { return b[i] + kMemoryScale * c[i]; },
      [=](Comparison& part, std::size_t i) {
        const double product = static_cast<double>(kMemoryScale) * c[i];  // exact, as the sum is
        const double expected = b[i] + product;
        const double bound = 1.001 * kRoundoff * (std::abs(product) + std::abs(expected));
        part.add(found[i], expected, bound, first_index + static_cast<std::int64_t>(i));
      });
}

}  // namespace gpugauge
