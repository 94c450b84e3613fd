#include <gmock/gmock.h>

#include <algorithm>

#include "kernels/cuda/token_ops/token_ops.hpp"
#include "kernels/cuda/token_ops/token_ops_check.hpp"
#include "kernels/implementation.hpp"
#include "tests/gpu/gpu_test.hpp"

namespace gpugauge {

std::span<const Implementation> cuda_token_ops();

namespace {

const Implementation& token_op_row(std::string_view name) {
  const auto all = cuda_token_ops();
  return *std::find_if(all.begin(), all.end(), [&](const auto& i) { return i.name == name; });
}

class CudaTokenOpTest : public GpuTest {
 protected:
  void run_and_verify(std::string_view name, const TokenOp& op, const CaseOptions& options = {}) {
    SCOPED_TRACE(testing::Message() << name << " " << kind_path(op) << " " << shape_path(op));
    const auto reason = token_op_row(name).supports(op, device().info());
    ASSERT_EQ(reason, std::nullopt);
    const auto workload = token_op_row(name).make(op, device(), options);
    const auto replay = device().capture(*workload, 1);
    EXPECT_GT(replay->run().seconds, 0.0);
    const Verification verification = verify_replay(*workload, *replay);
    EXPECT_TRUE(verification.passed) << verification.reason;
    EXPECT_GT(verification.checked, 0);
  }
  void expect_unsupported(std::string_view name, const TokenOp& op) {
    EXPECT_NE(token_op_row(name).supports(op, device().info()), std::nullopt)
        << name << " " << kind_path(op) << " " << shape_path(op);
  }
};

constexpr CaseOptions kHotTokens{.cache = CacheState::kHot};

TEST_F(CudaTokenOpTest, NormsAreVerified) {
  for (std::int64_t tokens : sizes({1, 7, 256}, {1, 3})) {
    for (std::int64_t width : sizes({16, 1040, 4096, 5120, 16384}, {16, 1040})) {
      TokenOp op = token_op_of(TokenOpKind::kRmsNorm, tokens, width);
      run_and_verify("plain", op, kHotTokens);
      op.output = DType::kFp8E4m3;
      run_and_verify("fused", op, kHotTokens);
    }
  }
}

TEST_F(CudaTokenOpTest, ActivationsAndQuantisationAreVerified) {
  for (std::int64_t tokens : sizes({1, 7, 256}, {1, 3})) {
    for (std::int64_t width : sizes({16, 2064, 14336}, {16, 2064})) {
      TokenOp op = token_op_of(TokenOpKind::kGatedActivation, tokens, width);
      run_and_verify("plain", op, kHotTokens);
      op.output = DType::kFp8E4m3;
      run_and_verify("fused", op, kHotTokens);
      run_and_verify("plain", token_op_of(TokenOpKind::kQuantize, tokens, width), kHotTokens);
    }
  }
}

TEST_F(CudaTokenOpTest, HeadsAreVerified) {
  for (std::int64_t tokens : sizes({1, 5, 64}, {1, 5})) {
    for (std::int64_t head_dim : {64, 128, 256}) {
      run_and_verify("plain",
                     token_op_of(TokenOpKind::kHeadNorm, tokens, 11 * head_dim, 3, head_dim),
                     kHotTokens);
      TokenOp op = token_op_of(TokenOpKind::kRopeAppend, tokens, 14 * head_dim, 3, head_dim);
      run_and_verify("plain", op, kHotTokens);
      op.output = DType::kFp8E4m3;
      run_and_verify("plain", op, kHotTokens);
    }
  }
}

TEST_F(CudaTokenOpTest, EmbeddingAndArgmaxAreVerified) {
  for (std::int64_t tokens : sizes({1, 9, 128}, {1, 9})) {
    run_and_verify("plain", token_op_of(TokenOpKind::kEmbedding, tokens, 4096));
    run_and_verify("plain", token_op_of(TokenOpKind::kEmbedding, tokens, 1032));
    for (std::int64_t width : sizes({8, 8192, 128256, 151936}, {8, 8192})) {
      run_and_verify("plain", token_op_of(TokenOpKind::kArgmax, tokens, width), kHotTokens);
    }
  }
}

TEST_F(CudaTokenOpTest, EqualLogitsAreVerified) {
  for (Distribution data : {Distribution::kSmallIntegers, Distribution::kZeros}) {
    run_and_verify("plain", token_op_of(TokenOpKind::kArgmax, 3, size(128256, 8208)),
                   {.cache = CacheState::kHot, .data = data});
  }
}

TEST_F(CudaTokenOpTest, EverySlotOfAColdRotationIsVerified) {
  run_and_verify("plain", token_op_of(TokenOpKind::kRmsNorm, size(256, 8), 4096));
  run_and_verify("plain", token_op_of(TokenOpKind::kRopeAppend, size(256, 8), 6144, 8, 128));
  run_and_verify("plain", token_op_of(TokenOpKind::kArgmax, size(64, 2), size(128256, 8208)));
}

TEST_F(CudaTokenOpTest, WhatCannotBeRunHasAReason) {
  expect_unsupported("plain", token_op_of(TokenOpKind::kRmsNorm, 1, 4100));
  expect_unsupported("plain", token_op_of(TokenOpKind::kRmsNorm, 0, 4096));
  expect_unsupported("plain", token_op_of(TokenOpKind::kRmsNorm, 1, 65536));
  expect_unsupported("plain", token_op_of(TokenOpKind::kHeadNorm, 1, 960, 2, 96));
  expect_unsupported("plain", token_op_of(TokenOpKind::kRopeAppend, 1, 256, 1, 128));
  expect_unsupported("fused", token_op_of(TokenOpKind::kRmsNorm, 1, 4096));
  TokenOp op = token_op_of(TokenOpKind::kRmsNorm, 1, 4096);
  op.output = DType::kFp8E4m3;
  expect_unsupported("plain", op);
  op.output = DType::kFp16;
  expect_unsupported("fused", op);
}

TEST_F(CudaTokenOpTest, AnOutputThatWasNotWrittenIsSeen) {
  constexpr std::int64_t kWidth = 256;
  const void* x = device().random_pool(DType::kBf16, Distribution::kNormal, 2 * kWidth * 2);
  const Buffer y = device().allocate(kWidth);
  device().poison(y.data(), y.bytes());
  Comparison poisoned, written;
  TokenOpCheck(device(), poisoned).quantize(x, y.data(), 1, kWidth, 1.0F);
  EXPECT_FALSE(poisoned.result().passed);
  launch_quantize(device().stream(), x, y.data(), 1, kWidth, 1.0F);
  TokenOpCheck(device(), written).quantize(x, y.data(), 1, kWidth, 1.0F);
  EXPECT_TRUE(written.result().passed) << written.result().reason;
}

}  // namespace
}  // namespace gpugauge
