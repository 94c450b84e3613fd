#include "kernels/ops/token_op.hpp"

#include <fmt/format.h>

#include "harness/base/units.hpp"
#include "kernels/ops/name_parts.hpp"

namespace gpugauge {

Work TokenOp::work() const {
  const TokenOpRow& row = row_of(kind);
  const double elements = as_double(tokens) * as_double(width);
  const double written = row.written_elements * as_double(size_bytes(output)) + row.also_bytes;
  return {.flops = row.flops * elements, .bytes = (row.read_bytes + written) * elements};
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
