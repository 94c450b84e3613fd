#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "harness/device/cuda_start.hpp"
#include "harness/device/device.hpp"

namespace gpugauge {

/// Opens `cpu`, `cuda:N` or `best`: the first CUDA device that works; the CPU only where neither an
/// NVIDIA card nor a driver is here. Without `cuda_fill` a CUDA device has no random pools.
/// Throws UsageError for a name of another form, EnvironmentError if the device cannot be had.
std::unique_ptr<Device> open_device(std::string_view name, const FillKernel& cuda_fill = {});

/// What there is to measure on this machine.
struct Discovery {
  std::vector<DeviceInfo> devices;  ///< the CUDA devices, then the CPU
  std::optional<StartTrouble>
      trouble;  ///< an NVIDIA card or driver is here and CUDA does not start
};
/// Describes the devices without creating a context on one or changing its state, as far as the
/// driver allows.
Discovery discover_devices();

/// The newest CUDA that the driver runs, 13000 for 13.0; nothing where its library cannot be
/// opened.
std::optional<int> driver_cuda_version();

/// The health of a device of `discover_devices`, asked in the same way: errors are counted, but
/// XIDs are not watched for.
std::optional<CardHealth> health_of(const DeviceInfo& device);

}  // namespace gpugauge
