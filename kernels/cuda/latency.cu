// latency.cu: what one dependent load costs, and what a kernel costs that does nothing.
//
// Build and try alone:
//   cmake --build build --target gpugauge && build/gpugauge run --device cuda:0 --filter latency/
//
// Floor: none; the number itself is the finding. Time of a launch / count is the time of one load.
//
// v1  One thread walks a random cycle of addresses, a line of 128 bytes apart, so that each load
//     waits for the one before and nothing can be fetched ahead. The footprint says who answers:
//     L1 up to its size, L2, the far one of Hopper's two L2 partitions (an address belongs to one
//     of them and an SM is near to one: a footprint inside L2 shows the mean of both), then device
//     memory, and beyond the reach of the TLB its misses as well. Each launch goes on where the
//     last one ended: a footprint beyond L2 is not in it, however short the launch. L1 forgets
//     between launches, so a footprint inside it wants many laps in one launch.
//     Predicted on an H100, at 1.98 GHz: L1 about 20 ns, L2 130 to 160, device memory 400 to 500;
//     a kernel in a graph about 1.3 µs, by itself about 2; not yet measured on a card.

#include "kernels/cuda/latency.hpp"

#include <algorithm>

#include "kernels/cuda/intrinsics.hpp"
#include "kernels/cuda/launch.hpp"
#include "kernels/reference/pointer_chase_reference.hpp"

namespace gpugauge {
namespace {

__global__ void link_kernel(char* lines, const std::uint32_t* next, std::int64_t count) {
  const std::int64_t stride = std::int64_t{blockDim.x} * gridDim.x;
  for (std::int64_t line = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x; line < count;
       line += stride) {
    *reinterpret_cast<char**>(lines + line * kChaseLineBytes) =
        lines + std::int64_t{next[line]} * kChaseLineBytes;
  }
}

__global__ void chase_kernel(std::uint64_t* position, std::int64_t steps) {
  std::uint64_t line = *position;
#pragma unroll 8
  for (std::int64_t step = 0; step < steps; ++step) {
    line = load_cached(reinterpret_cast<const void*>(line));
  }
  *position = line;
}

__global__ void empty_kernel(std::uint32_t* counter) {
  if (counter != nullptr) ++*counter;
}

}  // namespace

void launch_link(Stream stream, void* lines, const std::uint32_t* next, std::int64_t count) {
  constexpr std::int64_t kThreads = 256, kMostBlocks = 1 << 16;
  const auto blocks = static_cast<unsigned>(
      std::clamp((count + kThreads - 1) / kThreads, std::int64_t{1}, kMostBlocks));
  launch(stream, "link_kernel", link_kernel, {.blocks = blocks, .threads = kThreads},
         static_cast<char*>(lines), next, count);
}

void launch_chase(Stream stream, std::uint64_t* position, std::int64_t steps) {
  launch(stream, "chase_kernel", chase_kernel, {}, position, steps);
}

void launch_empty(Stream stream, std::uint32_t* counter) {
  launch(stream, "empty_kernel", empty_kernel, {}, counter);
}

}  // namespace gpugauge
