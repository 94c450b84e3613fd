#include <cstdint>
#include <vector>

#include "kernels/implementation.hpp"

namespace gpugauge {

// One line a file of kernels: the function in it that returns its implementations.
#define GPUGAUGE_HOST_KERNELS(add) add(openmp_memory) add(onednn_gemm) add(cpu_pointer_chase)
#if GPUGAUGE_HAS_CUDA
#define GPUGAUGE_CUDA_KERNELS(add)                                                                \
  add(cuda_memory) add(cuda_latency) add(cuda_transfer) add(cuda_token_ops) add(cuda_decode_step) \
      add(cuda_tensor_peak) add(cublaslt_gemm) add(wgmma_gemm) add(mma_gemm)                      \
          add(cuda_linear_stream) add(cuda_attention_decode) add(cuda_attention_prefill)
#else
#define GPUGAUGE_CUDA_KERNELS(add)
#endif

#define GPUGAUGE_DECLARE(function) std::span<const Implementation> function();
GPUGAUGE_HOST_KERNELS(GPUGAUGE_DECLARE)
GPUGAUGE_CUDA_KERNELS(GPUGAUGE_DECLARE)

std::span<const Implementation> implementations() {
  static const std::vector<Implementation> all = [] {
    std::vector<Implementation> list;
    const auto append = [&](std::span<const Implementation> rows) {
      list.insert(list.end(), rows.begin(), rows.end());
    };
#define GPUGAUGE_APPEND(function) append(function());
    GPUGAUGE_HOST_KERNELS(GPUGAUGE_APPEND)
    GPUGAUGE_CUDA_KERNELS(GPUGAUGE_APPEND)
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

}  // namespace gpugauge
