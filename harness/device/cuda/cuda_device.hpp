#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "harness/device/device.hpp"

namespace gpugauge {

/// Opens `cuda:<index>`, by CUDA's own count. Throws EnvironmentError if it cannot be had: no
/// driver, no such device, or one that the kernels were not built for. It becomes the calling
/// thread's CUDA device and is to be used from that thread. Its random pools are made by `fill`.
std::unique_ptr<Device> open_cuda_device(int index, const FillKernel& fill = {});

/// The CUDA devices here, at least one, without a context on any. Throws CudaDoesNotStart where
/// there is none.
std::vector<DeviceInfo> discover_cuda_devices();

/// What NVML says of the health of `cuda:<index>`, which must be there, without a context on it.
std::optional<CardHealth> health_of_cuda_device(int index);

}  // namespace gpugauge
