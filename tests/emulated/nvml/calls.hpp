#pragma once

// libnvidia-ml.so.1 of the emulated card: what NVML says of it, and rules that its callers keep.
//
// Signatures, numbers and which card answers what: nvml.h and the NVML API reference, release 580;
// declared here once more, and not as harness/device/cuda/nvml.hpp has them, so that a slip in one
// of the two shows.

#include <cstring>
#include <string>

#include "tests/emulated/activity.hpp"
#include "tests/emulated/card.hpp"
#include "tests/emulated/switches.hpp"

#define API extern "C" __attribute__((visibility("default")))

namespace gpugauge::emulated::nvml {

enum Status {  // nvmlReturn_t
  kSuccess = 0,
  kInvalidArgument = 2,
  kNotSupported = 3,
  kNotFound = 6,
  kInsufficientSize = 7,
  kDriverNotLoaded = 9,
  kTimeout = 10,
  kGpuIsLost = 15
};
/// The cards have the first numbers, their slices the next.
inline constexpr int kMostDevices = 8;
void* handle_of(int device);
/// -1 if NVML never gave it.
int device_of(const void* handle);

/// The caller broke a rule; does not come back but in unit tests.
int broken(const char* call, const std::string& rule);
void initialise();
/// As often as it was initialised.
int shut_down(const char* call);
/// Success where `call` may be made now, and be put to this card.
int enter(const char* call);
int enter(const char* call, const void* handle);

/// What most questions are: one answer, where the card has one.
template <typename Value, typename Answer>
int answer(const char* call, const void* handle, Value* value, bool supported, Answer what) {
  if (const int status = enter(call, handle)) return status;
  if (value == nullptr) return broken(call, "no place for the answer");
  if (!supported) return kNotSupported;
  *value = static_cast<Value>(what(device_of(handle)));
  return kSuccess;
}

int write_text(const char* call, const std::string& text, char* out, unsigned size);

/// Seconds of work since the process started, and of the last `seconds`.
double work(int device);
double recent_work(int device, double seconds);
/// Whether the card ever worked, and whether it does.
bool has_worked(int device);
bool works(int device);

}  // namespace gpugauge::emulated::nvml
