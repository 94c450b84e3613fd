#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/base/dtype.hpp"
#include "harness/base/of.hpp"
#include "kernels/ops/work.hpp"

namespace gpugauge {

/// One query token a sequence against `context` cached tokens, grouped-query. Keys and values lie
/// in pages of `page_tokens`, scattered over the cache.
struct AttentionDecode {
  static constexpr std::string_view kFamily = "attention_decode";

  std::int64_t batch, context, heads, kv_heads, head_dim;
  DType kv;
  std::int64_t page_tokens = 16;

  Work work() const;
  std::string kind_path() const;
  std::string shape_path() const;
  static AttentionDecode parse(NameParts& parts);
  std::int64_t* swept() { return &batch; }
  DType arithmetic() const { return kv; }
  std::array<OpAxis, 2> axes() { return {{{"b", &batch}, {"c", &context}}}; }
  auto operator<=>(const AttentionDecode&) const = default;
};

void fields(Of<AttentionDecode> auto& op, auto&& visit) {
  visit.about("One query token a sequence against its cached tokens, grouped-query.");
  visit("batch", op.batch, {"Sequences."});
  visit("context", op.context, {"Cached tokens a sequence."});
  visit("heads", op.heads, {"Query heads."});
  visit("kv_heads", op.kv_heads, {"Heads of the cache."});
  visit("head_dim", op.head_dim, {"Elements a head."});
  visit("kv", op.kv, {"Type of the cache."});
  visit("page_tokens", op.page_tokens, {"Cached tokens a page."});
}

}  // namespace gpugauge
