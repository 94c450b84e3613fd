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

/// Causal attention of a whole prompt to itself, grouped-query; q, k, v and the output in `dtype`.
struct AttentionPrefill {
  static constexpr std::string_view kFamily = "attention_prefill";

  std::int64_t batch, tokens, heads, kv_heads, head_dim;
  DType dtype;

  Work work() const;
  std::string kind_path() const;
  std::string shape_path() const;
  static AttentionPrefill parse(NameParts& parts);
  std::int64_t* swept() { return &tokens; }
  DType arithmetic() const { return dtype; }
  std::array<OpAxis, 2> axes() { return {{{"b", &batch}, {"t", &tokens}}}; }
  auto operator<=>(const AttentionPrefill&) const = default;
};

void fields(Of<AttentionPrefill> auto& op, auto&& visit) {
  visit.about("Causal attention of whole prompts to themselves, grouped-query.");
  visit("batch", op.batch, {"Sequences."});
  visit("tokens", op.tokens, {"Tokens of each sequence."});
  visit("heads", op.heads, {"Query heads."});
  visit("kv_heads", op.kv_heads, {"Key and value heads."});
  visit("head_dim", op.head_dim, {"Elements a head."});
  visit("dtype", op.dtype, {"Type of q, k, v and the output."});
}

}  // namespace gpugauge
