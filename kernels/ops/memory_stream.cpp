#include "kernels/ops/memory_stream.hpp"

#include "harness/base/byte_size.hpp"
#include "harness/base/units.hpp"
#include "kernels/ops/name_parts.hpp"

namespace gpugauge {

Work MemoryStream::work() const {
  constexpr double kElementBytes = 4;  // the memory kernels work on 32-bit elements
  const MemoryPatternRow& row = row_of(pattern);
  const double array = as_double(array_bytes(*this));
  return {.flops = row.flops_per_element * array / kElementBytes,
          .bytes = array * (row.arrays.read + row.arrays.written)};
}

std::string MemoryStream::kind_path() const { return std::string(name_of(pattern)); }
std::string MemoryStream::shape_path() const { return format_bytes_exact(bytes); }

MemoryStream MemoryStream::parse(NameParts& parts) {
  const auto pattern = parts.take_named<MemoryPattern>("a memory pattern", "read");
  return {.pattern = pattern, .bytes = parts.take_bytes()};
}

std::int64_t array_bytes(const MemoryStream& op) {
  const ArrayCount arrays = arrays_of(op.pattern);
  return op.bytes / (arrays.read + arrays.written) / kSmallPageBytes * kSmallPageBytes;
}

}  // namespace gpugauge
