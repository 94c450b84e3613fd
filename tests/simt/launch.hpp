#pragma once

// What kernels/cuda/machine/launch.hpp offers, run here and now on the host.

#include <algorithm>
#include <tuple>
#include <utility>

#include "harness/device/stream.hpp"
#include "kernels/cuda/machine/launch_shape.hpp"
#include "tests/simt/cuda_names.hpp"
#include "tests/simt/machine.hpp"

namespace gpugauge {

/// As far as threads and shared memory limit it on Hopper.
template <typename... Parameters>
int resident_blocks(void (*)(Parameters...), int threads, int shared_bytes = 0) {
  constexpr int kThreads = 2048, kBlocks = 32, kSharedBytes = 228 * 1024, kReservedBytes = 1024;
  return std::min({kBlocks, kThreads / threads, kSharedBytes / (shared_bytes + kReservedBytes)});
}

template <typename... Parameters, typename... Arguments>
void launch(Stream, const char* name, void (*kernel)(Parameters...), const LaunchShape& shape,
            Arguments&&... arguments) {
  const std::tuple<Parameters...> values(Parameters(std::forward<Arguments>(arguments))...);
  simt::Machine machine(name, shape, [&] { std::apply(kernel, values); });
  machine.run();
}

}  // namespace gpugauge
