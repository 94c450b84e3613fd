#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace gpugauge {

/// While one lives, the thread that uses the device waits for it: for one replay, or for a copy.
class DeviceWait {
 public:
  DeviceWait() { since_ns_ = now_ns(); }
  DeviceWait(const DeviceWait&) = delete;
  DeviceWait& operator=(const DeviceWait&) = delete;
  ~DeviceWait() { since_ns_ = 0; }

  /// How long the wait that is under way has lasted; 0 where there is none. For any thread.
  static double seconds() {
    const std::int64_t since = since_ns_;
    return since == 0 ? 0.0 : static_cast<double>(now_ns() - since) * 1e-9;
  }

 private:
  static std::int64_t now_ns() {
    return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
  }

  static inline std::atomic<std::int64_t> since_ns_{0};
};

}  // namespace gpugauge
