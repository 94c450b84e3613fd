#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "harness/device/device.hpp"

namespace gpugauge {

/// Opens `cpu`, `cuda:N` or `best` (the first CUDA device that works, else the CPU). Without
/// `cuda_fill` a CUDA device has no random pools.
/// Throws UsageError for a name of another form, EnvironmentError if the device cannot be had.
std::unique_ptr<Device> open_device(std::string_view name, const FillKernel& cuda_fill = {});

/// Describes a device without creating a context on it or changing its state, as far as its driver
/// allows.
std::vector<DeviceInfo> discover_devices();

/// The health of a device of `discover_devices`, asked in the same way: errors are counted, but
/// XIDs are not watched for.
std::optional<CardHealth> health_of(const DeviceInfo& device);

}  // namespace gpugauge
