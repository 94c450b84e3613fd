#pragma once

namespace gpugauge {

/// A queue of device work: a `cudaStream_t` on CUDA, nothing on the CPU, where a launch is a call.
struct Stream {
  void* native = nullptr;
  /// A kernel may begin while the one before it ends (programmatic dependent launch, Hopper on).
  bool overlap = false;
};

}  // namespace gpugauge
