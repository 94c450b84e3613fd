#include <cstdint>
#include <vector>

#include "kernels/implementation.hpp"

namespace gpugauge {

// Each function is defined in the file of its kernels.
std::span<const Implementation> openmp_memory();
std::span<const Implementation> onednn_gemm();
std::span<const Implementation> cpu_pointer_chase();
#if GPUGAUGE_HAS_CUDA
std::span<const Implementation> cuda_memory();
std::span<const Implementation> cuda_latency();
std::span<const Implementation> cuda_transfer();
std::span<const Implementation> cuda_token_ops();
std::span<const Implementation> cuda_decode_step();
std::span<const Implementation> cublaslt_gemm();
std::span<const Implementation> wgmma_gemm();
std::span<const Implementation> mma_gemm();
std::span<const Implementation> cuda_linear_stream();
std::span<const Implementation> cuda_tensor_peak();
std::span<const Implementation> cuda_attention_decode();
std::span<const Implementation> cuda_attention_prefill();
#endif

std::span<const Implementation> implementations() {
  static const std::vector<Implementation> all = [] {
    std::vector<Implementation> list;
    for (auto family : {
           openmp_memory(), onednn_gemm(), cpu_pointer_chase(),
#if GPUGAUGE_HAS_CUDA
               cuda_memory(), cuda_latency(), cuda_transfer(), cuda_token_ops(), cuda_decode_step(),
               cuda_tensor_peak(), cublaslt_gemm(), wgmma_gemm(), mma_gemm(), cuda_linear_stream(),
               cuda_attention_decode(), cuda_attention_prefill(),
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

}  // namespace gpugauge
