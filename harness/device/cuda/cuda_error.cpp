#include "harness/device/cuda/cuda_error.hpp"

#include <fmt/format.h>

#include "harness/base/error.hpp"

namespace gpugauge {

void throw_cuda_error(cudaError_t status, std::string_view what,
                      const std::source_location& where) {
  // Takes the error back, so that the next call does not report it again. An error that has killed
  // the context stays, and every later call reports it.
  (void)cudaGetLastError();
  const auto message = fmt::format("CUDA: {}: {} ({}), at {}:{}", what, cudaGetErrorString(status),
                                   cudaGetErrorName(status), where.file_name(), where.line());
  if (status == cudaErrorMemoryAllocation) throw OutOfMemory(message);
  throw EnvironmentError(message);
}

}  // namespace gpugauge
