#include "kernels/ops/token_op.hpp"

#include <fmt/format.h>

#include "harness/base/units.hpp"
#include "kernels/ops/name_parts.hpp"

namespace gpugauge {

Work TokenOp::work() const {
  const TokenOpRow& row = row_of(kind);
  const double elements = as_double(tokens) * as_double(width);
  // A rotation writes q in BF16 and to the cache, whose type the output is, only k and v.
  const std::int64_t in_output = kind == TokenOpKind::kRopeAppend ? 2 * kv_heads * head_dim : width;
  const double written = as_double(tokens) * row.written_elements *
                         (as_double(in_output) * as_double(size_bytes(output)) +
                          as_double(width - in_output) * as_double(size_bytes(DType::kBf16)));
  return {.flops = row.flops * elements,
          .bytes = (row.read_bytes + row.also_bytes) * elements + written};
}

std::string TokenOp::kind_path() const {
  return fmt::format("{}/{}", name_of(kind), name_of(output));
}

std::string TokenOp::shape_path() const {
  const std::string heads = head_dim > 0 ? fmt::format("/kv:{}/d:{}", kv_heads, head_dim) : "";
  return fmt::format("t:{}/w:{}{}", tokens, width, heads);
}

TokenOp TokenOp::parse(NameParts& parts) {
  TokenOp op{};
  op.kind = parts.take_named<TokenOpKind>("a token op", "rms_norm");
  op.output = parts.take_type();
  parts.take_model();
  op.tokens = parts.take_number("t");
  op.width = parts.take_number("w");
  if (parts.is_field("kv")) {
    op.kv_heads = parts.take_number("kv");
    op.head_dim = parts.take_number("d");
  }
  return op;
}

TokenOp token_op_of(TokenOpKind kind, std::int64_t tokens, std::int64_t width,
                    std::int64_t kv_heads, std::int64_t head_dim) {
  return {.kind = kind,
          .tokens = tokens,
          .width = width,
          .output = row_of(kind).output,
          .kv_heads = kv_heads,
          .head_dim = head_dim};
}

}  // namespace gpugauge
