#include "kernels/reference/tensor_peak_reference.hpp"

#include <cmath>
#include <cstddef>
#include <cstring>

namespace gpugauge::tensor_peak {
namespace {

/// One row of an operand, as the matrix units see its elements.
std::vector<double> decode_row(DType dtype, const std::byte* row, std::int64_t bytes) {
  std::vector<std::uint32_t> words(static_cast<std::size_t>(bytes) / sizeof(std::uint32_t));
  std::memcpy(words.data(), row, static_cast<std::size_t>(bytes));
  for (std::uint32_t& word : words) word = operand_word(dtype, word);
  std::vector<double> values(static_cast<std::size_t>(bytes / size_bytes(dtype)));
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = load_element(dtype, words.data(), static_cast<std::int64_t>(i));
  }
  return values;
}

/// Where along K each stored element of a row of A stands.
std::vector<std::size_t> positions_of(const Product& product) {
  const auto stored = static_cast<std::size_t>(product.a_row_bytes() / size_bytes(product.dtype));
  const std::size_t stored_in_slice = stored / static_cast<std::size_t>(product.slices);
  const std::size_t stored_in_chunk = product.dtype == DType::kTf32 ? 1 : 2;
  std::vector<std::size_t> positions(stored);
  for (std::size_t i = 0; i < stored; ++i) {
    positions[i] = i;
    if (!product.sparse) continue;
    const auto slice = static_cast<int>(i / stored_in_slice);
    const std::size_t chunk = i / stored_in_chunk;
    const std::uint32_t nibble = sparse_pattern(product.dtype, slice) >> (4 * (chunk % 4)) & 0xFU;
    const std::uint32_t within = product.dtype == DType::kTf32 ? nibble >> 1 & 1U
                                 : i % 2 == 0                  ? nibble & 3U
                                                               : nibble >> 2;
    positions[i] = 2 * stored_in_chunk * chunk + within;
  }
  return positions;
}

}  // namespace

std::vector<Sum> reference_sums(const Product& product, const void* operands) {
  const auto* a = static_cast<const std::byte*>(operands);
  const std::byte* b = a + product.m * product.a_row_bytes();
  const std::vector<std::size_t> positions = positions_of(product);

  std::vector<std::vector<double>> columns;  // of B, only the elements that meet a stored one of A
  for (int n = 0; n < product.n; ++n) {
    const auto row =
        decode_row(product.dtype, b + n * product.b_row_bytes(), product.b_row_bytes());
    std::vector<double>& column = columns.emplace_back();
    for (std::size_t position : positions) column.push_back(row[position]);
  }

  std::vector<Sum> sums;
  sums.reserve(static_cast<std::size_t>(product.accumulators()));
  for (int m = 0; m < product.m; ++m) {
    const auto row =
        decode_row(product.dtype, a + m * product.a_row_bytes(), product.a_row_bytes());
    for (const std::vector<double>& column : columns) {
      double value = 0.0, magnitude = 0.0;
#pragma omp simd reduction(+ : value, magnitude)
      for (std::size_t i = 0; i < row.size(); ++i) {
        const double term = row[i] * column[i];
        value += term;
        magnitude += std::abs(term);
      }
      sums.push_back({value, magnitude});
    }
  }
  return sums;
}

void compare_accumulators(Comparison& comparison, const Product& product,
                          const std::vector<Sum>& sums, const void* accumulators,
                          std::int64_t passes) {
  const std::int64_t summed = summed_passes(product.dtype, passes);
  if (product.dtype == DType::kInt8) {
    const auto* found = static_cast<const std::int32_t*>(accumulators);
    for (std::size_t i = 0; i < sums.size(); ++i) {
      // Sums of one pass are far below 2^31; what is summed over all wraps.
      const auto expected = static_cast<std::int32_t>(static_cast<std::uint32_t>(
          static_cast<std::uint64_t>(static_cast<std::int64_t>(sums[i].value)) *
          static_cast<std::uint64_t>(summed)));
      comparison.add(found[i], expected, 0.0, static_cast<std::int64_t>(i));
    }
    return;
  }
  const double unit = product.dtype == DType::kFp8E4m3 ? 0x1p-13 : 0x1p-23;
  const auto n = static_cast<double>(summed);
  const auto* found = static_cast<const float*>(accumulators);
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const double cut =
        (8 + product.slices) * sums[i].magnitude + product.slices * n / 2 * std::abs(sums[i].value);
    comparison.add(static_cast<double>(found[i]), n * sums[i].value, unit * n * cut,
                   static_cast<std::int64_t>(i));
  }
}

}  // namespace gpugauge::tensor_peak
