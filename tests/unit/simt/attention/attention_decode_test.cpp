#include "tests/unit/simt/token_ops/token_arrays.hpp"

// The kernel itself, after the emulation that it runs in.
#include "kernels/cuda/attention/attention_decode.cu"

#include <cstring>
#include <string>

#include "kernels/reference/attention_reference.hpp"

namespace gpugauge {
namespace {

struct Case {
  AttentionDecode op;
  int blocks;
};

/// Random queries and a random cache, whose pages are scattered.
class DecodeData {
 public:
  explicit DecodeData(const AttentionDecode& op)
      : op_(op),
        cache_{static_cast<int>(op.kv_heads), log2_exact(op.page_tokens)},
        pages_(cache_.pages_of(static_cast<int>(op.context))),
        table_(scattered_pages(op.batch * pages_, 7)),
        q_(Array::random(DType::kBf16, op.batch * q_stride(), 1)),
        k_(cache_of(2)),
        v_(cache_of(3)) {}

  /// Other queries may stand between those of two sequences.
  std::int64_t q_stride() const { return op_.heads * op_.head_dim + 24; }

  AttentionDecodeArrays arrays(void* out, void* workspace) const {
    return {.q = q_.data(),
            .q_stride = q_stride(),
            .k_cache = k_.data(),
            .v_cache = v_.data(),
            .page_table = table_.data(),
            .out = out,
            .workspace = workspace,
            .k_scale = kScale,
            .v_scale = 2 * kScale};
  }

  Comparison compare(const Array& out, std::uint64_t seed) const {
    const std::int64_t row = op_.heads * op_.head_dim;
    std::vector<std::uint16_t> q;
    for (std::int64_t sequence = 0; sequence < op_.batch; ++sequence) {
      const auto* first = static_cast<const std::uint16_t*>(q_.at(sequence * q_stride()));
      q.insert(q.end(), first, first + row);
    }
    const auto tokens = [&](std::int64_t sequence, std::int64_t kv_head, void* keys, void* values) {
      const std::int64_t bytes = op_.head_dim * size_bytes(op_.kv);
      for (int token = 0; token < op_.context; ++token) {
        const int page =
            table_[static_cast<std::size_t>(sequence * pages_ + cache_.entry_of(token))];
        const std::int64_t at = cache_.row_of(page, static_cast<int>(kv_head), token);
        const auto size = static_cast<std::size_t>(bytes);
        std::memcpy(static_cast<char*>(keys) + token * bytes, k_.at(at * op_.head_dim), size);
        std::memcpy(static_cast<char*>(values) + token * bytes, v_.at(at * op_.head_dim), size);
      }
    };
    return compare_attention_decode(op_,
                                    {.tokens = tokens,
                                     .q = q.data(),
                                     .out = out.data(),
                                     .key_scale = static_cast<double>(kScale),
                                     .value_scale = 2 * static_cast<double>(kScale)},
                                    {}, seed);
  }

 private:
  static constexpr float kScale = 0.5F;

  Array cache_of(std::uint64_t seed) const {
    const std::int64_t rows = cache_.row_of(static_cast<int>(table_.size()), 0, 0);
    return Array::random(op_.kv, rows * op_.head_dim, seed, 1 / kScale);
  }

  AttentionDecode op_;
  PagedCache cache_;
  int pages_;
  std::vector<std::int32_t> table_;
  Array q_, k_, v_;
};

/// Two launches on one workspace, of which only the counters are not garbage before each.
Array run(const Case& c, const DecodeData& data) {
  const std::int64_t words = attention_decode_workspace_bytes(c.op, c.blocks) / 4;
  const std::int64_t counters = c.op.batch * c.op.kv_heads;
  Array workspace(DType::kInt32, words), out(DType::kBf16, 0);
  for (std::int64_t i = 0; i < counters; ++i) workspace.set(i, 0);
  std::vector<std::uint32_t> first;
  for (int launch = 0; launch < 2; ++launch) {
    out = Array(DType::kBf16, c.op.batch * c.op.heads * c.op.head_dim);
    launch_attention_decode(Stream{}, c.op, data.arrays(out.data(), workspace.data()), c.blocks);
    for (std::int64_t i = 0; i < words; ++i) {
      if (i < counters) {
        EXPECT_EQ(load_element(DType::kInt32, workspace.data(), i), 0) << "counter " << i;
      } else {
        workspace.set(i, -1);
      }
    }
    if (launch == 0) first = out.words();
  }
  EXPECT_EQ(first, out.words()) << "the second launch differs";
  return out;
}

void check(const Case& c) {
  SCOPED_TRACE(testing::Message() << name_of(c.op.kv) << " batch " << c.op.batch << ", context "
                                  << c.op.context << ", heads " << c.op.heads << ", kv heads "
                                  << c.op.kv_heads << ", head_dim " << c.op.head_dim
                                  << ", pages of " << c.op.page_tokens << ", blocks " << c.blocks);
  ASSERT_EQ(attention_decode_unsupported(c.op), nullptr);
  const DecodeData data(c.op);
  Array out = run(c, data);
  for (std::uint64_t seed = 1; seed < 4; ++seed) expect_passes(data.compare(out, seed));
}

AttentionDecode op_of(DType kv, std::int64_t head_dim, std::int64_t context, std::int64_t heads,
                      std::int64_t kv_heads, std::int64_t page_tokens, std::int64_t batch = 1) {
  return {.batch = batch,
          .context = context,
          .heads = heads,
          .kv_heads = kv_heads,
          .head_dim = head_dim,
          .kv = kv,
          .page_tokens = page_tokens};
}

class SimtAttentionDecode : public testing::TestWithParam<std::tuple<DType, std::int64_t>> {
 protected:
  AttentionDecode op(std::int64_t context, std::int64_t heads, std::int64_t kv_heads,
                     std::int64_t page_tokens, std::int64_t batch = 1) const {
    return op_of(std::get<0>(GetParam()), std::get<1>(GetParam()), context, heads, kv_heads,
                 page_tokens, batch);
  }
};

TEST_P(SimtAttentionDecode, AttendsToEveryTokenOfAnyContext) {
  for (std::int64_t context : {1, 15, 16, 17, 127, 130, 333}) check({op(context, 4, 1, 16), 1});
}

TEST_P(SimtAttentionDecode, TakesAnyGroup) {
  for (std::int64_t group : {1, 2, 3, 7, 8, 9, 12, 16}) check({op(70, 2 * group, 2, 16), 1});
}

TEST_P(SimtAttentionDecode, FindsPagesOfAnySize) {
  for (std::int64_t page : {1, 2, 8, 16, 64, 256}) check({op(300, 4, 2, page, 2), 2});
}

TEST_P(SimtAttentionDecode, BlocksShareTheWorkAnyhow) {
  for (int blocks : {2, 3, 5, 7, 12}) check({op(200, 6, 2, 16, 3), blocks});
}

TEST_P(SimtAttentionDecode, IsTheSameInAllSchedules) {
  const Case c{op(150, 10, 1, 4, 2), 3};
  const DecodeData data(c.op);
  (void)simt::in_all_schedules([&] { return run(c, data).words(); });
}

INSTANTIATE_TEST_SUITE_P(Shapes, SimtAttentionDecode,
                         testing::Combine(testing::Values(DType::kBf16, DType::kFp8E4m3),
                                          testing::Values(64, 128)),
                         [](const auto& info) {
                           return std::string(name_of(std::get<0>(info.param))) + "_" +
                                  std::to_string(std::get<1>(info.param));
                         });

TEST(AttentionDecodeSupport, SaysWhatItCannotDo) {
  EXPECT_EQ(attention_decode_unsupported(op_of(DType::kBf16, 128, 1, 16, 1, 1)), nullptr);
  for (const AttentionDecode& op :
       {op_of(DType::kFp16, 128, 1, 4, 1, 16), op_of(DType::kBf16, 96, 1, 4, 1, 16),
        op_of(DType::kBf16, 128, 1, 5, 2, 16), op_of(DType::kBf16, 128, 1, 17, 1, 16),
        op_of(DType::kBf16, 128, 1, 4, 1, 24), op_of(DType::kBf16, 128, 1, 4, 1, 0),
        op_of(DType::kBf16, 128, (std::int64_t{1} << 27) + 1, 4, 1, 16)}) {
    EXPECT_NE(attention_decode_unsupported(op), nullptr);
  }
}

}  // namespace
}  // namespace gpugauge
