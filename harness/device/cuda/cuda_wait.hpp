#pragma once

#include <string_view>

#include "harness/device/cuda/cuda_error.hpp"
#include "harness/device/device_wait.hpp"

namespace gpugauge {

/// Waits for everything on the stream. Throws what `check` throws, `what` as there. Whoever watches
/// for kernels that do not end sees the wait.
inline void wait_for(cudaStream_t stream, std::string_view what,
                     const std::source_location& where = std::source_location::current()) {
  const DeviceWait wait;
  check(cudaStreamSynchronize(stream), what, where);
}

}  // namespace gpugauge
