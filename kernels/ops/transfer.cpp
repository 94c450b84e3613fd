#include "kernels/ops/transfer.hpp"

#include "harness/base/byte_size.hpp"
#include "harness/base/units.hpp"
#include "kernels/ops/name_parts.hpp"

namespace gpugauge {

Work Transfer::work() const { return {.flops = 0, .bytes = as_double(bytes)}; }
std::string Transfer::kind_path() const { return std::string(name_of(kind)); }
std::string Transfer::shape_path() const { return format_bytes_exact(bytes); }

Transfer Transfer::parse(NameParts& parts) {
  const auto kind = parts.take_named<TransferKind>("a transfer", "host_to_device");
  return {.kind = kind, .bytes = parts.take_bytes()};
}

}  // namespace gpugauge
