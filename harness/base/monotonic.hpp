#pragma once

#include <chrono>

namespace gpugauge {

/// Seconds of a monotonic clock.
inline double monotonic_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace gpugauge
