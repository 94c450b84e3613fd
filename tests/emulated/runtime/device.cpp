#include "tests/emulated/runtime/device.hpp"

#include <cuda_runtime_api.h>
#include <fmt/format.h>

#include <array>
#include <cstring>

#include "tests/emulated/broken_rule.hpp"
#include "tests/emulated/card.hpp"
#include "tests/emulated/runtime/errors.hpp"
#include "tests/emulated/runtime/exit_report.hpp"
#include "tests/emulated/runtime/stream.hpp"
#include "tests/emulated/runtime/tensor_maps.hpp"
#include "tests/emulated/switches.hpp"

namespace gpugauge::emulated {
namespace {

int device_of_thread = 0;
std::array<std::array<bool, kMostDevices>, kMostDevices> reaches{};

bool exists(int device) { return device >= 0 && device < switches().devices; }

/// NVLink or a shared root: cards that have neither are few, and MIG's slices are among them.
bool can_reach(int from, int to) { return from != to && !card().is_mig_slice; }

}  // namespace

int current_device() { return device_of_thread; }

}  // namespace gpugauge::emulated

using namespace gpugauge::emulated;  // NOLINT: the API below

cudaError_t cudaDriverGetVersion(int* version) {
  *version = switches().driver_version;
  return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int* version) {
  *version = CUDART_VERSION;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int* count) {
  *count = 0;
  if (const cudaError_t error = driver_error()) return error;
  *count = switches().devices;
  return cudaSuccess;
}

cudaError_t cudaGetDevice(int* device) {
  if (const cudaError_t error = driver_error()) return error;
  *device = current_device();
  return cudaSuccess;
}

cudaError_t cudaSetDevice(int device) {
  if (const cudaError_t error = driver_error()) return error;
  if (!exists(device)) return failed(cudaErrorInvalidDevice);
  report_at_exit();
  device_of_thread = device;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device) {
  if (const cudaError_t error = driver_error()) return error;
  if (!exists(device)) return failed(cudaErrorInvalidDevice);
  const Card& of = card();
  *properties = {};
  of.name.copy(properties->name, sizeof properties->name - 1);
  const CardIdentity identity = identity_of(device);
  std::memcpy(properties->uuid.bytes, identity.uuid, sizeof identity.uuid);
  properties->totalGlobalMem = static_cast<std::size_t>(of.memory_bytes);
  properties->major = of.limits.compute_capability / 10;
  properties->minor = of.limits.compute_capability % 10;
  properties->multiProcessorCount = of.multiprocessors;
  properties->l2CacheSize = static_cast<int>(switches().l2_bytes.value_or(of.l2_bytes));
  properties->memoryBusWidth = of.memory_bus_bits;
  properties->ECCEnabled = of.ecc == Ecc::kOn;
  properties->sharedMemPerBlock = Limits::kSharedBytesPerBlock;
  properties->sharedMemPerBlockOptin = static_cast<std::size_t>(of.limits.shared_bytes_opt_in);
  properties->sharedMemPerMultiprocessor = static_cast<std::size_t>(of.limits.shared_bytes_per_sm);
  properties->regsPerBlock = properties->regsPerMultiprocessor = Limits::kRegistersPerSm;
  properties->warpSize = 32;
  properties->maxThreadsPerBlock = Limits::kThreadsPerBlock;
  properties->maxThreadsPerMultiProcessor = of.limits.threads_per_sm;
  return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int device) {
  if (const cudaError_t error = driver_error()) return error;
  if (!exists(device)) return failed(cudaErrorInvalidDevice);
  switch (attribute) {
    case cudaDevAttrClockRate:
      *value = static_cast<int>(card().max_clock_mhz * 1000);
      return cudaSuccess;
    case cudaDevAttrMemoryClockRate:
      *value = static_cast<int>(card().memory_clock_mhz * 1000);
      return cudaSuccess;
    case cudaDevAttrMultiProcessorCount:
      *value = card().multiprocessors;
      return cudaSuccess;
    default:
      broken("cudaDeviceGetAttribute",
             fmt::format("attribute {} is not emulated", static_cast<int>(attribute)));
  }
}

cudaError_t cudaDeviceGetPCIBusId(char* text, int bytes, int device) {
  if (const cudaError_t error = driver_error()) return error;
  if (!exists(device)) return failed(cudaErrorInvalidDevice);
  const std::string id = identity_of(device).pci_bus_id;
  if (bytes <= static_cast<int>(id.size())) {
    broken("cudaDeviceGetPCIBusId", fmt::format("{} characters are too few", bytes));
  }
  std::memcpy(text, id.c_str(), id.size() + 1);
  return cudaSuccess;
}

cudaError_t cudaDeviceCanAccessPeer(int* can, int device, int peer) {
  if (const cudaError_t error = driver_error()) return error;
  if (!exists(device) || !exists(peer)) return failed(cudaErrorInvalidDevice);
  *can = can_reach(device, peer) ? 1 : 0;
  return cudaSuccess;
}

cudaError_t cudaDeviceEnablePeerAccess(int peer, unsigned flags) {
  if (const cudaError_t error = driver_error()) return error;
  forbid_in_capture("cudaDeviceEnablePeerAccess");
  if (flags != 0) broken("cudaDeviceEnablePeerAccess", "flags are reserved and must be 0");
  if (!exists(peer) || !can_reach(current_device(), peer)) return failed(cudaErrorInvalidDevice);
  bool& reached =
      reaches.at(static_cast<std::size_t>(current_device())).at(static_cast<std::size_t>(peer));
  if (reached) return failed(cudaErrorPeerAccessAlreadyEnabled);
  reached = true;
  return cudaSuccess;
}

cudaError_t cudaGetDriverEntryPointByVersion(const char* name, void** function, unsigned version,
                                             unsigned long long,
                                             cudaDriverEntryPointQueryResult* result) {
  if (const cudaError_t error = driver_error()) return error;
  *function = nullptr;
  if (std::strcmp(name, "cuTensorMapEncodeTiled") != 0) {
    broken("cudaGetDriverEntryPointByVersion", fmt::format("{} is not emulated", name));
  }
  const bool known = version >= 12000 && switches().driver_version >= 12000;
  if (known) *function = reinterpret_cast<void*>(encode_tensor_map);
  if (result != nullptr) {
    *result = known ? cudaDriverEntryPointSuccess : cudaDriverEntryPointSymbolNotFound;
  }
  return cudaSuccess;
}
