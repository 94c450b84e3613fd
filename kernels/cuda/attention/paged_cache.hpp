#pragma once

#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "harness/base/float_codec.hpp"
#include "harness/base/random.hpp"

namespace gpugauge {

/// A cache of keys or of values: pages of [kv_head][token in the page][head_dim], all of one type.
/// Which page holds a sequence's tokens p·page_tokens … is entry p of its row in a page table,
/// 32-bit integers [sequence][pages_of(context)].
struct PagedCache {
  int kv_heads;
  int page_shift;  ///< a page holds 2^page_shift tokens

  GPUGAUGE_HD constexpr int page_tokens() const { return 1 << page_shift; }
  /// Entries of a page table's row for that many tokens.
  GPUGAUGE_HD constexpr int pages_of(int tokens) const {
    return (tokens + page_tokens() - 1) >> page_shift;
  }
  /// The entry of a row in which a token is found.
  GPUGAUGE_HD constexpr int entry_of(int token) const { return token >> page_shift; }
  /// The row, of head_dim elements each, in which the cache holds a token of a sequence; `page` is
  /// what the page table says.
  GPUGAUGE_HD constexpr std::int64_t row_of(int page, int kv_head, int token) const {
    return ((static_cast<std::int64_t>(page) * kv_heads + kv_head) << page_shift) +
           (token & (page_tokens() - 1));
  }
};

/// The exponent of a power of two.
constexpr int log2_exact(std::int64_t power) {
  int exponent = 0;
  while ((std::int64_t{1} << exponent) < power) ++exponent;
  return exponent;
}

/// 0 … count − 1 in a random order: a page table whose pages are scattered over all of the cache.
inline std::vector<std::int32_t> scattered_pages(std::int64_t count, std::uint64_t seed = 1) {
  std::vector<std::int32_t> pages(static_cast<std::size_t>(count));
  std::iota(pages.begin(), pages.end(), 0);
  for (std::uint64_t i = pages.size(); i > 1; --i) {
    std::swap(pages[i - 1], pages[random_bits(seed, i) % i]);
  }
  return pages;
}

}  // namespace gpugauge
