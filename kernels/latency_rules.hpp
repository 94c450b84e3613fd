#pragma once

#include <fmt/format.h>

#include "harness/base/byte_size.hpp"
#include "harness/base/error.hpp"
#include "kernels/device_limits.hpp"
#include "kernels/implementation.hpp"
#include "kernels/reference/pointer_chase_reference.hpp"

/// What holds for latencies on every device.
namespace gpugauge {

/// Fewer bytes have too few lines to tell two sides apart by.
inline constexpr std::int64_t kLeastOneSidedBytes = std::int64_t{1} << 20;

inline Unsupported unsupported_side(const Latency& op, const DeviceInfo& info) {
  if (info.backend != Backend::kCuda)
    return "near and far chases need the two partitions of a GPU's L2";
  if (op.bytes < kLeastOneSidedBytes) {
    return fmt::format("{} are less than the {} needed to tell near from far",
                       format_bytes_exact(op.bytes), format_bytes_exact(kLeastOneSidedBytes));
  }
  if (op.bytes <= info.cache_bytes) return std::nullopt;
  return fmt::format("{} are larger than the L2 of {}", format_bytes_exact(op.bytes),
                     format_bytes_exact(info.cache_bytes));
}

inline Unsupported unsupported_latency(const Latency& op, const DeviceInfo& info) {
  if (op.count < 1) return "count is 0, expected at least 1";
  if (!is_pointer_chase(op.kind)) return std::nullopt;
  if (is_one_sided(op.kind)) return unsupported_side(op, info);
  if (op.bytes < 2 * kChaseLineBytes) {
    return fmt::format("{} are less than two lines of {} bytes", format_bytes_exact(op.bytes),
                       kChaseLineBytes);
  }
  return larger_than_memory(op.bytes, info);
}

/// Throws where a chase is asked for cold that no launch could find cold. Each launch goes on where
/// the last one ended, so that the footprint alone says which memory answers.
inline void refuse_cold_chase(const Latency& op, const DeviceInfo& info, CacheState cache) {
  const std::int64_t least = 2 * info.cache_bytes;
  if (cache == CacheState::kHot || op.bytes >= least) return;
  throw EnvironmentError(fmt::format("a chase through {} hits a cache: cold needs at least {}",
                                     format_bytes_exact(op.bytes), format_bytes_exact(least)));
}

}  // namespace gpugauge
