#include "tests/emulated/nvml/calls.hpp"

#include <array>

#include "tests/emulated/library_call.hpp"

namespace gpugauge::emulated::nvml {
namespace {

constexpr int kFellOffTheBus = 79;

struct Handle {};
std::array<Handle, 2 * kMostDevices> handles;
int initialised = 0;  ///< how often

/// The call's name without `nvmlDevice`, as EMULATED_NVML_NOT_SUPPORTED has it.
std::string_view short_name(std::string_view call) {
  constexpr std::string_view kDevice = "nvmlDevice", kAny = "nvml";
  return call.substr(call.starts_with(kDevice) ? kDevice.size() : kAny.size());
}

bool fell_off(int device) {
  for (int i = 0; const int xid = emulated_xid(device, i); ++i) {
    if (xid == kFellOffTheBus) return true;
  }
  return false;
}

}  // namespace

void* handle_of(int device) { return &handles.at(static_cast<std::size_t>(device)); }

int device_of(const void* handle) {
  for (std::size_t i = 0; i < handles.size(); ++i) {
    if (&handles.at(i) == handle) return static_cast<int>(i);
  }
  return -1;
}

int broken(const char* call, const std::string& rule) {
  emulated_broken_rule(call, rule.c_str());
  return kInvalidArgument;
}

void initialise() { ++initialised; }

int shut_down(const char* call) {
  if (const int status = enter(call)) return status;
  --initialised;
  return kSuccess;
}

int enter(const char* call) {
  if (initialised == 0) return broken(call, "NVML is not initialised");
  return switches().nvml_lacks(short_name(call)) ? kNotSupported : kSuccess;
}

int enter(const char* call, const void* handle) {
  if (const int status = enter(call)) return status;
  const int device = device_of(handle);
  if (device < 0 || device % kMostDevices >= switches().devices)
    return broken(call, "the handle is none that NVML gave");
  if (fell_off(device % kMostDevices)) return kGpuIsLost;
  const bool is_slice = device >= kMostDevices;
  return is_slice && std::strcmp(call, "nvmlDeviceGetDeviceHandleFromMigDeviceHandle") != 0
             ? kNotSupported
             : kSuccess;
}

int write_text(const char* call, const std::string& text, char* out, unsigned size) {
  if (out == nullptr) return broken(call, "no place for the answer");
  if (size <= text.size()) return kInsufficientSize;
  std::memcpy(out, text.c_str(), text.size() + 1);
  return kSuccess;
}

double work(int device) { return emulated_seconds_of_work(device, 0, emulated_seconds_alive()); }
double recent_work(int device, double seconds) {
  const double now = emulated_seconds_alive();
  return emulated_seconds_of_work(device, now - seconds, now);
}
bool has_worked(int device) { return work(device) > 0; }
bool works(int device) { return recent_work(device, 0.1) > 0; }

}  // namespace gpugauge::emulated::nvml
