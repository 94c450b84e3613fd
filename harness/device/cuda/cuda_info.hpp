#pragma once

#include <cuda_runtime_api.h>

#include <optional>

#include "harness/device/cuda/nvml.hpp"
#include "harness/device/device_info.hpp"

namespace gpugauge {

/// Throws CudaDoesNotStart, with what it usually means, if the call that brings CUDA to life
/// failed.
void check_start(cudaError_t status);

/// The newest CUDA that the driver runs, 13000 for 13.0; 0 where there is no driver.
int driver_cuda();

/// How many CUDA devices there are, at least one; throws CudaDoesNotStart where there is none.
int count_cuda_devices();

/// What CUDA and NVML say about a device, without a context on it.
DeviceInfo describe_cuda_device(int index);

/// The device as NVML sees it; nothing where there is no NVML or it does not know the device.
std::optional<NvmlDevice> find_nvml_device(int index);

}  // namespace gpugauge
