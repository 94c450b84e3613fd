#pragma once

#include <fmt/format.h>

#include "harness/base/byte_size.hpp"
#include "kernels/implementation.hpp"

namespace gpugauge {

/// Why that many bytes of operands cannot lie on a device: it has not so much memory.
inline Unsupported larger_than_memory(std::int64_t bytes, const DeviceInfo& info) {
  if (bytes <= info.memory_bytes) return std::nullopt;
  return fmt::format("{} do not fit in the device's {:.1f} GiB", format_bytes_exact(bytes),
                     static_cast<double>(info.memory_bytes) / (1 << 30));
}

}  // namespace gpugauge
