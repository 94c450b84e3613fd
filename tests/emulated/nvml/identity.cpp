// What the card is: its handles, versions, modes, limits, links and memory errors.

#include <unistd.h>

#include "tests/emulated/nvml/calls.hpp"

using namespace gpugauge::emulated;        // NOLINT: C functions that belong to it
using namespace gpugauge::emulated::nvml;  // NOLINT

API int nvmlInit_v2() {
  if (switches().no_nvml) return kDriverNotLoaded;
  initialise();
  return kSuccess;
}

API int nvmlShutdown() { return shut_down(__func__); }

API int nvmlSystemGetNVMLVersion(char* version, unsigned length) {
  if (const int status = enter(__func__)) return status;
  return write_text(__func__, "13.580.65.06", version, length);
}

API int nvmlSystemGetDriverVersion(char* version, unsigned length) {
  if (const int status = enter(__func__)) return status;
  return write_text(__func__, "580.65.06", version, length);
}

API int nvmlDeviceGetHandleByUUID(const char* uuid, void** device) {
  if (const int status = enter(__func__)) return status;
  if (uuid == nullptr || device == nullptr) return broken(__func__, "a null pointer");
  for (int i = 0; i < switches().devices; ++i) {
    const auto identity = identity_of(i);
    const bool slice = card().is_mig_slice;
    if (uuid != (slice ? identity.mig_uuid : identity.gpu_uuid)) continue;
    *device = handle_of(slice ? kMostDevices + i : i);
    return kSuccess;
  }
  return kNotFound;
}

API int nvmlDeviceGetHandleByPciBusId_v2(const char* bus_id, void** device) {
  if (const int status = enter(__func__)) return status;
  if (bus_id == nullptr || device == nullptr) return broken(__func__, "a null pointer");
  for (int i = 0; i < switches().devices; ++i) {
    if (bus_id != identity_of(i).pci_bus_id) continue;
    *device = handle_of(i);
    return kSuccess;
  }
  return kNotFound;
}

API int nvmlDeviceGetDeviceHandleFromMigDeviceHandle(void* slice, void** whole) {
  if (const int status = enter(__func__, slice)) return status;
  if (whole == nullptr) return broken(__func__, "no place for the answer");
  const int device = device_of(slice);
  if (device < kMostDevices) return kInvalidArgument;
  *whole = handle_of(device - kMostDevices);
  return kSuccess;
}

namespace {
int mode(const char* call, void* device, unsigned* current, unsigned* pending, bool supported,
         bool on) {
  if (const int status = answer(call, device, current, supported, [&](int) { return on; }))
    return status;
  return answer(call, device, pending, true, [&](int) { return on; });
}
}  // namespace

API int nvmlDeviceGetEccMode(void* device, unsigned* current, unsigned* pending) {
  return mode(__func__, device, current, pending, card().ecc != Ecc::kNone, card().ecc == Ecc::kOn);
}

API int nvmlDeviceGetMigMode(void* device, unsigned* current, unsigned* pending) {
  return mode(__func__, device, current, pending, card().has_mig, card().is_mig_slice);
}

API int nvmlDeviceGetPowerManagementLimit(void* device, unsigned* milliwatts) {
  return answer(__func__, device, milliwatts, true,
                [](int) { return 1000 * card().power_limit_w; });
}

API int nvmlDeviceGetPowerManagementDefaultLimit(void* device, unsigned* milliwatts) {
  return answer(__func__, device, milliwatts, true,
                [](int) { return 1000 * card().power_limit_w; });
}

API int nvmlDeviceGetMaxPcieLinkGeneration(void* device, unsigned* generation) {
  return answer(__func__, device, generation, true, [](int) { return card().pcie_generation; });
}

API int nvmlDeviceGetCurrPcieLinkGeneration(void* device, unsigned* generation) {
  return answer(__func__, device, generation, true, [](int) { return card().pcie_generation; });
}

API int nvmlDeviceGetMaxPcieLinkWidth(void* device, unsigned* lanes) {
  return answer(__func__, device, lanes, true, [](int) { return 16; });
}

API int nvmlDeviceGetCurrPcieLinkWidth(void* device, unsigned* lanes) {
  return answer(__func__, device, lanes, true, [](int) { return 16; });
}

API int nvmlDeviceGetVbiosVersion(void* device, char* version, unsigned length) {
  if (const int status = enter(__func__, device)) return status;
  return write_text(__func__, "00.00.00.00.01", version, length);
}

/// nvmlProcessInfo_v2_t
struct ProcessInfo {
  unsigned pid;
  unsigned long long used_bytes;
  unsigned gpu_instance, compute_instance;
};

/// This process and no other.
API int nvmlDeviceGetComputeRunningProcesses_v2(void* device, unsigned* count, ProcessInfo* all) {
  if (const int status = enter(__func__, device)) return status;
  if (count == nullptr || (*count > 0 && all == nullptr)) return broken(__func__, "a null pointer");
  const unsigned room = *count;
  *count = 1;
  if (room < 1) return kInsufficientSize;
  all[0] = {static_cast<unsigned>(getpid()), 0, 0, 0};
  return kSuccess;
}

API int nvmlDeviceGetTotalEccErrors(void* device, unsigned kind, unsigned counter,
                                    unsigned long long* count) {
  if (kind > 1 || counter > 1) return broken(__func__, "there is no such kind or counter");
  return answer(__func__, device, count, card().ecc == Ecc::kOn, [&](int i) {
    const auto come = kind == 0 ? switches().corrected_errors : switches().uncorrected_errors;
    return has_worked(i) ? come : 0;
  });
}

API int nvmlDeviceGetRemappedRows(void* device, unsigned* corrected, unsigned* uncorrected,
                                  unsigned* pending, unsigned* failed) {
  const bool supported =
      card().ecc == Ecc::kOn && card().limits.compute_capability >= 80;  // Ampere and newer
  int status = kSuccess;
  for (unsigned* each : {corrected, uncorrected, pending, failed}) {
    if (status == kSuccess)
      status = answer(__func__, device, each, supported, [](int) { return 0; });
  }
  return status;
}
