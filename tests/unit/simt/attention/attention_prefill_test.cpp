#include "tests/unit/simt/token_ops/token_arrays.hpp"

// The kernels themselves, after the emulation that they run in.
#include "kernels/cuda/attention/attention_prefill.cu"
#include "kernels/cuda/attention/attention_wgmma_sm90a.cu"

#include <string>
#include <tuple>

#include "kernels/reference/attention_reference.hpp"

namespace gpugauge {
namespace {

AttentionPrefill op_of(std::int64_t head_dim, std::int64_t tokens, std::int64_t heads,
                       std::int64_t kv_heads, std::int64_t batch = 1) {
  return {.batch = batch,
          .tokens = tokens,
          .heads = heads,
          .kv_heads = kv_heads,
          .head_dim = head_dim,
          .dtype = DType::kBf16};
}

/// Queries a block; kWgmma is the kernel for Hopper.
constexpr int kWgmma = 0;

class SimtAttentionPrefill
    : public testing::TestWithParam<std::tuple<std::int64_t, int>> {  // head_dim, block_queries
 protected:
  AttentionPrefill op(std::int64_t tokens, std::int64_t heads, std::int64_t kv_heads,
                      std::int64_t batch = 1) const {
    return op_of(std::get<0>(GetParam()), tokens, heads, kv_heads, batch);
  }

  std::vector<std::uint32_t> run(const AttentionPrefill& op) {
    q_ = Array::random(DType::kBf16, op.batch * q_size(op), 1);
    k_ = Array::random(DType::kBf16, op.batch * k_size(op), 2);
    v_ = Array::random(DType::kBf16, op.batch * k_size(op), 3);
    out_ = Array(DType::kBf16, op.batch * q_size(op));
    const AttentionPrefillArrays arrays{
        .q = q_.data(), .k = k_.data(), .v = v_.data(), .out = out_.data()};
    if (const int block_queries = std::get<1>(GetParam()); block_queries != kWgmma) {
      launch_attention_prefill(Stream{}, op, arrays, block_queries);
    } else {
      constexpr int kMultiprocessors = 2;
      launch_attention_wgmma(Stream{}, op, attention_prefill_maps(op, arrays), arrays.out,
                             kMultiprocessors);
    }
    return out_.words();
  }

  void check(const AttentionPrefill& op) {
    SCOPED_TRACE(testing::Message() << "batch " << op.batch << ", tokens " << op.tokens
                                    << ", heads " << op.heads << ", kv heads " << op.kv_heads);
    ASSERT_EQ(attention_prefill_unsupported(op), nullptr);
    run(op);
    for (std::int64_t prompt = 0; prompt < op.batch; ++prompt) {
      for (std::uint64_t seed = 1; seed < 6; ++seed) {
        expect_passes(compare_attention_prefill(op,
                                                {.q = q_.at(prompt * q_size(op)),
                                                 .k = k_.at(prompt * k_size(op)),
                                                 .v = v_.at(prompt * k_size(op)),
                                                 .out = out_.at(prompt * q_size(op))},
                                                {}, seed));
      }
    }
  }

 private:
  static std::int64_t q_size(const AttentionPrefill& op) {
    return op.tokens * op.heads * op.head_dim;
  }
  static std::int64_t k_size(const AttentionPrefill& op) {
    return op.tokens * op.kv_heads * op.head_dim;
  }

  Array q_{DType::kBf16, 0}, k_ = q_, v_ = q_, out_ = q_;
};

TEST_P(SimtAttentionPrefill, TakesAnyNumberOfTokens) {
  for (std::int64_t tokens : {1, 16, 63, 64, 65, 127, 130, 300}) check(op(tokens, 1, 1));
}

TEST_P(SimtAttentionPrefill, HeadsOfAGroupShareTheirKeys) {
  check(op(40, 4, 4));
  check(op(40, 6, 2));
  check(op(40, 5, 1));
}

TEST_P(SimtAttentionPrefill, PromptsAreApart) { check(op(70, 2, 1, 3)); }

TEST_P(SimtAttentionPrefill, IsTheSameInAllSchedules) {
  (void)simt::in_all_schedules([&] { return run(op(140, 2, 1)); });
}

INSTANTIATE_TEST_SUITE_P(Shapes, SimtAttentionPrefill,
                         testing::Combine(testing::Values(64, 128),
                                          testing::Values(64, 128, kWgmma)),
                         [](const auto& info) {
                           const int block = std::get<1>(info.param);
                           return "dim" + std::to_string(std::get<0>(info.param)) + "_" +
                                  (block == kWgmma ? "wgmma" : "block" + std::to_string(block));
                         });

TEST(AttentionPrefillSupport, SaysWhatItCannotDo) {
  AttentionPrefill fp8 = op_of(128, 10, 4, 1);
  fp8.dtype = DType::kFp8E4m3;
  for (const AttentionPrefill& op : {fp8, op_of(96, 10, 4, 1), op_of(128, 10, 5, 2),
                                     op_of(128, 10, 5, 0), op_of(64, 1 << 23, 1, 1)}) {
    EXPECT_NE(attention_prefill_unsupported(op), nullptr);
  }
}

}  // namespace
}  // namespace gpugauge
