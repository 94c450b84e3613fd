#include "kernels/ops/decode_step.hpp"

#include <fmt/format.h>

#include "harness/base/units.hpp"
#include "kernels/ops/name_parts.hpp"

namespace gpugauge {

/// The linears and the attention; the rest neither streams nor computes enough to count.
Work DecodeStep::work() const {
  const double count = as_double(layers), sequences = as_double(batch), width = as_double(hidden);
  const double size = as_double(head_dim), query = as_double(heads), cached = as_double(kv_heads);
  const double weights =
      width * size * (2 * query + 2 * cached) + 3 * width * as_double(intermediate);
  const double head_weights = width * as_double(vocab);
  const double cache = 2 * sequences * as_double(context) * cached * size;
  return {.flops = 2 * sequences * (count * weights + head_weights) +
                   count * 4 * sequences * as_double(context) * query * size,
          .bytes = count * (weights * as_double(size_bytes(linears)) +
                            cache * as_double(size_bytes(kv))) +
                   head_weights * as_double(size_bytes(head))};
}

std::string DecodeStep::kind_path() const { return std::string(name_of(linears)); }

/// The model is named beside it; what else may differ is what the cache holds.
std::string DecodeStep::shape_path() const {
  return fmt::format("b:{}/c:{}/kv:{}", batch, context, name_of(kv));
}

DecodeStep DecodeStep::parse(NameParts& parts) {
  DecodeStep op{};
  op.linears = parts.take_type();
  parts.take_model();
  op.batch = parts.take_number("b");
  op.context = parts.take_number("c");
  op.kv = parts.take_type("kv");
  return op;
}

}  // namespace gpugauge
