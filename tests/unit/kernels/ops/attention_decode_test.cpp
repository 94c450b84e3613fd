#include "kernels/ops/attention_decode.hpp"

#include "tests/unit/kernels/ops/op_name.hpp"

namespace gpugauge {
namespace {

// 2 sequences of 1024 tokens, 32 query heads over 8 kv heads of 128:
// flops 4·2·1024·32·128; K and V 2·2·1024·8·128·2 bytes, q and the output 2·2·32·128·2.
TEST(WorkOfAttention, ReadsKeysAndValuesOnceAKvHead) {
  const Work work = work_of(AttentionDecode{2, 1024, 32, 8, 128, DType::kBf16});
  EXPECT_DOUBLE_EQ(work.flops, 33554432.0);
  EXPECT_DOUBLE_EQ(work.bytes, 8388608.0 + 32768.0);
}

TEST(WorkOfAttention, AnFp8CacheHalvesItsBytes) {
  const Work work = work_of(AttentionDecode{2, 1024, 32, 8, 128, DType::kFp8E4m3});
  EXPECT_DOUBLE_EQ(work.bytes, 4194304.0 + 32768.0);
}

TEST(AttentionDecodeCase, IsNamed) {
  test::expect_named(AttentionDecode{2, 1024, 32, 8, 128, DType::kFp8E4m3},
                     "attention_decode/fp8_e4m3/b:2/c:1024/h:32/kv:8/d:128/p:16");
}

}  // namespace
}  // namespace gpugauge
