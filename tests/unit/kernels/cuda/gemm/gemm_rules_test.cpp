#include "kernels/cuda/gemm/gemm_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace gpugauge::cublaslt {
namespace {

using testing::HasSubstr;
using testing::Optional;

constexpr int kHopper = 90;
constexpr int kAda = 89;
constexpr int kAmpere = 80;

std::size_t offset(const ColumnMajor& matrix, std::int64_t row, std::int64_t column) {
  return static_cast<std::size_t>(row + column * matrix.leading);
}

/// Column-major D = Aᵀ · B, as cuBLASLt defines it, over the arrays as they lie in memory.
std::vector<int> multiply(const ColumnMajorGemm& g, const std::vector<int>& a,
                          const std::vector<int>& b) {
  std::vector<int> d(static_cast<std::size_t>(g.d.leading * g.d.columns));
  for (std::int64_t row = 0; row < g.d.rows; ++row) {
    for (std::int64_t column = 0; column < g.d.columns; ++column) {
      for (std::int64_t i = 0; i < g.a.rows; ++i) {
        d[offset(g.d, row, column)] += a[offset(g.a, i, row)] * b[offset(g.b, i, column)];
      }
    }
  }
  return d;
}

TEST(ColumnMajorGemm, ComputesTheRowMajorProduct) {
  const Gemm op = gemm_of(DType::kFp32, 2, 3, 4);
  const std::vector<int> x{1, 2, 3, 4,  //
                           5, 6, 7, 8};
  const std::vector<int> w{1, 0, 0, 0,  //
                           0, 1, 0, 0,  //
                           1, 1, 1, 1};
  const std::vector<int> y{1, 2, 10,  //
                           5, 6, 26};
  EXPECT_EQ(multiply(column_major(op), w, x), y);
}

TEST(ColumnMajorGemm, MatricesAreDense) {
  const Gemm op = gemm_of(DType::kBf16, 1, 28672, 4096);
  const ColumnMajorGemm g = column_major(op);
  EXPECT_EQ(g.a.rows * g.a.columns, op.n * op.k);
  EXPECT_EQ(g.b.rows * g.b.columns, op.m * op.k);
  EXPECT_EQ(g.d.rows * g.d.columns, op.m * op.n);
  for (const ColumnMajor& matrix : {g.a, g.b, g.d}) EXPECT_EQ(matrix.leading, matrix.rows);
}

TEST(CublasLtRules, AnyNumberOfTokensIsLegal) {
  for (DType dtype :
       {DType::kFp32, DType::kTf32, DType::kBf16, DType::kFp16, DType::kFp8E4m3, DType::kInt8}) {
    for (std::int64_t m : {1, 7, 33}) {
      EXPECT_EQ(unsupported(gemm_of(dtype, m, 4096, 4096), kHopper), std::nullopt)
          << name_of(dtype) << " m " << m;
    }
  }
}

TEST(CublasLtRules, Fp8NeedsMultiplesOfSixteen) {
  EXPECT_EQ(unsupported(gemm_of(DType::kFp8E4m3, 1, 16, 16), kAda), std::nullopt);
  EXPECT_THAT(unsupported(gemm_of(DType::kFp8E4m3, 1, 24, 16), kAda), Optional(HasSubstr("16")));
  EXPECT_THAT(unsupported(gemm_of(DType::kFp8E4m3, 1, 16, 24), kAda), Optional(HasSubstr("16")));
}

TEST(CublasLtRules, Fp8NeedsAda) {
  EXPECT_THAT(unsupported(gemm_of(DType::kFp8E4m3, 16, 16, 16), kAmpere),
              Optional(HasSubstr("8.9")));
}

TEST(CublasLtRules, Int8NeedsMultiplesOfFour) {
  EXPECT_EQ(unsupported(gemm_of(DType::kInt8, 3, 4, 4), kAmpere), std::nullopt);
  EXPECT_THAT(unsupported(gemm_of(DType::kInt8, 4, 6, 4), kAmpere), Optional(HasSubstr("4")));
  EXPECT_THAT(unsupported(gemm_of(DType::kInt8, 4, 4, 6), kAmpere), Optional(HasSubstr("4")));
}

TEST(CublasLtRules, RefusesWhatTheLibraryLacks) {
  EXPECT_THAT(unsupported(gemm_of(DType::kFp8E5m2, 16, 16, 16), kHopper),
              Optional(HasSubstr("E5M2")));
  EXPECT_NE(unsupported(gemm_of(DType::kInt32, 16, 16, 16), kHopper), std::nullopt);
  EXPECT_NE(unsupported(gemm_of(DType::kBf16, 0, 16, 16), kHopper), std::nullopt);
  Gemm mixed = gemm_of(DType::kFp8E4m3, 16, 16, 16);
  mixed.activations = DType::kBf16;
  EXPECT_THAT(unsupported(mixed, kHopper), Optional(HasSubstr("one type")));
  Gemm wide = gemm_of(DType::kBf16, 16, 16, 16);
  wide.output = DType::kFp32;
  EXPECT_NE(unsupported(wide, kHopper), std::nullopt);
}

TEST(CublasLtRules, WorkspaceIsTheLibrarysOwn) {
  EXPECT_EQ(workspace_bytes(kAda), 4 << 20);
  EXPECT_EQ(workspace_bytes(kHopper), 32 << 20);
}

TEST(CublasLtAccuracy, FastAccumulationStaysShortHoweverLongTheSum) {
  for (std::int64_t k : {16, 4096, 65536}) {
    EXPECT_EQ(accuracy(gemm_of(DType::kFp8E4m3, 8, 16, k), true).accumulator_bits, 14);
  }
}

TEST(CublasLtAccuracy, OnlyFastAccumulationCutsWithoutEnd) {
  const Gemm op = gemm_of(DType::kFp8E4m3, 8, 16, 4096);
  EXPECT_EQ(accuracy(op, true).cut_every, 32);
  EXPECT_EQ(accuracy(op, false).cut_every, 0);
  EXPECT_EQ(accuracy(op, false).rounded_parts, 1);
  EXPECT_EQ(accuracy(op, false, 4).rounded_parts, 4);
}

TEST(CublasLtRules, FrameworksPadFewTokensOfFp8) {
  EXPECT_TRUE(may_be_padded(gemm_of(DType::kFp8E4m3, 16, 16, 16)));
  EXPECT_FALSE(may_be_padded(gemm_of(DType::kFp8E4m3, 17, 16, 16)));
  EXPECT_FALSE(may_be_padded(gemm_of(DType::kBf16, 1, 16, 16)));
}

TEST(CublasLtAccuracy, CarryingOverGainsABitForEachFourfoldK) {
  const auto bits = [](std::int64_t k) {
    return accuracy(gemm_of(DType::kFp8E4m3, 8, 16, k), false).accumulator_bits;
  };
  EXPECT_EQ(bits(16), 14);
  EXPECT_EQ(bits(128), 14);
  EXPECT_EQ(bits(512), 15);
  EXPECT_EQ(bits(2048), 16);
  EXPECT_EQ(bits(4096), 16);
  EXPECT_EQ(bits(8192), 17);
}

TEST(CublasLtAccuracy, OtherTypesAreAsIsCustomary) {
  EXPECT_EQ(accuracy(gemm_of(DType::kBf16, 8, 16, 4096), false).accumulator_bits, 24);
  EXPECT_EQ(accuracy(gemm_of(DType::kInt8, 8, 16, 4096), false).accumulator_bits, 0);
  EXPECT_EQ(accuracy(gemm_of(DType::kTf32, 8, 16, 4096), false).operand_bits, 11);
}

}  // namespace
}  // namespace gpugauge::cublaslt
