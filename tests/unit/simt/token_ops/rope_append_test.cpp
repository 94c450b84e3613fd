#include "tests/unit/simt/token_ops/token_arrays.hpp"

// The kernel itself, after the emulation that it runs in.
#include "kernels/cuda/token_ops/rope_append.cu"

#include <cmath>

namespace gpugauge {
namespace {

class SimtHeads : public testing::TestWithParam<int> {
 protected:
  static constexpr std::int64_t kTokens = 3;
  const Heads heads_{.queries = 5, .keys = 2, .head_dim = GetParam()};
  const std::int64_t row_ = std::int64_t{5 + 2 + 2} * GetParam();
  const Array qkv_ = Array::random(DType::kBf16, kTokens* row_, 11);
  const Array q_weight_ = Array::random(DType::kBf16, GetParam(), 12);
  const Array k_weight_ = Array::random(DType::kBf16, GetParam(), 13);

  /// A head of a token as the kernels read it, normalised if so.
  std::vector<double> head(std::int64_t token, int index, bool normed) const {
    const auto all = qkv_.row(token, row_);
    const auto begin = all.begin() + std::int64_t{index} * heads_.head_dim;
    const std::vector<double> values(begin, begin + heads_.head_dim);
    if (!normed || index >= heads_.queries + heads_.keys) return values;
    return rms_norm(values, (index < heads_.queries ? q_weight_ : k_weight_).row(0, GetParam()));
  }

  void check_rope(DType cache, bool normed);
};

TEST_P(SimtHeads, NormNormalisesQueriesAndKeysAlone) {
  Array out(DType::kBf16, kTokens * row_);
  (void)simt::in_all_schedules([&] {
    out = Array(DType::kBf16, kTokens * row_);
    launch_head_norm(Stream{},
                     {.in = {qkv_.data(), row_},
                      .out = {out.data(), row_},
                      .q_weight = q_weight_.data(),
                      .k_weight = k_weight_.data()},
                     kTokens, heads_);
    return out.words();
  });
  Comparison comparison;
  for (std::int64_t token = 0; token < kTokens; ++token) {
    for (int index = 0; index < heads_.queries + heads_.keys; ++index) {
      compare_elements(
          comparison, DType::kBf16, out.at(token * row_ + std::int64_t{index} * heads_.head_dim),
          token * row_ + std::int64_t{index} * heads_.head_dim, head(token, index, true));
    }
    EXPECT_TRUE(std::isnan(load_element(DType::kBf16, out.data(), (token + 1) * row_ - 1)))
        << "a value was written";
  }
  expect_passes(comparison);
}

void SimtHeads::check_rope(DType cache, bool normed) {
  SCOPED_TRACE(testing::Message() << name_of(cache) << (normed ? ", normed" : ""));
  constexpr int kPages = 3, kPageShift = 4;
  constexpr float kScales[] = {0.02F, 0.03F};
  const std::vector<std::int32_t> positions{0, 16, 45};
  const std::vector<std::int32_t> page_table = scattered_pages(kTokens * kPages);
  const std::vector<float> rotary = rotary_table(46, heads_.head_dim);
  const std::int64_t cache_elements =
      kTokens * kPages * (std::int64_t{heads_.keys} << kPageShift) * heads_.head_dim;
  const std::int64_t q_row = std::int64_t{heads_.queries} * heads_.head_dim;
  Array q(DType::kBf16, kTokens * q_row), k_cache(cache, cache_elements), v_cache = k_cache;
  const auto* const values = static_cast<const std::uint16_t*>(qkv_.data()) +
                             std::int64_t{heads_.queries + heads_.keys} * heads_.head_dim;
  (void)simt::in_all_schedules([&] {
    q = Array(DType::kBf16, kTokens * q_row);
    k_cache = v_cache = Array(cache, cache_elements);
    launch_rope_append(Stream{},
                       {.qk = {qkv_.data(), row_},
                        .v = {values, row_},
                        .q_weight = normed ? q_weight_.data() : nullptr,
                        .k_weight = normed ? k_weight_.data() : nullptr,
                        .rotary = rotary.data(),
                        .positions = positions.data(),
                        .page_table = page_table.data(),
                        .pages = kPages,
                        .page_shift = kPageShift,
                        .q = q.data(),
                        .k_cache = k_cache.data(),
                        .v_cache = v_cache.data(),
                        .k_scale = kScales[0],
                        .v_scale = kScales[1]},
                       kTokens, heads_, cache);
    return joined({&q, &k_cache, &v_cache});
  });

  constexpr double kTurned = 1e-5;  // of the rounding of two products that may cancel
  const PagedCache paged{.kv_heads = heads_.keys, .page_shift = kPageShift};
  Comparison comparison;
  std::int64_t written = 0;
  for (std::int64_t token = 0; token < kTokens; ++token) {
    const int position = positions[static_cast<std::size_t>(token)];
    for (int index = 0; index < heads_.queries; ++index) {
      compare_elements(comparison, DType::kBf16,
                       q.at(token * q_row + std::int64_t{index} * heads_.head_dim),
                       token * q_row + std::int64_t{index} * heads_.head_dim,
                       rotate_head(head(token, index, normed), position), 1.0, kTurned);
    }
    const int page =
        page_table[static_cast<std::size_t>(token * kPages + paged.entry_of(position))];
    for (int kv_head = 0; kv_head < heads_.keys; ++kv_head) {
      const std::int64_t element = paged.row_of(page, kv_head, position) * heads_.head_dim;
      const auto k = rotate_head(head(token, heads_.queries + kv_head, normed), position);
      const auto v = head(token, heads_.queries + heads_.keys + kv_head, normed);
      const auto scale = [&](int which) {
        return cache == DType::kFp8E4m3 ? static_cast<double>(kScales[which]) : 1.0;
      };
      compare_elements(comparison, cache, k_cache.at(element), element, k, scale(0),
                       kTurned / scale(0));
      compare_elements(comparison, cache, v_cache.at(element), element, v, scale(1));
    }
  }
  for (std::int64_t i = 0; i < cache_elements; ++i) {
    written += std::isnan(load_element(cache, k_cache.data(), i)) ? 0 : 1;
    written += std::isnan(load_element(cache, v_cache.data(), i)) ? 0 : 1;
  }
  expect_passes(comparison);
  EXPECT_EQ(written, kTokens * heads_.keys * heads_.head_dim * 2) << "and nothing else";
}

TEST_P(SimtHeads, RopeTurnsAndAppends) {
  for (DType cache : {DType::kBf16, DType::kFp8E4m3}) {
    check_rope(cache, false);
    check_rope(cache, true);
  }
}

INSTANTIATE_TEST_SUITE_P(HeadDim, SimtHeads, testing::Values(64, 128, 256));

TEST(SimtHeadsOf96, AreRefused) {
  EXPECT_THROW(launch_head_norm(Stream{}, {}, 1, {.queries = 1, .keys = 1, .head_dim = 96}),
               EnvironmentError);
}

}  // namespace
}  // namespace gpugauge
