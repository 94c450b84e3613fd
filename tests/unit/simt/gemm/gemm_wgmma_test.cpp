#include "tests/simt/simt.hpp"

#include "kernels/cuda/gemm/gemm_wgmma_sm90a.cu"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <vector>

#include "harness/base/random.hpp"
#include "kernels/cuda/gemm/gemm_rules.hpp"
#include "kernels/reference/gemm_reference.hpp"

namespace gpugauge {
namespace {

using gemm_wgmma::Accumulation;
using gemm_wgmma::Tile;

/// Host memory of exactly that size, as aligned as the copy engine asks for.
class HostMatrix {
 public:
  HostMatrix(DType dtype, std::int64_t rows, std::int64_t columns)
      : row_bytes_(columns * size_bytes(dtype)),
        data_(
            new (std::align_val_t{16}) unsigned char[static_cast<std::size_t>(rows * row_bytes_)]) {
    std::memset(data_.get(), 0xFF, static_cast<std::size_t>(rows * row_bytes_));
  }

  unsigned char* data() const { return data_.get(); }
  GemmHostView::ReadRow reader() const {
    return [this](std::int64_t row, void* out) {
      std::memcpy(out, data_.get() + row * row_bytes_, static_cast<std::size_t>(row_bytes_));
    };
  }

 private:
  struct Release {
    void operator()(unsigned char* data) const { operator delete[](data, std::align_val_t{16}); }
  };
  std::int64_t row_bytes_;
  std::unique_ptr<unsigned char[], Release> data_;
};

HostMatrix random_matrix(DType dtype, std::int64_t rows, std::int64_t columns, std::uint64_t seed) {
  HostMatrix matrix(dtype, rows, columns);
  for (std::int64_t i = 0; i < rows * columns; ++i) {
    store_random(dtype, Distribution::kNormal, seed, matrix.data(), i);
  }
  return matrix;
}

struct Shape {
  std::int64_t m, n, k;
};

/// Runs the kernel with that tile on so many multiprocessors, in every schedule, and compares.
void verify(DType dtype, Accumulation accumulation, Tile tile, int cluster, Shape shape,
            int multiprocessors) {
  const Gemm op = gemm_of(dtype, shape.m, shape.n, shape.k);
  SCOPED_TRACE(testing::Message() << kind_path(op) << " " << shape_path(op) << ", tile " << tile.m
                                  << "x" << tile.n << ", cluster " << cluster);
  const HostMatrix x = random_matrix(dtype, op.m, op.k, 1);
  const HostMatrix w = random_matrix(dtype, op.n, op.k, 2);
  const double scale = static_cast<double>(quantization_scale(dtype)) * quantization_scale(dtype);
  const auto plan =
      gemm_wgmma::plan_with(tile, cluster, op.m, op.n, op.k * size_bytes(dtype), multiprocessors);
  const auto found = simt::in_all_schedules([&] {
    const HostMatrix y(op.output, op.m, op.n);
    gemm_wgmma::launch(Stream{}, dtype, accumulation, plan,
                       gemm_wgmma::tensor_maps(op, plan, x.data(), w.data(), y.data()),
                       static_cast<float>(scale));
    const auto* elements = reinterpret_cast<const std::uint16_t*>(y.data());
    return std::vector<std::uint16_t>(elements, elements + op.m * op.n);
  });
  const GemmHostView view{.x = x.reader(), .w = w.reader(), .y = found.data(), .scale = scale};
  const Verification verification =
      compare_gemm(op, view, cublaslt::accuracy(op, accumulation == Accumulation::kFast)).result();
  EXPECT_TRUE(verification.passed) << verification.reason;
}

TEST(WgmmaGemmSource, EveryTileGoesRoundItsRingAndItsPlaces) {
  // Four tiles of a block, ragged everywhere: more stages of K than the ring has.
  for (const Tile tile : gemm_wgmma::kTiles) {
    verify(DType::kBf16, Accumulation::kPromoted, tile, 1, {tile.m + 9, tile.n + 72, 200}, 1);
  }
}

TEST(WgmmaGemmSource, ClustersShareTheWeights) {
  // Three rows of tiles: the fourth that their clusters have lies outside of the matrix.
  for (const Tile tile : gemm_wgmma::kTiles) {
    verify(DType::kBf16, Accumulation::kPromoted, tile, 2, {2 * tile.m + 8, tile.n - 56, 328}, 2);
  }
}

TEST(WgmmaGemmSource, TwoClustersTakeTurns) {
  verify(DType::kBf16, Accumulation::kPromoted, {64, 128}, 2, {250, 400, 72}, 5);
}

TEST(WgmmaGemmSource, Fp16IsPackedAsSuch) {
  verify(DType::kFp16, Accumulation::kPromoted, {64, 128}, 1, {70, 136, 136}, 4);
}

TEST(WgmmaGemmSource, Fp8IsSummedInOneAndInParts) {
  // In two parts of 128 columns, and in one.
  verify(DType::kFp8E4m3, Accumulation::kPromoted, {128, 256}, 1, {125, 264, 400}, 1);
  verify(DType::kFp8E4m3, Accumulation::kPromoted, {64, 128}, 1, {61, 136, 400}, 1);
  verify(DType::kFp8E4m3, Accumulation::kFast, {64, 128}, 2, {100, 136, 1168}, 2);
  verify(DType::kFp8E4m3, Accumulation::kFast, {128, 256}, 1, {100, 200, 656}, 1);
}

TEST(WgmmaGemmSource, TheSmallestShapeIsMostlyFilledIn) {
  verify(DType::kBf16, Accumulation::kPromoted, {128, 256}, 1, {1, 8, 8}, 132);
  verify(DType::kFp8E4m3, Accumulation::kPromoted, {64, 128}, 1, {1, 8, 16}, 132);
}

}  // namespace
}  // namespace gpugauge
