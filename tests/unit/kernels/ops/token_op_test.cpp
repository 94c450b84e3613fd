#include "kernels/ops/token_op.hpp"

#include "tests/unit/kernels/ops/op_name.hpp"

namespace gpugauge {
namespace {

TEST(WorkOfTokenOp, IsProportionalToTokensAndWidth) {
  const Work norm = work_of(token_op_of(TokenOpKind::kRmsNorm, 3, 4096));
  EXPECT_DOUBLE_EQ(norm.bytes, 8.0 * 3 * 4096);
  EXPECT_DOUBLE_EQ(norm.flops, 5.0 * 3 * 4096);
  EXPECT_DOUBLE_EQ(work_of(token_op_of(TokenOpKind::kQuantize, 1, 10)).bytes, 30.0);
}

TEST(WorkOfTokenOp, AFusedQuantisationWritesAByteInsteadOfTwo) {
  TokenOp norm = token_op_of(TokenOpKind::kRmsNorm, 3, 4096);
  norm.output = DType::kFp8E4m3;
  EXPECT_DOUBLE_EQ(work_of(norm).bytes, 7.0 * 3 * 4096);
}

TEST(WorkOfTokenOp, ARotationWritesQueriesInBf16WhateverTheCacheHolds) {
  TokenOp rope = token_op_of(TokenOpKind::kRopeAppend, 3, (32 + 2 * 8) * 128, 8, 128);
  EXPECT_DOUBLE_EQ(work_of(rope).bytes, 3 * 24'576.0);
  rope.output = DType::kFp8E4m3;
  // 2 · 6144 read, 2 · 4096 of q written, 2048 of k and v.
  EXPECT_DOUBLE_EQ(work_of(rope).bytes, 3 * 22'528.0);
}

TEST(TokenOpCase, IsNamed) {
  test::expect_named(token_op_of(TokenOpKind::kGatedActivation, 8, 14336),
                     "token_op/gated_activation/bf16/t:8/w:14336");
  test::expect_named(token_op_of(TokenOpKind::kRopeAppend, 8, 6144, 8, 128),
                     "token_op/rope_append/bf16/t:8/w:6144/kv:8/d:128");
}

}  // namespace
}  // namespace gpugauge
