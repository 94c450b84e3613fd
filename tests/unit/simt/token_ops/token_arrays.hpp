#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <vector>

#include "harness/base/float_codec.hpp"
#include "harness/base/random.hpp"
#include "kernels/reference/token_ops_reference.hpp"
#include "tests/simt/simt.hpp"

namespace gpugauge {

/// Elements of any type, 16-byte aligned as device memory is.
class Array {
 public:
  Array(DType dtype, std::int64_t count) : dtype_(dtype) {
    words_.resize(static_cast<std::size_t>((count * size_bytes(dtype) + 15) / 16),
                  uint4{~0U, ~0U, ~0U, ~0U});
  }
  static Array random(DType dtype, std::int64_t count, std::uint64_t seed, float scale = 1.0F) {
    Array array(dtype, count);
    for (std::int64_t i = 0; i < count; ++i) {
      array.set(i,
                scale * random_value(Distribution::kNormal, seed, static_cast<std::uint64_t>(i)));
    }
    return array;
  }

  void set(std::int64_t i, float value) { store_element(dtype_, data(), i, value); }
  void* data() { return words_.data(); }
  const void* data() const { return words_.data(); }
  const void* at(std::int64_t i) const {
    return reinterpret_cast<const char*>(words_.data()) + i * size_bytes(dtype_);
  }
  std::vector<double> row(std::int64_t index, std::int64_t width) const {
    return decode_elements(dtype_, data(), index * width, width);
  }
  /// For the comparison of schedules.
  std::vector<std::uint32_t> words() const {
    std::vector<std::uint32_t> all;
    for (const uint4& w : words_) all.insert(all.end(), {w.x, w.y, w.z, w.w});
    return all;
  }

 private:
  DType dtype_;
  std::vector<uint4> words_;
};

inline std::vector<std::uint32_t> joined(std::initializer_list<const Array*> arrays) {
  std::vector<std::uint32_t> all;
  for (const Array* array : arrays) {
    const auto words = array->words();
    all.insert(all.end(), words.begin(), words.end());
  }
  return all;
}

inline void expect_passes(const Comparison& comparison) {
  const Verification verification = comparison.result();
  EXPECT_TRUE(verification.passed) << verification.reason;
}

}  // namespace gpugauge
