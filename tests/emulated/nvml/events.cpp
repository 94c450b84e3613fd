// Errors of the driver (XID), told to who watches.

#include <unistd.h>

#include <set>

#include "tests/emulated/nvml/calls.hpp"

using namespace gpugauge::emulated;        // NOLINT: C functions that belong to it
using namespace gpugauge::emulated::nvml;  // NOLINT

namespace {

struct EventSet {
  int device = -1;  ///< watched
  int told = 0;     ///< events that were handed out
};
std::set<EventSet*> event_sets;

}  // namespace

API int nvmlEventSetCreate(void** set) {
  if (const int status = enter(__func__)) return status;
  if (set == nullptr) return broken(__func__, "no place for the answer");
  *set = *event_sets.insert(new EventSet).first;
  return kSuccess;
}

API int nvmlEventSetFree(void* set) {
  if (const int status = enter(__func__)) return status;
  if (event_sets.erase(static_cast<EventSet*>(set)) == 0)
    return broken(__func__, "the set is none that NVML gave");
  delete static_cast<EventSet*>(set);
  return kSuccess;
}

API int nvmlDeviceRegisterEvents(void* device, unsigned long long types, void* set) {
  constexpr unsigned long long kXid = 0x8;
  if (const int status = enter(__func__, device)) return status;
  if (!event_sets.contains(static_cast<EventSet*>(set)))
    return broken(__func__, "the set is none that NVML gave");
  if (types != kXid || card().is_mig_slice) return kNotSupported;
  static_cast<EventSet*>(set)->device = device_of(device);
  return kSuccess;
}

/// nvmlEventData_t
struct EventData {
  void* device;
  unsigned long long type, data;
  unsigned gpu_instance, compute_instance;
};

API int nvmlEventSetWait_v2(void* set, EventData* event, unsigned timeout_ms) {
  if (const int status = enter(__func__)) return status;
  if (!event_sets.contains(static_cast<EventSet*>(set)) || event == nullptr)
    return broken(__func__, "the set is none that NVML gave, or no place for the event");
  auto& watch = *static_cast<EventSet*>(set);
  if (watch.device < 0) return broken(__func__, "nothing was registered in the set");
  // First the one that was asked for, once there was work, then those of the runtime.
  const auto& asked = switches().xid;
  const int before = asked ? 1 : 0;
  int xid = 0;
  if (asked && watch.told == 0) {
    if (has_worked(watch.device)) xid = *asked;
  } else {
    xid = emulated_xid(watch.device, watch.told - before);
  }
  if (xid == 0) {
    usleep(1000 * timeout_ms);
    return kTimeout;
  }
  ++watch.told;
  *event = {handle_of(watch.device), 0x8, static_cast<unsigned long long>(xid), 0, 0};
  return kSuccess;
}
