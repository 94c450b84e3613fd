#include "kernels/ops/attention_prefill.hpp"

#include <fmt/format.h>

#include "harness/base/units.hpp"
#include "kernels/ops/name_parts.hpp"

namespace gpugauge {

/// Half of the square and the diagonal; q, k, v are read once and the output is written.
Work AttentionPrefill::work() const {
  const double length = as_double(tokens), sequences = as_double(batch);
  const double query_heads = as_double(heads), size = as_double(head_dim);
  return {.flops = 4 * sequences * query_heads * size * length * (length + 1) / 2,
          .bytes = 2 * sequences * length * (query_heads + as_double(kv_heads)) * size *
                   as_double(size_bytes(dtype))};
}

std::string AttentionPrefill::kind_path() const { return std::string(name_of(dtype)); }

std::string AttentionPrefill::shape_path() const {
  return fmt::format("b:{}/t:{}/h:{}/kv:{}/d:{}", batch, tokens, heads, kv_heads, head_dim);
}

AttentionPrefill AttentionPrefill::parse(NameParts& parts) {
  AttentionPrefill op{};
  op.dtype = parts.take_type();
  parts.take_model();
  op.batch = parts.take_number("b");
  op.tokens = parts.take_number("t");
  op.heads = parts.take_number("h");
  op.kv_heads = parts.take_number("kv");
  op.head_dim = parts.take_number("d");
  return op;
}

}  // namespace gpugauge
