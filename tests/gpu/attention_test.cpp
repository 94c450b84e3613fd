#include <gmock/gmock.h>

#include "kernels/cuda/attention/attention_decode.hpp"
#include "kernels/implementation.hpp"
#include "tests/gpu/gpu_test.hpp"

namespace gpugauge {

std::span<const Implementation> cuda_attention_decode();
std::span<const Implementation> cuda_attention_prefill();

namespace {

class CudaAttentionTest : public GpuTest {
 protected:
  void expect_verified(const Implementation& implementation, const Op& op,
                       const CaseOptions& options = {.cache = CacheState::kHot}) {
    SCOPED_TRACE(std::string(implementation.name) + " " + shape_path(op));
    ASSERT_EQ(implementation.supports(op, device().info()), std::nullopt);
    const auto workload = implementation.make(op, device(), options);
    // More than once, because the last block of a launch makes the counters ready for the next.
    const auto replay = device().capture(*workload, 3);
    EXPECT_GT(replay->run().seconds, 0.0);
    const Verification verification = verify_replay(*workload, *replay);
    EXPECT_TRUE(verification.passed) << verification.reason;
    EXPECT_GT(verification.checked, 0);
  }
  void decode(const AttentionDecode& op, const CaseOptions& options = {.cache = CacheState::kHot}) {
    expect_verified(cuda_attention_decode().front(), op, options);
  }
  void prefill(const AttentionPrefill& op,
               const CaseOptions& options = {.cache = CacheState::kHot}) {
    for (const Implementation& implementation : cuda_attention_prefill()) {
      if (implementation.name == "flash_wgmma" && device().info().compute_capability != 90)
        continue;
      expect_verified(implementation, op, options);
    }
  }
};

AttentionDecode decode_of(std::int64_t batch, std::int64_t context, std::int64_t heads = 32,
                          std::int64_t kv_heads = 8, DType kv = DType::kBf16,
                          std::int64_t head_dim = 128, std::int64_t page_tokens = 16) {
  return {.batch = batch,
          .context = context,
          .heads = heads,
          .kv_heads = kv_heads,
          .head_dim = head_dim,
          .kv = kv,
          .page_tokens = page_tokens};
}

AttentionPrefill prefill_of(std::int64_t batch, std::int64_t tokens, std::int64_t heads,
                            std::int64_t kv_heads, std::int64_t head_dim) {
  return {.batch = batch,
          .tokens = tokens,
          .heads = heads,
          .kv_heads = kv_heads,
          .head_dim = head_dim,
          .dtype = DType::kBf16};
}

TEST_F(CudaAttentionTest, DecodeIsVerifiedOverContextsAndBatches) {
  for (DType kv : {DType::kBf16, DType::kFp8E4m3}) {
    for (std::int64_t head_dim : {64, 128}) {
      for (std::int64_t context : sizes({1, 100, 128, 4097}, {129})) {
        for (std::int64_t batch : sizes({1, 3, 256}, {3})) {
          decode(decode_of(batch, context, 32, 8, kv, head_dim));
        }
      }
    }
  }
}

TEST_F(CudaAttentionTest, DecodeIsVerifiedForEveryGroup) {
  const std::int64_t context = size(500, 70);
  for (std::int64_t group = 1; group <= 16; group += size(1, 5)) {
    decode(decode_of(2, context, 2 * group, 2));
    decode(decode_of(2, context, 2 * group, 2, DType::kFp8E4m3));
  }
}

TEST_F(CudaAttentionTest, DecodeIsVerifiedForEveryPageSize) {
  const std::int64_t context = size(1000, 70), heads = size(32, 4);
  for (std::int64_t page_tokens = 1; page_tokens <= 256; page_tokens *= size(2, 16)) {
    decode(decode_of(3, context, heads, heads / 4, DType::kBf16, 128, page_tokens));
    decode(decode_of(3, context, heads, heads / 4, DType::kFp8E4m3, 64, page_tokens));
  }
}

TEST_F(CudaAttentionTest, DecodeIsVerifiedWhenColdAndLong) {
  decode(decode_of(1, 128), {});
  if (emulated()) return;  // a long context takes too long there
  decode(decode_of(1, 131072));
  decode(decode_of(1, 131072, 8, 1, DType::kFp8E4m3));
}

TEST_F(CudaAttentionTest, DecodeGivesTheSameBitsEveryTime) {
  if (emulated()) GTEST_SKIP() << kTooMuch;
  const AttentionDecode op = decode_of(3, 3000);
  const int blocks = attention_decode_blocks(op, device().info().compute_units);
  EXPECT_GT(blocks, 24) << "no unit is shared";
  const auto workload = cuda_attention_decode().front().make(op, device(), {});
  EXPECT_TRUE(workload->deterministic());
  const auto replay = device().capture(*workload, 1);
  const Verification first = verify_replay(*workload, *replay);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(verify_replay(*workload, *replay).relative_error, first.relative_error);
  }
}

TEST_F(CudaAttentionTest, PrefillIsVerifiedAtRaggedSizes) {
  for (std::int64_t head_dim : {64, 128}) {
    for (std::int64_t tokens : sizes({1, 63, 64, 65, 127, 129, 1000, 4096}, {65})) {
      prefill(prefill_of(1, tokens, size(32, 2), size(8, 1), head_dim));
    }
    prefill(prefill_of(size(3, 2), size(333, 33), size(6, 2), size(6, 2), head_dim));
    prefill(prefill_of(size(2, 1), size(257, 17), size(16, 4), 1, head_dim));
  }
}

TEST_F(CudaAttentionTest, PrefillIsVerifiedWhenCold) {
  prefill(prefill_of(1, size(700, 70), size(8, 2), 2, 128), {});
}

TEST_F(CudaAttentionTest, OtherInputsAreVerified) {
  for (Distribution data :
       {Distribution::kUniform, Distribution::kZeros, Distribution::kSmallIntegers}) {
    const std::int64_t tokens = size(300, 40), heads = size(32, 4);
    const CaseOptions options{.cache = CacheState::kHot, .data = data};
    decode(decode_of(2, tokens, heads, heads / 4), options);
    decode(decode_of(2, tokens, heads, heads / 4, DType::kFp8E4m3), options);
    prefill(prefill_of(1, tokens, size(8, 2), 2, 128), options);
  }
}

TEST_F(CudaAttentionTest, RefusesWhatItCannotDo) {
  const auto decode_supports = cuda_attention_decode().front().supports;
  EXPECT_NE(decode_supports(decode_of(1, 128, 34, 2), device().info()), std::nullopt);
  EXPECT_NE(decode_supports(decode_of(1, 128, 32, 8, DType::kFp16), device().info()), std::nullopt);
  const auto prefill_supports = cuda_attention_prefill().front().supports;
  EXPECT_NE(prefill_supports(prefill_of(1, 128, 8, 2, 96), device().info()), std::nullopt);
}

TEST_F(CudaAttentionTest, MoreThanThereIsRoomForIsOutOfMemory) {
  EXPECT_THROW(cuda_attention_decode().front().make(decode_of(256, 1 << 20), device(), {}),
               OutOfMemory);
  decode(decode_of(1, 128));
}

}  // namespace
}  // namespace gpugauge
