#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <random>
#include <vector>

#include "harness/base/dtype.hpp"
#include "harness/base/float_codec.hpp"
#include "tests/simt/intrinsics.hpp"
#include "tests/simt/simt.hpp"
#include "tests/simt/sparse_mma.hpp"

namespace gpugauge {
namespace {

/// Where the metadata of a row's half of K lies, by CUTLASS (include/cute/atom): of 8-bit elements
/// `((2,2,8),32):((8,512,1),16)` in mma_traits_sm120_sparse.hpp, where a thread's mode t splits
/// into its row (stride 8: eight rows on) and its half of K (stride 512 of a column of 16), and its
/// 32 values are neighbours along K; of wider ones `ELayout_64x32` in
/// mma_traits_sm90_gmma_sparse.hpp.
struct Place {
  unsigned lane, first_bit;
};
Place metadata_place(DType dtype, unsigned row, unsigned half) {
  const unsigned group = row % 8, high = row / 8;
  if (size_bytes(dtype) == 1) return {4 * group + high + 2 * half, 0};
  return {4 * group + half, 16 * high};
}

/// A of random integers with a pattern of its own in every chunk of every row, its 32 stored bytes
/// a row and its metadata as registers have it; a dense B; and their product.
struct Example {
  std::array<unsigned char, 16 * 32> stored{};
  std::array<std::uint32_t, 32> metadata{};
  std::array<unsigned char, 8 * 64> b{};
  std::vector<float> product;  // [16][8]

  explicit Example(DType dtype) : product(16 * 8) {
    std::mt19937 random(3);
    std::uniform_int_distribution<int> integers(-7, 7);
    const auto depth = static_cast<unsigned>(64 / size_bytes(dtype));
    for (unsigned i = 0; i < 8 * depth; ++i)
      store_element(dtype, b.data(), i, static_cast<float>(integers(random)));
    // Of four elements two, in order; of two of tf32 one, by the places of its halves.
    const bool is_wide = size_bytes(dtype) == 4;
    const std::vector<unsigned> patterns =
        is_wide ? std::vector{0b0100U, 0b1110U}
                : std::vector{0b0100U, 0b1000U, 0b1100U, 0b1001U, 0b1101U, 0b1110U};
    const unsigned chunk_elements = is_wide ? 2 : 4, chunks = depth / chunk_elements;
    for (unsigned row = 0; row < 16; ++row) {
      for (unsigned chunk = 0; chunk < chunks; ++chunk) {
        const unsigned pattern = patterns[random() % patterns.size()];
        const Place place = metadata_place(dtype, row, chunk / (chunks / 2));
        metadata[place.lane] |= pattern << (place.first_bit + 4 * (chunk % (chunks / 2)));
        for (unsigned i = 0; i < chunk_elements / 2; ++i) {
          const float value = static_cast<float>(integers(random));
          const unsigned at = chunk * chunk_elements / 2 + i;
          store_element(dtype, stored.data(), row * depth / 2 + at, value);
          const unsigned place_of_two = pattern >> (2 * i) & 3U;
          const unsigned k = chunk * chunk_elements + (is_wide ? place_of_two / 2 : place_of_two);
          for (unsigned column = 0; column < 8; ++column)
            product[row * 8 + column] +=
                value * static_cast<float>(load_element(dtype, b.data(), column * depth + k));
        }
      }
    }
  }
};

template <auto multiply, typename Accumulator>
__global__ void product_kernel(const Example* example, float* out) {
  const unsigned group = threadIdx.x / 4, t = threadIdx.x % 4;
  std::uint32_t a[4], b[4];
  for (unsigned i = 0; i < 4; ++i) {
    std::memcpy(&a[i], &example->stored[(group + i % 2 * 8) * 32 + i / 2 * 16 + 4 * t], 4);
    std::memcpy(&b[i], &example->b[group * 64 + i * 16 + 4 * t], 4);
  }
  Accumulator d[4] = {};
  multiply(d, a, b, example->metadata[threadIdx.x]);
  for (unsigned i = 0; i < 4; ++i)
    out[(group + i / 2 * 8) * 8 + 2 * t + i % 2] = static_cast<float>(d[i]);
}

template <auto multiply, typename Accumulator = float>
void expect_product(DType dtype) {
  SCOPED_TRACE(name_of(dtype));
  const Example example(dtype);
  std::vector<float> out(16 * 8);
  launch(Stream{}, "product", product_kernel<multiply, Accumulator>, {.threads = 32}, &example,
         out.data());
  EXPECT_EQ(out, example.product);
}

TEST(SimtSparseMma, TakesADifferentPatternInEveryLane) {
  expect_product<sparse_mma_bf16>(DType::kBf16);
  expect_product<sparse_mma_fp16>(DType::kFp16);
  expect_product<sparse_mma_tf32>(DType::kTf32);
  expect_product<sparse_mma_fp8>(DType::kFp8E4m3);
  expect_product<sparse_mma_int8, std::int32_t>(DType::kInt8);
}

}  // namespace
}  // namespace gpugauge
