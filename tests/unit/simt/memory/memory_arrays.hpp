#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "harness/base/random.hpp"
#include "kernels/cuda/memory/memory.hpp"
#include "kernels/reference/memory_reference.hpp"

namespace gpugauge {

inline constexpr std::int64_t kArrayPageWords = 1024;

/// Arrays of whole pages on the host, with nothing behind them: an access beyond is reported.
struct HostArrays {
  std::vector<float> out, b, c;

  explicit HostArrays(std::int64_t pages)
      : out(static_cast<std::size_t>(pages * kArrayPageWords), NAN), b(out.size()), c(out.size()) {
    for (std::size_t i = 0; i < b.size(); ++i) {
      b[i] = random_value(Distribution::kNormal, 1, i);
      c[i] = random_value(Distribution::kNormal, 2, i);
    }
  }

  /// For `launch(arrays)` of read with that many blocks: their sums, or else what is written.
  template <typename Launch>
  std::vector<float> run(MemoryPattern pattern, int blocks, const Launch& launch) const {
    std::vector<float> result(
        pattern == MemoryPattern::kRead ? static_cast<std::size_t>(blocks) : out.size(), NAN);
    launch(StreamArrays{.out = result.data(),
                        .b = pattern == MemoryPattern::kWrite ? nullptr : b.data(),
                        .c = reads_two(pattern) ? c.data() : nullptr});
    return result;
  }

  void expect_correct(MemoryPattern pattern, const std::vector<float>& found) const {
    Comparison comparison;
    switch (pattern) {
      case MemoryPattern::kRead:
        compare_checksum(comparison, word_checksum(found), word_checksum(b));
        break;
      case MemoryPattern::kWrite:
        compare_write(comparison, found);
        break;
      case MemoryPattern::kCopy:
        compare_copy(comparison, found, b);
        break;
      case MemoryPattern::kScale:
        compare_scale(comparison, found, b);
        break;
      case MemoryPattern::kAdd:
        compare_add(comparison, found, b, c);
        break;
      case MemoryPattern::kTriad:
        compare_triad(comparison, found, b, c);
        break;
    }
    EXPECT_TRUE(comparison.result().passed) << comparison.result().reason;
  }

  static bool reads_two(MemoryPattern pattern) { return arrays_of(pattern).read == 2; }
};

inline constexpr MemoryPattern kEveryPattern[] = {MemoryPattern::kRead, MemoryPattern::kWrite,
                                                  MemoryPattern::kCopy, MemoryPattern::kScale,
                                                  MemoryPattern::kAdd,  MemoryPattern::kTriad};

}  // namespace gpugauge
