#include "kernels/implementation.hpp"

namespace gpugauge {

int rotation_slots(std::int64_t bytes_per_slot, std::int64_t cache_bytes, CacheState cache) {
  constexpr std::int64_t kCacheMultiple = 5;
  if (cache == CacheState::kHot || bytes_per_slot <= 0) return 1;
  constexpr std::int64_t kUnknownCacheBytes = std::int64_t{512} << 20;  // more than any has
  const std::int64_t total = kCacheMultiple * (cache_bytes > 0 ? cache_bytes : kUnknownCacheBytes);
  return static_cast<int>(total <= bytes_per_slot ? 1
                                                  : (total + bytes_per_slot - 1) / bytes_per_slot);
}

}  // namespace gpugauge
