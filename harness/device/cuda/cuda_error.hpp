#pragma once

#include <cuda_runtime_api.h>

#include <source_location>
#include <string_view>

namespace gpugauge {

/// What a failed CUDA call means: OutOfMemory for a failed allocation, DeviceLost where the error
/// has killed the context, else EnvironmentError.
[[noreturn]] void throw_cuda_error(cudaError_t status, std::string_view what,
                                   const std::source_location& where);

/// Throws that if the call failed. `what` says which call it was, and on what: `cudaMalloc of 4096
/// bytes`.
inline void check(cudaError_t status, std::string_view what,
                  const std::source_location& where = std::source_location::current()) {
  if (status != cudaSuccess) throw_cuda_error(status, what, where);
}

}  // namespace gpugauge
