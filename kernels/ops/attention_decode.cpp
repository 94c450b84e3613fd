#include "kernels/ops/attention_decode.hpp"

#include <fmt/format.h>

#include "harness/base/units.hpp"
#include "kernels/ops/name_parts.hpp"

namespace gpugauge {

/// q·Kᵀ and p·V: 2 · 2 · batch · heads · context · head_dim. K and V are read once a kv head; q and
/// the output are BF16.
Work AttentionDecode::work() const {
  const double tokens = as_double(batch) * as_double(context);
  const double query = as_double(batch) * as_double(heads) * as_double(head_dim);
  return {
      .flops = 4 * tokens * as_double(heads) * as_double(head_dim),
      .bytes = 2 * tokens * as_double(kv_heads) * as_double(head_dim) * as_double(size_bytes(kv)) +
               2 * query * as_double(size_bytes(DType::kBf16))};
}

std::string AttentionDecode::kind_path() const { return std::string(name_of(kv)); }

std::string AttentionDecode::shape_path() const {
  return fmt::format("b:{}/c:{}/h:{}/kv:{}/d:{}/p:{}", batch, context, heads, kv_heads, head_dim,
                     page_tokens);
}

AttentionDecode AttentionDecode::parse(NameParts& parts) {
  AttentionDecode op{};
  op.kv = parts.take_type();
  parts.take_model();
  op.batch = parts.take_number("b");
  op.context = parts.take_number("c");
  op.heads = parts.take_number("h");
  op.kv_heads = parts.take_number("kv");
  op.head_dim = parts.take_number("d");
  op.page_tokens = parts.take_number("p");
  return op;
}

}  // namespace gpugauge
