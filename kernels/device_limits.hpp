#pragma once

#include <fmt/format.h>

#include "harness/base/byte_size.hpp"
#include "harness/base/units.hpp"
#include "kernels/implementation.hpp"
#include "kernels/ops/op.hpp"

namespace gpugauge {

/// Why that many bytes of operands cannot lie on a device: it has not so much memory.
inline Unsupported larger_than_memory(std::int64_t bytes, const DeviceInfo& info) {
  if (bytes <= info.memory_bytes) return std::nullopt;
  return fmt::format("{} of operands do not fit in the device's {}", format_bytes(as_double(bytes)),
                     format_bytes(as_double(info.memory_bytes)));
}

/// The same of an op whose launch moves every byte of its operands once: they must lie there
/// together. Of the others `supports` says it.
inline Unsupported operands_larger_than_memory(const Op& op, const DeviceInfo& info) {
  const bool moves_each_once =
      std::holds_alternative<Gemm>(op) || std::holds_alternative<AttentionDecode>(op) ||
      std::holds_alternative<AttentionPrefill>(op) || std::holds_alternative<TokenOp>(op);
  if (!moves_each_once || info.memory_bytes <= 0) return std::nullopt;
  return larger_than_memory(static_cast<std::int64_t>(work_of(op).bytes), info);
}

}  // namespace gpugauge
