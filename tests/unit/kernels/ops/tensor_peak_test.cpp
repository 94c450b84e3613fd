#include "kernels/ops/tensor_peak.hpp"

#include "tests/unit/kernels/ops/op_name.hpp"

namespace gpugauge {
namespace {

TEST(WorkOfTensorPeak, HasNoBytes) {
  const Work work = work_of(TensorPeak{DType::kBf16, true, 1'000'000'000'000});
  EXPECT_DOUBLE_EQ(work.flops, 1e12);
  EXPECT_DOUBLE_EQ(work.bytes, 0);
}

TEST(ArithmeticOfTensorPeak, IsOfDenseOperandsAlone) {
  EXPECT_EQ(arithmetic_type(TensorPeak{DType::kInt8, false, 1}), DType::kInt8);
  EXPECT_EQ(arithmetic_type(TensorPeak{DType::kInt8, true, 1}), std::nullopt);
}

TEST(TensorPeakCase, IsNamed) {
  test::expect_named(TensorPeak{DType::kInt8, true, 4'000'000'000'000},
                     "tensor_peak/int8/sparse/gflop:4000");
}

}  // namespace
}  // namespace gpugauge
