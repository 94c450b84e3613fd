#include "kernels/reference/attention_reference.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "harness/base/float_codec.hpp"
#include "kernels/reference/sample_indices.hpp"

namespace gpugauge {
namespace {

/// `rows` rows of `length` stored elements, `stride` elements apart.
std::vector<float> decode_rows(DType dtype, const void* array, std::int64_t first,
                               std::int64_t rows, std::int64_t stride, std::int64_t length) {
  std::vector<float> values(static_cast<std::size_t>(rows * length));
#pragma omp parallel for schedule(static)
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t i = 0; i < length; ++i) {
      values[static_cast<std::size_t>(row * length + i)] =
          static_cast<float>(load_element(dtype, array, first + row * stride + i));
    }
  }
  return values;
}

void compare_row(Comparison& comparison, const AttentionRow& row, const void* out,
                 std::int64_t first) {
  const std::vector<AttentionElement> expected = attend(row);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const std::int64_t index = first + static_cast<std::int64_t>(i);
    comparison.add(load_element(DType::kBf16, out, index), expected[i].value, expected[i].bound,
                   index);
  }
}

/// Fails the first element that was not written or is not finite.
void require_finite(Comparison& comparison, const void* out, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    const double found = load_element(DType::kBf16, out, i);
    if (!std::isfinite(found)) {
      comparison.add(found, 0.0, 0.0, i);
      return;
    }
  }
}

}  // namespace

std::vector<AttentionElement> attend(const AttentionRow& row) {
  const std::size_t head_dim = row.q.size(), tokens = row.keys.size() / head_dim;
  const double inverse_root = row.key_scale / std::sqrt(static_cast<double>(head_dim));
  std::vector<double> scores(tokens), magnitudes(tokens);
#pragma omp parallel for schedule(static)
  for (std::size_t token = 0; token < tokens; ++token) {
    const float* const key = row.keys.data() + token * head_dim;
    double sum = 0.0, magnitude = 0.0;
#pragma omp simd reduction(+ : sum, magnitude)
    for (std::size_t i = 0; i < head_dim; ++i) {
      const double product = static_cast<double>(row.q[i]) * static_cast<double>(key[i]);
      sum += product;
      magnitude += std::abs(product);
    }
    scores[token] = sum * inverse_root;
    magnitudes[token] = magnitude * std::abs(inverse_root);
  }
  const double greatest = *std::max_element(scores.begin(), scores.end());

  constexpr double kUnit = 0x1p-24;
  double normaliser = 0.0, error = 0.0;
  std::vector<double> sums(head_dim), sizes(head_dim), squares(head_dim), errors(head_dim);
  for (std::size_t token = 0; token < tokens; ++token) {
    const float* const value = row.values.data() + token * head_dim;
    const double w = std::exp(scores[token] - greatest);
    const double e = 8 * kUnit * (magnitudes[token] + 1) +
                     4 * kUnit * (std::abs(scores[token]) + std::abs(greatest));
    normaliser += w;
    error += w * e;
#pragma omp simd
    for (std::size_t i = 0; i < head_dim; ++i) {
      const double product = w * static_cast<double>(value[i]);
      sums[i] += product;
      sizes[i] += std::abs(product);
      squares[i] += product * product;
      errors[i] += std::abs(product) * e;
    }
  }

  constexpr double kOutputRoundoff = 0x1p-8;
  const double probability_roundoff = std::ldexp(1.0, -row.probability_bits);
  const double scale = row.value_scale / normaliser;
  std::vector<AttentionElement> elements(head_dim);
  for (std::size_t i = 0; i < head_dim; ++i) {
    const double value = sums[i] * scale, size = sizes[i] * std::abs(scale);
    const double root = 4 * std::sqrt(squares[i]) * std::abs(scale);
    elements[i] = {value, kOutputRoundoff * std::abs(value) +
                              probability_roundoff * std::min(size, root) + 8 * kUnit * size +
                              errors[i] * std::abs(scale) + error / normaliser * std::abs(value)};
  }
  return elements;
}

Comparison compare_attention_decode(const AttentionDecode& op, const AttentionDecodeHostView& view,
                                    std::string where, std::uint64_t seed) {
  Comparison comparison(std::move(where), op.head_dim);
  const std::int64_t group = op.heads / op.kv_heads;
  std::vector<std::byte> keys(
      static_cast<std::size_t>(op.context * op.head_dim * size_bytes(op.kv)));
  std::vector<std::byte> values(keys.size());
  for (std::int64_t unit : sample_indices(op.batch * op.kv_heads, 1, 2, seed)) {
    view.tokens(unit / op.kv_heads, unit % op.kv_heads, keys.data(), values.data());
    const auto decode = [&](const std::vector<std::byte>& stored) {
      return decode_rows(op.kv, stored.data(), 0, op.context, op.head_dim, op.head_dim);
    };
    const std::vector<float> decoded_keys = decode(keys), decoded_values = decode(values);
    for (std::int64_t query : sample_indices(group, 1, 2, seed + 1)) {
      const std::int64_t first = (unit * group + query) * op.head_dim;
      const std::vector<float> q =
          decode_rows(DType::kBf16, view.q, first, 1, op.head_dim, op.head_dim);
      compare_row(comparison,
                  {.q = q,
                   .keys = decoded_keys,
                   .values = decoded_values,
                   .key_scale = view.key_scale,
                   .value_scale = view.value_scale,
                   .probability_bits = op.kv == DType::kFp8E4m3 ? 11 : 8},
                  view.out, first);
    }
  }
  require_finite(comparison, view.out, op.batch * op.heads * op.head_dim);
  return comparison;
}

Comparison compare_attention_prefill(const AttentionPrefill& op,
                                     const AttentionPrefillHostView& view, std::string where,
                                     std::uint64_t seed) {
  Comparison comparison(std::move(where), op.head_dim);
  const std::int64_t row = op.heads * op.head_dim, kv_row = op.kv_heads * op.head_dim;
  for (std::int64_t head : sample_indices(op.heads, 1, 2, seed)) {
    const std::int64_t kv_first = head / (op.heads / op.kv_heads) * op.head_dim;
    const auto decode = [&](const void* array) {
      return decode_rows(op.dtype, array, kv_first, op.tokens, kv_row, op.head_dim);
    };
    const std::vector<float> keys = decode(view.k), values = decode(view.v);
    for (std::int64_t token : sample_indices(op.tokens, 2, 6, seed + 1)) {
      const std::int64_t first = token * row + head * op.head_dim;
      const std::vector<float> q = decode_rows(op.dtype, view.q, first, 1, row, op.head_dim);
      const auto attended = static_cast<std::size_t>((token + 1) * op.head_dim);
      compare_row(comparison,
                  {.q = q,
                   .keys = std::span(keys).first(attended),
                   .values = std::span(values).first(attended)},
                  view.out, first);
    }
  }
  require_finite(comparison, view.out, op.tokens * row);
  return comparison;
}

}  // namespace gpugauge
