#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <vector>

#include "harness/base/float_codec.hpp"
#include "harness/base/random.hpp"
#include "kernels/cuda/gemm/gemm_rules.hpp"
#include "kernels/reference/gemm_reference.hpp"
#include "tests/simt/simt.hpp"

// The kernel itself, after the emulation that it runs in.
#include "kernels/cuda/gemm/gemm_mma.cu"

namespace gpugauge {
namespace {

using Bytes = std::vector<unsigned char>;

/// A GEMM on the host's memory. `y` is followed by eight rows that nobody may touch.
struct Case {
  Gemm op;
  Distribution data;
  Bytes x, w;
  float scale;

  Case(DType dtype, std::int64_t m, std::int64_t n, std::int64_t k, Distribution distribution)
      : op(gemm_of(dtype, m, n, k)),
        data(distribution),
        x(random(m * k, 1)),
        w(random(n * k, 2)),
        scale(quantization_scale(dtype, data) * quantization_scale(dtype, data)) {}

  /// Poisoned before the launch.
  Bytes run(int tile, int multiprocessors) const {
    Bytes y(static_cast<std::size_t>((op.m + 8) * op.n * size_bytes(op.output)), 0xFF);
    launch_gemm_mma(Stream{},
                    {.dtype = op.weights,
                     .m = op.m,
                     .n = op.n,
                     .k = op.k,
                     .x = x.data(),
                     .w = w.data(),
                     .y = y.data(),
                     .scale = scale},
                    gemm_mma::plan_with(tile, op.m, op.n, multiprocessors));
    return y;
  }

 private:
  Bytes random(std::int64_t count, std::uint64_t seed) const {
    Bytes bytes(static_cast<std::size_t>(count * size_bytes(op.weights)));
    for (std::int64_t i = 0; i < count; ++i) {
      store_random(op.weights, data, seed, bytes.data(), i);
    }
    return bytes;
  }
};

/// With −1, 0 and 1 every sum is exact in every type, so that every element can be looked at.
void expect_exact(DType dtype, int tile, std::int64_t m, std::int64_t n, std::int64_t k,
                  int multiprocessors) {
  SCOPED_TRACE(testing::Message() << name_of(dtype) << " " << m << "x" << n << "x" << k
                                  << " in tiles " << tile << " on " << multiprocessors);
  const Case of(dtype, m, n, k, Distribution::kSmallIntegers);
  const Bytes y = simt::in_all_schedules([&] { return of.run(tile, multiprocessors); });
  const auto value = [&](const Bytes& matrix, std::int64_t row, std::int64_t i) {
    return static_cast<int>(load_element(dtype, matrix.data(), row * k + i));
  };
  std::vector<int> x, w;
  for (std::int64_t i = 0; i < m * k; ++i) x.push_back(value(of.x, 0, i));
  for (std::int64_t i = 0; i < n * k; ++i) w.push_back(value(of.w, 0, i));
  std::int64_t wrong = 0;
  for (std::int64_t row = 0; row < m; ++row) {
    for (std::int64_t column = 0; column < n; ++column) {
      int expected = 0;
      for (std::int64_t i = 0; i < k; ++i) {
        expected +=
            x[static_cast<std::size_t>(row * k + i)] * w[static_cast<std::size_t>(column * k + i)];
      }
      wrong += load_element(of.op.output, y.data(), row * n + column) != expected;
    }
  }
  EXPECT_EQ(wrong, 0) << "elements of " << m * n;
  const auto written = static_cast<std::ptrdiff_t>(m * n * size_bytes(of.op.output));
  EXPECT_TRUE(std::all_of(y.begin() + written, y.end(), [](auto byte) { return byte == 0xFF; }))
      << "wrote beyond the last row";
}

/// An element count of that many bytes.
std::int64_t elements(DType dtype, std::int64_t bytes) { return bytes / size_bytes(dtype); }

class SimtGemmMma : public testing::TestWithParam<DType> {};

TEST_P(SimtGemmMma, WholeTiles) {
  for (int tile = 0; tile <= gemm_mma::kSmallestTile; ++tile) {
    const auto& shape = gemm_mma::kTiles[static_cast<std::size_t>(tile)];
    expect_exact(GetParam(), tile, shape.rows(), shape.columns(), elements(GetParam(), 256), 1);
  }
}

TEST_P(SimtGemmMma, RaggedEdgesOfSeveralTilesABlock) {
  for (int tile = 0; tile <= gemm_mma::kSmallestTile; ++tile) {
    const auto& shape = gemm_mma::kTiles[static_cast<std::size_t>(tile)];
    // Two by two tiles on one multiprocessor, each with its edges, and a part of a slice of K.
    expect_exact(GetParam(), tile, shape.rows() + 37, shape.columns() + 72,
                 elements(GetParam(), 64 + 48), 1);
  }
}

TEST_P(SimtGemmMma, LessThanATile) {
  for (int tile = 0; tile <= gemm_mma::kSmallestTile; ++tile) {
    expect_exact(GetParam(), tile, 1, 8, elements(GetParam(), 16), 1);
    expect_exact(GetParam(), tile, 5, 24, elements(GetParam(), 480), 3);
  }
}

TEST_P(SimtGemmMma, IsWithinItsBoundOnRealData) {
  const Case of(GetParam(), 6, 136, elements(GetParam(), 1040), Distribution::kNormal);
  const Bytes y = of.run(gemm_mma::kSmallestTile, 2);
  const auto reader = [&](const Bytes& matrix) -> GemmHostView::ReadRow {
    const std::int64_t row_bytes = of.op.k * size_bytes(GetParam());
    return [&matrix, row_bytes](std::int64_t row, void* out) {
      std::memcpy(out, matrix.data() + row * row_bytes, static_cast<std::size_t>(row_bytes));
    };
  };
  const bool integers = GetParam() == DType::kInt8;
  const GemmHostView view{
      .x = reader(of.x), .w = reader(of.w), .y = y.data(), .scale = integers ? 1.0 : of.scale};
  const Verification verification =
      compare_gemm(of.op, view, cublaslt::accuracy(of.op, true)).result();
  EXPECT_TRUE(verification.passed) << verification.reason;
  EXPECT_EQ(verification.checked, 6 * 136);
}

INSTANTIATE_TEST_SUITE_P(Types, SimtGemmMma,
                         testing::Values(DType::kBf16, DType::kFp16, DType::kFp8E4m3, DType::kInt8),
                         [](const auto& each) { return std::string(name_of(each.param)); });

}  // namespace
}  // namespace gpugauge
