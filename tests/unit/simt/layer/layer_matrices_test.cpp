#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <random>
#include <vector>

#include "harness/base/dtype.hpp"
#include "harness/base/float_codec.hpp"
#include "tests/simt/intrinsics.hpp"
#include "tests/simt/simt.hpp"

namespace gpugauge {
namespace {

/// Two matrices of small integers in a type, 32 bytes a row, and their product.
struct Example {
  std::array<unsigned char, 16 * 32> a;
  std::array<unsigned char, 8 * 32> b;
  std::vector<float> product;  // [16][8]

  explicit Example(DType dtype) : product(16 * 8) {
    std::mt19937 random(1);
    std::uniform_int_distribution<int> integers(-7, 7);
    const auto depth = static_cast<int>(32 / size_bytes(dtype));
    for (int i = 0; i < 16 * depth; ++i) {
      store_element(dtype, a.data(), i, static_cast<float>(integers(random)));
    }
    for (int i = 0; i < 8 * depth; ++i) {
      store_element(dtype, b.data(), i, static_cast<float>(integers(random)));
    }
    for (int i = 0; i < 16 * 8; ++i) {
      for (int k = 0; k < depth; ++k) {
        product[static_cast<std::size_t>(i)] +=
            static_cast<float>(load_element(dtype, a.data(), i / 8 * depth + k) *
                               load_element(dtype, b.data(), i % 8 * depth + k));
      }
    }
  }
};

/// Distributes the matrices over registers as the table in kernels/cuda/machine/intrinsics.hpp has
/// it.
template <auto multiply, typename Accumulator>
__global__ void product_kernel(const Example* example, float* out) {
  const unsigned group = threadIdx.x / 4, t = threadIdx.x % 4;
  std::uint32_t a[4], b[2];
  for (unsigned i = 0; i < 4; ++i) {
    std::memcpy(&a[i], &example->a[(group + i % 2 * 8) * 32 + i / 2 * 16 + 4 * t], 4);
  }
  for (unsigned i = 0; i < 2; ++i) std::memcpy(&b[i], &example->b[group * 32 + i * 16 + 4 * t], 4);
  Accumulator d[4] = {1, 2, 3, 4};
  multiply(d, a, b);
  for (unsigned i = 0; i < 4; ++i) {
    out[(group + i / 2 * 8) * 8 + 2 * t + i % 2] =
        static_cast<float>(d[i]) - static_cast<float>(i) - 1;
  }
}

template <auto multiply, typename Accumulator = float>
void expect_product(DType dtype) {
  const Example example(dtype);
  EXPECT_EQ(simt::in_all_schedules([&] {
              std::vector<float> out(16 * 8);
              launch(Stream{}, "product", product_kernel<multiply, Accumulator>, {.threads = 32},
                     &example, out.data());
              return out;
            }),
            example.product);
}

TEST(SimtMma, MultipliesFragments) {
  expect_product<mma_bf16>(DType::kBf16);
  expect_product<mma_fp16>(DType::kFp16);
  expect_product<mma_tf32>(DType::kTf32);
  expect_product<mma_fp8>(DType::kFp8E4m3);
  expect_product<mma_int8, std::int32_t>(DType::kInt8);
}

TEST(SimtMma, Tf32CutsItsOperands) {
  float result = 0;
  launch(
      Stream{}, "tf32",
      +[](float* out) {
        const std::uint32_t fraction = __float_as_uint(1.0F + 0x1.FFFp-11F);
        const std::uint32_t a[4] = {fraction, 0, 0, 0};
        const std::uint32_t one[2] = {__float_as_uint(1.0F), 0};
        float d[4] = {};
        mma_tf32(d, a, one);
        if (threadIdx.x == 0) *out = d[0];
      },
      {.threads = 32}, &result);
  EXPECT_EQ(result, 4.0F);  // one from each of four lanes
}

TEST(SimtMma, Int8Wraps) {
  std::int32_t result = 0;
  launch(
      Stream{}, "wrap",
      +[](std::int32_t* out) {
        const std::uint32_t a[4] = {1, 0, 0, 0}, b[2] = {1, 0};
        std::int32_t d[4] = {0x7FFFFFFF, 0, 0, 0};
        mma_int8(d, a, b);
        if (threadIdx.x == 0) *out = d[0];
      },
      {.threads = 32}, &result);
  EXPECT_EQ(static_cast<std::uint32_t>(result), 0x80000003U);
}

struct Matrices {
  std::uint16_t elements[4][8][8];
};

template <bool transposed>
__global__ void load_matrices_kernel(std::uint32_t* out) {
  auto& shared = shared_memory<Matrices>();
  for (unsigned i = threadIdx.x; i < 256; i += 32)
    (&shared.elements[0][0][0])[i] = std::uint16_t(i);
  __syncwarp();
  std::uint32_t r[4];
  const auto* row = shared.elements[threadIdx.x / 8][threadIdx.x % 8];
  if constexpr (transposed) {
    load_matrices_transposed(r, row);
  } else {
    load_matrices(r, row);
  }
  for (unsigned i = 0; i < 4; ++i) out[threadIdx.x * 4 + i] = r[i];
}

template <bool transposed>
std::vector<std::uint32_t> loaded_matrices() {
  return simt::in_all_schedules([] {
    std::vector<std::uint32_t> out(32 * 4);
    launch(Stream{}, "load_matrices", load_matrices_kernel<transposed>,
           {.threads = 32, .shared_bytes = sizeof(Matrices)}, out.data());
    return out;
  });
}

TEST(SimtLoadMatrices, GivesEachLaneItsPairOfARow) {
  const auto straight = loaded_matrices<false>();
  const auto transposed = loaded_matrices<true>();
  for (std::uint32_t lane = 0; lane < 32; ++lane) {
    for (std::uint32_t matrix = 0; matrix < 4; ++matrix) {
      const std::uint32_t row = lane / 4, column = lane % 4 * 2;
      const auto element = [&](std::uint32_t r, std::uint32_t c) {
        return matrix * 64 + r * 8 + c;
      };
      EXPECT_EQ(straight[lane * 4 + matrix], element(row, column) | element(row, column + 1) << 16);
      EXPECT_EQ(transposed[lane * 4 + matrix], element(column, row) | element(column + 1, row)
                                                                          << 16);
    }
  }
}

TEST(SimtLoadMatrices, TransposesInRegisters) {
  std::vector<std::uint32_t> out(32);
  launch(
      Stream{}, "transpose",
      +[](std::uint32_t* result) {
        const std::uint32_t first = threadIdx.x / 4 * 8 + threadIdx.x % 4 * 2;
        result[threadIdx.x] = transpose_matrix(first | (first + 1) << 16);
      },
      {.threads = 32}, out.data());
  for (std::uint32_t lane = 0; lane < 32; ++lane) {
    const std::uint32_t first = lane % 4 * 2 * 8 + lane / 4;
    EXPECT_EQ(out[lane], first | (first + 8) << 16);
  }
}

TEST(SimtLoadMatrices, RefusesMisalignedRows) {
  EXPECT_THROW(launch(Stream{}, "misaligned",
                      +[] {
                        std::uint32_t r[4];
                        load_matrices(r, &shared_memory<unsigned char[64]>()[8]);
                      },
                      {.threads = 32, .shared_bytes = 64}),
               simt::Error);
}

}  // namespace
}  // namespace gpugauge
