#include "kernels/ops/latency.hpp"

#include <fmt/format.h>

#include "harness/base/byte_size.hpp"
#include "kernels/ops/name_parts.hpp"

namespace gpugauge {

Work Latency::work() const { return {.flops = 0, .bytes = 0}; }
std::string Latency::kind_path() const { return std::string(name_of(kind)); }

std::string Latency::shape_path() const {
  return bytes > 0 ? fmt::format("{}/x:{}", format_bytes_exact(bytes), count)
                   : fmt::format("x:{}", count);
}

Latency Latency::parse(NameParts& parts) {
  Latency op{};
  op.kind = parts.take_named<LatencyKind>("a latency", "pointer_chase");
  if (!parts.is_field("x")) op.bytes = parts.take_bytes();
  op.count = parts.take_number("x");
  return op;
}

}  // namespace gpugauge
