#include "kernels/cuda/token_ops/token_ops_check.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "kernels/cuda/attention/paged_cache.hpp"
#include "kernels/reference/sample_indices.hpp"
#include "kernels/reference/token_ops_reference.hpp"

namespace gpugauge {
namespace {

std::vector<std::int64_t> sampled(std::int64_t rows) { return sample_indices(rows, 1, 4, 1); }

const char* at(DType dtype, const void* array, std::int64_t element) {
  return static_cast<const char*>(array) + element * size_bytes(dtype);
}

double scale_of(DType dtype, float scale) {
  return dtype == DType::kFp8E4m3 ? static_cast<double>(scale) : 1.0;
}

/// What fp32 may lose where two products cancel.
double turned_error(const std::vector<double>& head) {
  double largest = 0.0;
  for (double value : head) largest = std::max(largest, std::abs(value));
  return 0x1p-20 * largest;
}

}  // namespace

std::vector<double> TokenOpCheck::fetch(DType dtype, const void* array, std::int64_t first,
                                        std::int64_t count) const {
  std::vector<std::byte> raw(static_cast<std::size_t>(count * size_bytes(dtype)));
  device_.copy_to_host(raw.data(), at(dtype, array, first), static_cast<std::int64_t>(raw.size()));
  return decode_elements(dtype, raw.data(), 0, count);
}

void TokenOpCheck::compare(DType dtype, const void* array, std::int64_t first,
                           const std::vector<double>& expected, double scale, double absolute) {
  std::vector<std::byte> found(expected.size() * static_cast<std::size_t>(size_bytes(dtype)));
  device_.copy_to_host(found.data(), at(dtype, array, first),
                       static_cast<std::int64_t>(found.size()));
  compare_elements(comparison_, dtype, found.data(), first, expected, scale, absolute);
}

void TokenOpCheck::rms_norm(const RmsNormArrays& arrays, std::int64_t tokens, std::int64_t width,
                            DType output, float scale) {
  const auto weight = fetch(DType::kBf16, arrays.weight, 0, width);
  for (std::int64_t token : sampled(tokens)) {
    const std::int64_t first = token * width;
    auto sum = fetch(DType::kBf16, arrays.residual_in, first, width);
    if (arrays.x != nullptr) {
      const auto added = fetch(DType::kBf16, arrays.x, first, width);
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += added[i];
      compare(DType::kBf16, arrays.residual_out, first, sum);
      sum = fetch(DType::kBf16, arrays.residual_out, first, width);
    }
    compare(output, arrays.y, first, gpugauge::rms_norm(sum, weight), scale_of(output, scale));
  }
}

void TokenOpCheck::gated_activation(const void* gate_up, const void* y, std::int64_t tokens,
                                    std::int64_t width, DType output, float scale) {
  for (std::int64_t token : sampled(tokens)) {
    const auto gate = fetch(DType::kBf16, gate_up, 2 * token * width, width);
    const auto up = fetch(DType::kBf16, gate_up, (2 * token + 1) * width, width);
    compare(output, y, token * width, gpugauge::gated_activation(gate, up),
            scale_of(output, scale));
  }
}

void TokenOpCheck::quantize(const void* x, const void* y, std::int64_t tokens, std::int64_t width,
                            float scale) {
  for (std::int64_t token : sampled(tokens)) {
    compare(DType::kFp8E4m3, y, token * width, fetch(DType::kBf16, x, token * width, width),
            static_cast<double>(scale));
  }
}

void TokenOpCheck::embedding(const void* table, const std::vector<std::int32_t>& ids, const void* y,
                             std::int64_t width) {
  for (std::size_t token = 0; token < ids.size(); ++token) {
    const auto row = fetch(DType::kBf16, table, ids[token] * width, width);
    const auto first = static_cast<std::int64_t>(token) * width;
    const auto found = fetch(DType::kBf16, y, first, width);
    for (std::size_t i = 0; i < row.size(); ++i) {
      comparison_.add(found[i], row[i], 0.0, first + static_cast<std::int64_t>(i));
    }
  }
}

void TokenOpCheck::head_norm(const HeadNormArrays& arrays, std::int64_t tokens,
                             const Heads& heads) {
  const auto q_weight = fetch(DType::kBf16, arrays.q_weight, 0, heads.head_dim);
  const auto k_weight = fetch(DType::kBf16, arrays.k_weight, 0, heads.head_dim);
  for (std::int64_t token : sampled(tokens)) {
    for (std::int64_t head = 0; head < heads.queries + heads.keys; ++head) {
      const std::int64_t element = head * heads.head_dim;
      const auto in =
          fetch(DType::kBf16, arrays.in.data, token * arrays.in.stride + element, heads.head_dim);
      compare(DType::kBf16, arrays.out.data, token * arrays.out.stride + element,
              gpugauge::rms_norm(in, head < heads.queries ? q_weight : k_weight));
    }
  }
}

void TokenOpCheck::rope_append(const RopeAppendArrays& arrays, std::int64_t tokens,
                               const Heads& heads, DType cache) {
  const std::int64_t dim = heads.head_dim;
  std::vector<double> weights[2];
  if (arrays.q_weight != nullptr) {
    weights[0] = fetch(DType::kBf16, arrays.q_weight, 0, dim);
    weights[1] = fetch(DType::kBf16, arrays.k_weight, 0, dim);
  }
  const PagedCache paged{.kv_heads = heads.keys, .page_shift = arrays.page_shift};
  for (std::int64_t token : sampled(tokens)) {
    const auto fetch_index = [&](const std::int32_t* array, std::int64_t index) {
      std::int32_t value = 0;
      device_.copy_to_host(&value, array + index, sizeof(value));
      return value;
    };
    const int position = fetch_index(arrays.positions, token);
    const int page =
        fetch_index(arrays.page_table, token * arrays.pages + paged.entry_of(position));
    const auto rotated = [&](std::int64_t head) {
      auto values = fetch(DType::kBf16, arrays.qk.data, token * arrays.qk.stride + head * dim, dim);
      const auto& weight = weights[head < heads.queries ? 0 : 1];
      if (!weight.empty()) values = gpugauge::rms_norm(values, weight);
      return rotate_head(values, position);
    };
    for (std::int64_t head = 0; head < heads.queries; ++head) {
      const auto q = rotated(head);
      compare(DType::kBf16, arrays.q, (token * heads.queries + head) * dim, q, 1.0,
              turned_error(q));
    }
    for (int kv_head = 0; kv_head < heads.keys; ++kv_head) {
      const std::int64_t element = paged.row_of(page, kv_head, position) * dim;
      const auto k = rotated(heads.queries + kv_head);
      const auto v =
          fetch(DType::kBf16, arrays.v.data, token * arrays.v.stride + kv_head * dim, dim);
      const double k_scale = scale_of(cache, arrays.k_scale);
      compare(cache, arrays.k_cache, element, k, k_scale, turned_error(k) / k_scale);
      compare(cache, arrays.v_cache, element, v, scale_of(cache, arrays.v_scale));
    }
  }
}

void TokenOpCheck::argmax(const void* logits, const std::int32_t* ids, std::int64_t tokens,
                          std::int64_t width) {
  std::vector<std::int32_t> found(static_cast<std::size_t>(tokens));
  device_.copy_to_host(found.data(), ids, tokens * size_bytes(DType::kInt32));
  for (std::int64_t token = 0; token < tokens; ++token) {
    const auto expected = gpugauge::argmax(fetch(DType::kBf16, logits, token * width, width));
    comparison_.add(found[static_cast<std::size_t>(token)], static_cast<double>(expected), 0.0,
                    token);
  }
}

}  // namespace gpugauge
