#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "harness/base/dtype.hpp"
#include "harness/base/float_codec.hpp"
#include "kernels/reference/comparison.hpp"

/// What the matrix units must have in their accumulators after a tensor peak kernel, and what its
/// kernels and this reference agree on beforehand.
namespace gpugauge::tensor_peak {

/// Floating-point sums begin anew after this many passes over the operands. A sum that only grows
/// loses more of every addend, and tensor cores cut rather than round, so that the loss has one
/// sign: a short sum keeps the comparison sharp. Integer sums wrap exactly and are never begun
/// anew.
inline constexpr int kPassesPerSum = 16;  // a power of two

/// How many passes are in the accumulators at the end of a launch.
constexpr std::int64_t summed_passes(DType dtype, std::int64_t passes) {
  return dtype == DType::kInt8 ? passes : (passes - 1) % kPassesPerSum + 1;
}

/// Bytes of K that one instruction takes from each row of A: of the stored half of it where A is
/// sparse.
inline constexpr int kSliceBytes = 32;

/// Which elements of a sparse A the instruction of that slice has: 16 bits of metadata for four
/// chunks of K, the lowest bits for the first, the same in every row and over and over along K. A
/// chunk is four elements, two of them stored, of which the metadata names the positions; of tf32
/// two elements, one stored, named by 0100 and 1110.
/// Source: PTX ISA 9.0, "Sparse matrix storage".
GPUGAUGE_HD constexpr std::uint32_t sparse_pattern(DType dtype, int slice) {
  if (dtype == DType::kTf32) return slice % 2 == 0 ? 0x4EE4U : 0xE44EU;
  return slice % 2 == 0 ? 0x9D4EU : 0xC8E4U;
}

/// A 32-bit word of operands as the kernels give it to the matrix units. tf32 is cut to its 10 bits
/// of mantissa, so that nothing hangs on what the hardware does with the rest.
GPUGAUGE_HD constexpr std::uint32_t operand_word(DType dtype, std::uint32_t word) {
  return dtype == DType::kTf32 ? word & 0xFFFFE000U : word;
}

/// One pass over the operands of one unit: d[m,n] = a[m,k] · b[n,k]ᵀ by `slices` instructions along
/// K.
struct Product {
  DType dtype;
  bool sparse;
  int m, n, slices;

  constexpr std::int64_t a_row_bytes() const { return kSliceBytes * slices; }
  constexpr std::int64_t b_row_bytes() const { return a_row_bytes() * (sparse ? 2 : 1); }
  /// A and then B, both with K contiguous.
  constexpr std::int64_t operand_bytes() const { return m * a_row_bytes() + n * b_row_bytes(); }
  constexpr std::int64_t accumulators() const { return std::int64_t{1} * m * n; }
};

/// One accumulator after one pass.
struct Sum {
  double value;
  double magnitude;  ///< Σ|a·b|
};

/// Every accumulator of d[m,n], row by row, from operands as they lie in memory: A, then B.
std::vector<Sum> reference_sums(const Product& product, const void* operands);

/// Compares the accumulators after a launch of `passes` passes: int32 for int8, where they must be
/// equal, else fp32.
///
/// With n passes in the sum and u the unit of the accumulator's last place, a float passes within
/// u·n·((8 + slices)·Σ|a·b| + slices·n/2·|value|): every instruction may cut one unit from what has
/// been summed so far, and from the products it adds. u is 2^-23, or 2^-13 where FP8 is multiplied:
/// its tensor cores keep 13 bits (DeepSeek-V3 technical report, 2024, 3.3.2, for Hopper; Zhang et
/// al., SageAttention2, 2024, for Ada).
void compare_accumulators(Comparison& comparison, const Product& product,
                          const std::vector<Sum>& sums, const void* accumulators,
                          std::int64_t passes);

}  // namespace gpugauge::tensor_peak
