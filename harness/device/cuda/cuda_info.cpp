#include "harness/device/cuda/cuda_info.hpp"

#include <cuda_runtime_api.h>
#include <fmt/format.h>

#include <array>
#include <cstdlib>

#include "harness/device/cuda/cuda_device.hpp"
#include "harness/device/cuda/cuda_error.hpp"
#include "harness/device/cuda_start.hpp"

namespace gpugauge {
namespace {

cudaDeviceProp properties_of(int index) {
  cudaDeviceProp properties{};
  check(cudaGetDeviceProperties(&properties, index), fmt::format("properties of cuda:{}", index));
  return properties;
}

/// A clock that the device tells in kHz, in MHz. CUDA 13 keeps the clocks only as attributes.
std::optional<double> clock_mhz(cudaDeviceAttr attribute, int index) {
  int khz = 0;
  check(cudaDeviceGetAttribute(&khz, attribute, index), fmt::format("clock of cuda:{}", index));
  if (khz <= 0) return std::nullopt;
  return khz / 1000.0;
}

std::string pci_bus_id_of(int index) {
  std::array<char, 32> text{};
  check(cudaDeviceGetPCIBusId(text.data(), static_cast<int>(text.size()), index),
        fmt::format("PCI bus id of cuda:{}", index));
  return text.data();
}

std::optional<NvmlDevice> find_nvml_device(const cudaDeviceProp& properties,
                                           const std::string& pci_bus_id) {
  const NvmlApi* api = nvml();
  if (api == nullptr) return std::nullopt;
  return NvmlDevice::find(*api, properties.uuid.bytes, pci_bus_id);
}

}  // namespace

void check_start(cudaError_t status) {
  if (status == cudaSuccess) return;
  (void)cudaGetLastError();
  const char* visible = std::getenv("CUDA_VISIBLE_DEVICES");
  throw CudaDoesNotStart(
      explain_start({.error = status,
                     .name = cudaGetErrorName(status),
                     .text = cudaGetErrorString(status),
                     .driver_cuda = driver_cuda(),
                     .program_cuda = CUDART_VERSION,
                     .visible_devices =
                         visible == nullptr ? std::nullopt : std::optional<std::string>(visible)}));
}

int driver_cuda() {
  int version = 0;
  return cudaDriverGetVersion(&version) == cudaSuccess ? version : 0;
}

int count_cuda_devices() {
  int count = 0;
  check_start(cudaGetDeviceCount(&count));
  if (count == 0) check_start(cudaErrorNoDevice);
  return count;
}

DeviceInfo describe_cuda_device(int index) {
  const cudaDeviceProp properties = properties_of(index);
  int runtime_version = 0;
  check(cudaRuntimeGetVersion(&runtime_version), "cudaRuntimeGetVersion");

  DeviceInfo info;
  info.id = fmt::format("cuda:{}", index);
  info.backend = Backend::kCuda;
  info.name = properties.name;
  info.memory_bytes = static_cast<std::int64_t>(properties.totalGlobalMem);
  info.cache_bytes = properties.l2CacheSize;
  info.compute_units = properties.multiProcessorCount;
  info.compute_capability = 10 * properties.major + properties.minor;
  info.features = {fmt::format("sm_{}", *info.compute_capability)};
  info.max_clock_mhz = clock_mhz(cudaDevAttrClockRate, index);
  info.max_memory_clock_mhz = clock_mhz(cudaDevAttrMemoryClockRate, index);
  if (properties.memoryBusWidth > 0) info.memory_bus_bits = properties.memoryBusWidth;
  if (info.max_memory_clock_mhz && info.memory_bus_bits) {
    info.pin_rate_gbps = 2 * *info.max_memory_clock_mhz * *info.memory_bus_bits / 8 / 1000;
  }
  info.pci_bus_id = pci_bus_id_of(index);
  info.runtime_version = format_cuda_version(runtime_version);
  if (const auto card = find_nvml_device(properties, *info.pci_bus_id)) card->describe(info);
  // Where MIG is on, what CUDA sees are the slices.
  info.uuid =
      (info.mig_enabled.value_or(false) ? "MIG-" : "GPU-") + format_uuid(properties.uuid.bytes);
  // CUDA says 0 of a card that has no ECC, too.
  if (!info.ecc_enabled && properties.ECCEnabled != 0) info.ecc_enabled = true;
  return info;
}

std::optional<NvmlDevice> find_nvml_device(int index) {
  return find_nvml_device(properties_of(index), pci_bus_id_of(index));
}

std::optional<CardHealth> health_of_cuda_device(int index) {
  if (const auto card = find_nvml_device(index)) return card->health();
  return std::nullopt;
}

std::vector<DeviceInfo> discover_cuda_devices() {
  std::vector<DeviceInfo> devices;
  const int count = count_cuda_devices();
  for (int index = 0; index < count; ++index) devices.push_back(describe_cuda_device(index));
  return devices;
}

}  // namespace gpugauge
