#pragma once

#include <optional>

#include "harness/device/cuda/nvml.hpp"
#include "harness/device/device_info.hpp"

namespace gpugauge {

/// How many CUDA devices there are; throws EnvironmentError where there is no driver.
int count_cuda_devices();

/// What CUDA and NVML say about a device, without a context on it.
DeviceInfo describe_cuda_device(int index);

/// The device as NVML sees it; nothing where there is no NVML or it does not know the device.
std::optional<NvmlDevice> find_nvml_device(int index);

}  // namespace gpugauge
