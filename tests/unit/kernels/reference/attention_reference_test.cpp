#include "kernels/reference/attention_reference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "harness/base/float_codec.hpp"
#include "harness/base/random.hpp"

namespace gpugauge {
namespace {

using testing::HasSubstr;

std::vector<float> random_floats(std::size_t count, std::uint64_t seed) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = random_value(Distribution::kNormal, seed, i);
  }
  return values;
}

TEST(Attend, OneTokenIsItsValue) {
  const std::vector<float> q{1, 2}, k{3, 4}, v{5, -6};
  const auto out = attend({.q = q, .keys = k, .values = v, .value_scale = 0.5});
  ASSERT_EQ(out.size(), 2U);
  EXPECT_DOUBLE_EQ(out[0].value, 2.5);
  EXPECT_DOUBLE_EQ(out[1].value, -3.0);
}

TEST(Attend, WeighsTokensBySoftmaxOfScaledScores) {
  // Scores 0 and ln 3: 2·k/√4 with k = ln 3 in units of 0.5.
  const auto ln3 = static_cast<float>(std::log(3.0));
  const std::vector<float> q{2, 0, 0, 0}, k{0, 7, 7, 7, 2 * ln3, 7, 7, 7};
  const std::vector<float> v{4, 0, 1, -8, 8, 0, 1, 8};
  const auto out = attend({.q = q, .keys = k, .values = v, .key_scale = 0.5});
  EXPECT_NEAR(out[0].value, 4 * 0.25 + 8 * 0.75, 1e-6);
  EXPECT_NEAR(out[1].value, 0.0, 1e-12);
  EXPECT_NEAR(out[2].value, 1.0, 1e-12);
  EXPECT_NEAR(out[3].value, 4.0, 1e-6);
}

TEST(Attend, IsNotOverflowedByGreatScores) {
  const std::vector<float> q{100, 100}, k{100, 100, -100, -100}, v{1, 2, 3, 4};
  const auto out = attend({.q = q, .keys = k, .values = v});
  EXPECT_DOUBLE_EQ(out[0].value, 1.0);
  EXPECT_DOUBLE_EQ(out[1].value, 2.0);
  EXPECT_TRUE(std::isfinite(out[0].bound));
}

/// What a kernel may do: scores and sums in fp32, probabilities rounded before they are multiplied.
std::vector<double> kernel_like(const std::vector<float>& q, const std::vector<float>& k,
                                const std::vector<float>& v, std::size_t left_out = SIZE_MAX) {
  const std::size_t head_dim = q.size(), tokens = k.size() / head_dim;
  std::vector<float> out(head_dim);
  float max = -INFINITY, sum = 0;
  for (std::size_t token = 0; token < tokens; ++token) {
    if (token == left_out) continue;
    float score = 0;
    for (std::size_t i = 0; i < head_dim; ++i) score += q[i] * k[token * head_dim + i];
    score /= std::sqrt(static_cast<float>(head_dim));
    const float next = std::fmax(max, score), before = std::exp(max - next);
    const float p = std::exp(score - next);
    const float rounded = decode_float<kBf16Format>(encode_float<kBf16Format>(p));
    sum = sum * before + p;
    for (std::size_t i = 0; i < head_dim; ++i) {
      out[i] = out[i] * before + rounded * v[token * head_dim + i];
    }
    max = next;
  }
  std::vector<double> rounded;
  for (float value : out) {
    rounded.push_back(
        static_cast<double>(decode_float<kBf16Format>(encode_float<kBf16Format>(value / sum))));
  }
  return rounded;
}

double worst_error(const std::vector<AttentionElement>& expected,
                   const std::vector<double>& found) {
  double worst = 0.0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    worst = std::max(worst, std::abs(found[i] - expected[i].value) / expected[i].bound);
  }
  return worst;
}

TEST(Attend, BoundHoldsForWhatAKernelDoesAndNotForATokenLeftOut) {
  for (std::size_t tokens : {1U, 2U, 17U, 256U, 2000U}) {
    for (std::uint64_t seed = 1; seed < 6; ++seed) {
      const auto q = random_floats(128, seed), k = random_floats(tokens * 128, seed + 10);
      const auto v = random_floats(tokens * 128, seed + 20);
      const auto expected = attend({.q = q, .keys = k, .values = v});
      const double error = worst_error(expected, kernel_like(q, k, v));
      EXPECT_LE(error, 1.0) << tokens << " tokens";
      EXPECT_GE(error, 0.02) << "a bound that holds everything";
      if (tokens > 1 && tokens < 300) {
        EXPECT_GT(worst_error(expected, kernel_like(q, k, v, tokens / 2)), 1.0);
      }
    }
  }
}

/// A decode step made by `attend` itself.
class DecodeFixture {
 public:
  explicit DecodeFixture(const AttentionDecode& op)
      : op_(op),
        q_(encode(random_floats(size(op.batch * op.heads * op.head_dim), 1))),
        k_(random_floats(size(op.batch * op.kv_heads * op.context * op.head_dim), 2)),
        v_(random_floats(k_.size(), 3)) {
    for (auto* values : {&k_, &v_}) {
      for (float& value : *values) {
        value = decode_float<kFp8E4m3Format>(encode_float<kFp8E4m3Format>(64 * value));
      }
    }
    std::vector<float> out;
    const std::int64_t group = op.heads / op.kv_heads;
    for (std::int64_t row = 0; row < op.batch * op.heads; ++row) {
      std::vector<float> q(size(op.head_dim));
      for (std::size_t i = 0; i < q.size(); ++i) {
        q[i] = decode_float<kBf16Format>(q_[size(row * op.head_dim) + i]);
      }
      for (const auto& element : attend({.q = q,
                                 .keys = unit(k_, row / group),
                                 .values = unit(v_, row / group),
                                 .key_scale = kScale,
                                 .value_scale = kScale})) {
        out.push_back(static_cast<float>(element.value));
      }
    }
    out_ = encode(out);
  }

  std::vector<std::uint16_t>& out() { return out_; }

  Verification compare() const {
    const auto tokens = [&](std::int64_t sequence, std::int64_t kv_head, void* keys, void* values) {
      const auto put = [&](const std::vector<float>& all, void* to) {
        std::int64_t i = 0;
        for (float value : unit(all, sequence * op_.kv_heads + kv_head)) {
          store_element(DType::kFp8E4m3, to, i++, value);
        }
      };
      put(k_, keys);
      put(v_, values);
    };
    return compare_attention_decode(op_,
                                    {.tokens = tokens,
                                     .q = q_.data(),
                                     .out = out_.data(),
                                     .key_scale = kScale,
                                     .value_scale = kScale},
                                    "slot 3")
        .result();
  }

 private:
  static constexpr double kScale = 1.0 / 64;
  static std::size_t size(std::int64_t count) { return static_cast<std::size_t>(count); }
  static std::vector<std::uint16_t> encode(const std::vector<float>& values) {
    std::vector<std::uint16_t> codes;
    for (float value : values) {
      codes.push_back(static_cast<std::uint16_t>(encode_float<kBf16Format>(value)));
    }
    return codes;
  }
  std::span<const float> unit(const std::vector<float>& all, std::int64_t index) const {
    const std::size_t length = size(op_.context * op_.head_dim);
    return std::span(all).subspan(size(index) * length, length);
  }

  AttentionDecode op_;
  std::vector<std::uint16_t> q_;
  std::vector<float> k_, v_;
  std::vector<std::uint16_t> out_;
};

constexpr AttentionDecode kDecode{
    .batch = 3, .context = 40, .heads = 10, .kv_heads = 2, .head_dim = 64, .kv = DType::kFp8E4m3};

TEST(CompareAttentionDecode, PassesWhatIsRight) {
  const Verification verification = DecodeFixture(kDecode).compare();
  EXPECT_TRUE(verification.passed) << verification.reason;
  EXPECT_EQ(verification.checked, 4 * 4 * 64);
}

TEST(CompareAttentionDecode, SeesAnElementThatIsWrong) {
  DecodeFixture fixture(kDecode);
  fixture.out()[0] ^= 0x0040;
  const Verification verification = fixture.compare();
  EXPECT_FALSE(verification.passed);
  EXPECT_THAT(verification.reason, HasSubstr("slot 3"));
}

TEST(CompareAttentionDecode, SeesAnyElementThatWasNotWritten) {
  for (std::size_t at : {0, 700, 3 * 10 * 64 - 1}) {
    DecodeFixture fixture(kDecode);
    fixture.out()[at] = 0xFFFF;
    EXPECT_FALSE(fixture.compare().passed) << at;
  }
}

/// A prompt of `tokens` whose every value is its token's index: a query's output is between 0 and
/// its own.
TEST(CompareAttentionPrefill, AttendsToEarlierTokensOnly) {
  const AttentionPrefill op{
      .batch = 1, .tokens = 9, .heads = 2, .kv_heads = 1, .head_dim = 64, .dtype = DType::kBf16};
  std::vector<std::uint16_t> q(9 * 2 * 64), k(9 * 64), v(9 * 64), out(q.size());
  for (std::int64_t i = 0; i < 9 * 64; ++i) {
    store_element(DType::kBf16, v.data(), i, static_cast<float>(i / 64));
  }
  // With queries of zero all tokens weigh the same.
  const auto mean = [](std::int64_t token) { return static_cast<float>(token) / 2; };
  for (std::int64_t i = 0; i < 9 * 128; ++i) {
    store_element(DType::kBf16, out.data(), i, mean(i / 128));
  }
  const AttentionPrefillHostView view{
      .q = q.data(), .k = k.data(), .v = v.data(), .out = out.data()};
  const Verification right = compare_attention_prefill(op, view).result();
  EXPECT_TRUE(right.passed) << right.reason;
  EXPECT_EQ(right.checked, 9 * 128);
  for (std::int64_t i = 0; i < 128; ++i) store_element(DType::kBf16, out.data(), 4 * 128 + i, 2.1F);
  EXPECT_FALSE(compare_attention_prefill(op, view).result().passed);
  store_element(DType::kBf16, out.data(), 4 * 128, NAN);
  EXPECT_FALSE(compare_attention_prefill(op, view).result().passed);
}

}  // namespace
}  // namespace gpugauge
