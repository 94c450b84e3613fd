#include <algorithm>

#include "kernels/implementation.hpp"

namespace gpugauge {
namespace {

/// Sets of buffers that hold so much, at least one.
std::int64_t sets_for(std::int64_t total_bytes, std::int64_t bytes_per_slot) {
  return std::max<std::int64_t>(1, (total_bytes + bytes_per_slot - 1) / bytes_per_slot);
}

}  // namespace

int rotation_slots(std::int64_t bytes_per_slot, std::int64_t cache_bytes, CacheState cache) {
  constexpr std::int64_t kCacheMultiple = 5;
  if (cache == CacheState::kHot || bytes_per_slot <= 0) return 1;
  constexpr std::int64_t kUnknownCacheBytes = std::int64_t{512} << 20;  // more than any has
  return static_cast<int>(sets_for(
      kCacheMultiple * (cache_bytes > 0 ? cache_bytes : kUnknownCacheBytes), bytes_per_slot));
}

int model_rotation_slots(std::int64_t bytes_per_slot, const DeviceInfo& device,
                         const CaseOptions& options) {
  constexpr std::int64_t kMemoryShare = 4;
  const int for_cache = rotation_slots(bytes_per_slot, device.cache_bytes, options.cache);
  if (options.cache == CacheState::kHot || bytes_per_slot <= 0 || device.backend != Backend::kCuda)
    return for_cache;
  // Rounded down: the sum of the sets stays within the share.
  const std::int64_t for_model = std::min(sets_for(options.cold_bytes, bytes_per_slot),
                                          device.memory_bytes / kMemoryShare / bytes_per_slot);
  return std::max(for_cache, static_cast<int>(std::min<std::int64_t>(for_model, kMostModelSlots)));
}

}  // namespace gpugauge
