#include "kernels/ops/attention_prefill.hpp"

#include "tests/unit/kernels/ops/op_name.hpp"

namespace gpugauge {
namespace {

// Half of 1024² and its diagonal, two products of 2·128 for each of 32 heads; q, k, v and the
// output once.
TEST(WorkOfPrefill, IsCausal) {
  const Work work = work_of(AttentionPrefill{2, 1024, 32, 8, 128, DType::kBf16});
  EXPECT_DOUBLE_EQ(work.flops, 4.0 * 2 * 32 * 128 * (1024.0 * 1025 / 2));
  EXPECT_DOUBLE_EQ(work.bytes, 2.0 * 2 * 1024 * (2 * 32 + 2 * 8) * 128);
}

TEST(AttentionPrefillCase, IsNamed) {
  test::expect_named(AttentionPrefill{2, 4096, 32, 8, 128, DType::kBf16},
                     "attention_prefill/bf16/b:2/t:4096/h:32/kv:8/d:128");
}

}  // namespace
}  // namespace gpugauge
