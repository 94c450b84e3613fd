#pragma once

#include <cuda_runtime_api.h>

namespace gpugauge::emulated {

/// Keeps the error for cudaGetLastError, and gives it.
cudaError_t failed(cudaError_t error);

/// From now on every call of this process that needs the context fails with it.
void kill_context(cudaError_t error);
/// That error, kept; cudaSuccess while the context lives.
cudaError_t context_error();
/// What a call that needs the driver meets: the error of EMULATED_START_ERROR, of a driver that is
/// missing or too old for this runtime, or of a context that has died.
cudaError_t driver_error();

/// As a new process has it: for unit tests.
void forget_errors();

}  // namespace gpugauge::emulated
