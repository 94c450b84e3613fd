#include <cstdint>
#include <vector>

#include "kernels/implementation.hpp"

namespace gpugauge {

// Each function is defined in the file of its kernels.
std::span<const Implementation> openmp_memory();
std::span<const Implementation> onednn_gemm();
#if GPUGAUGE_HAS_CUDA
std::span<const Implementation> cuda_memory();
std::span<const Implementation> cublaslt_gemm();
#endif

std::span<const Implementation> implementations() {
  static const std::vector<Implementation> all = [] {
    std::vector<Implementation> list;
    for (auto family : {
           openmp_memory(), onednn_gemm(),
#if GPUGAUGE_HAS_CUDA
               cuda_memory(), cublaslt_gemm(),
#endif
         }) {
      list.insert(list.end(), family.begin(), family.end());
    }
    return list;
  }();
  return all;
}

const Implementation* find_implementation(std::string_view name, const Op& op, Backend backend) {
  for (const Implementation& candidate : implementations()) {
    if (candidate.name == name && candidate.family == family_of(op) && candidate.backend == backend)
      return &candidate;
  }
  return nullptr;
}

int rotation_slots(std::int64_t bytes_per_slot, std::int64_t cache_bytes, CacheState cache) {
  constexpr std::int64_t kCacheMultiple = 5;
  if (cache == CacheState::kHot || bytes_per_slot <= 0) return 1;
  constexpr std::int64_t kUnknownCacheBytes = std::int64_t{512} << 20;  // more than any has
  const std::int64_t total = kCacheMultiple * (cache_bytes > 0 ? cache_bytes : kUnknownCacheBytes);
  return static_cast<int>(total <= bytes_per_slot ? 1
                                                  : (total + bytes_per_slot - 1) / bytes_per_slot);
}

}  // namespace gpugauge
