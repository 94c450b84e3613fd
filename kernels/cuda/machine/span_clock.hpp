#pragma once

#include "kernels/cuda/machine/intrinsics.hpp"
#include "kernels/cuda/machine/kernel_clock.hpp"

namespace gpugauge {

/// Measures a part of a kernel by one thread of each block.
class SpanClock {
 public:
  __device__ SpanClock() : cycles_(read_clock()), nanoseconds_(read_nanoseconds()) {}

  /// Ends the part that began with this object.
  __device__ void write(KernelClock* blocks) const {
    const std::uint64_t cycles = read_clock(), nanoseconds = read_nanoseconds();
    KernelClock& block = blocks[blockIdx.x];
    block.spans[block.launches % KernelClock::kKept] = {cycles - cycles_,
                                                        nanoseconds - nanoseconds_};
    ++block.launches;
  }

 private:
  std::uint64_t cycles_, nanoseconds_;
};

}  // namespace gpugauge
