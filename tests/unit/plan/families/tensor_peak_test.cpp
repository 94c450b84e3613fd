#include "tests/unit/plan/families/entry.hpp"

namespace gpugauge::test {
namespace {

using testing::ElementsAre;

TEST(TensorPeakFamily, IsDenseAndSparse) {
  EXPECT_THAT(ops_of("family: tensor_peak, dtypes: [bf16], sparsity: [dense, sparse], gflop: 500"),
              ElementsAre("tensor_peak/bf16/dense/gflop:500", "tensor_peak/bf16/sparse/gflop:500"));
}

}  // namespace
}  // namespace gpugauge::test
