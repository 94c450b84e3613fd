#pragma once

// How tensor cores add: the products of a block and the accumulator are aligned to the largest of
// them, cut towards zero to a fixed number of bits, and added exactly; the sum is cut towards zero
// again. Widths: Fasi, Higham, Mikaitis & Pranesh, Numerical behavior of NVIDIA tensor cores, 2021
// (A100); Khattak & Mikaitis, Accurate Models of NVIDIA Tensor Cores, 2025 (arXiv 2512.07004;
// H100); DeepSeek-V3 technical report, 2024, 3.3.2 (FP8).

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace gpugauge::simt {

struct SumWidth {
  std::size_t block;  ///< products that are added at once
  int aligned_bits;   ///< below the leading bit of the largest addend, its own included
  int sum_bits;       ///< significant bits of what is left
};

/// Of an instruction whose A has two of four elements: those that are left out take no place.
constexpr SumWidth of_sparse(SumWidth dense) {
  dense.block *= 2;
  return dense;
}

/// value cut towards zero to `bits` significant bits.
inline double cut_to_bits(double value, int bits) {
  int exponent = 0;
  const double mantissa = std::frexp(value, &exponent);
  return std::ldexp(std::trunc(std::ldexp(mantissa, bits)), exponent - bits);
}

/// d + Σ a[i]·b[i]. Most of an emulated GEMM's time goes by here: not watched by the sanitizers.
__attribute__((no_sanitize("address", "undefined"))) inline float tensor_core_sum(
    float d, const double* a, const double* b, std::size_t count, SumWidth width) {
  double sum = d;
  for (std::size_t first = 0; first < count; first += width.block) {
    const std::size_t end = std::min(count, first + width.block);
    double largest = std::abs(sum);
    for (std::size_t i = first; i < end; ++i) largest = std::max(largest, std::abs(a[i] * b[i]));
    if (largest == 0) continue;
    if (!std::isfinite(largest)) {
      for (std::size_t i = first; i < end; ++i) sum += a[i] * b[i];
      continue;
    }
    const int unit = std::ilogb(largest) + 1 - width.aligned_bits;
    const double units = std::ldexp(1.0, -unit);
    std::int64_t total = static_cast<std::int64_t>(sum * units);
    for (std::size_t i = first; i < end; ++i)
      total += static_cast<std::int32_t>(a[i] * b[i] * units);
    sum = cut_to_bits(std::ldexp(static_cast<double>(total), unit), width.sum_bits);
  }
  return static_cast<float>(sum);
}

/// Integers: exact, and wrapping.
inline std::int32_t tensor_core_sum(std::int32_t d, const std::int64_t* a, const std::int64_t* b,
                                    std::size_t count, SumWidth) {
  std::int64_t sum = d;
  for (std::size_t i = 0; i < count; ++i) sum += a[i] * b[i];
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(sum));
}

}  // namespace gpugauge::simt
