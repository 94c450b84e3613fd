#include "harness/device/cuda/cuda_error.hpp"

#include <fmt/format.h>

#include <cstddef>

#include "harness/base/error.hpp"
#include "harness/device/device_lost.hpp"

namespace gpugauge {
namespace {

/// Asks once more: an error that has killed the context is the answer to every call
/// (driver_types.h, cudaErrorIllegalAddress: "the process must be terminated and relaunched").
bool is_context_dead() {
  std::size_t free_bytes = 0, total_bytes = 0;
  const bool dead = cudaMemGetInfo(&free_bytes, &total_bytes) != cudaSuccess;
  (void)cudaGetLastError();
  return dead;
}

}  // namespace

void throw_cuda_error(cudaError_t status, std::string_view what,
                      const std::source_location& where) {
  // Takes the error back, so that the next call does not report it again.
  (void)cudaGetLastError();
  const auto message = fmt::format("CUDA: {}: {} ({}), at {}:{}", what, cudaGetErrorString(status),
                                   cudaGetErrorName(status), where.file_name(), where.line());
  if (status == cudaErrorMemoryAllocation) throw OutOfMemory(message);
  if (is_context_dead()) throw DeviceLost(message + usual_loss(status));
  throw EnvironmentError(message);
}

}  // namespace gpugauge
