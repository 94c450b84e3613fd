#pragma once

namespace gpugauge::emulated {

inline constexpr int kMostDevices = 8;

/// The calling thread's device, as cudaSetDevice has it.
int current_device();

}  // namespace gpugauge::emulated
