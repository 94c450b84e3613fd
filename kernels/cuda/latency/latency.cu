// latency.cu: what one dependent load costs, and what a kernel costs that does nothing.
//
// Build and try alone:
//   cmake --build build --target try_latency
//   build/gpugauge run --device cuda:0 --suite full --filter latency/
//
// Bound: none; the number itself is the finding. Time of a launch / count is the time of one load.
//
// v1  One thread walks a random cycle of addresses, a line of 128 bytes apart, so that each load
//     waits for the one before and nothing can be fetched ahead. The footprint says who answers:
//     L1 up to its size, L2, then device memory, and beyond the reach of the TLB its misses as
//     well. Where L2 is two partitions, a footprint inside it shows the mean of both. Each launch
//     goes on where the last one ended: a footprint beyond L2 is not in it, however short the
//     launch. L1 forgets between launches, so a footprint inside it wants many laps in one launch.
//     Predicted on an H100, at 1.98 GHz: L1 about 20 ns, L2 130 to 160, device memory 400 to 500;
//     a kernel in a graph about 1.3 µs, by itself about 2; not yet measured on a card.
// v2  Near and far L2: since the A100 a large one is two partitions, a line has its home in one of
//     them and an SM is next to one. A probe on one SM times every line, and the chase goes through
//     the fastest or the slowest two fifths, on that SM: one block on each, since the scheduler
//     cannot be told where. The probe uses atomics, because they are done at home: for loads the
//     near partition may keep copies of far lines (NVIDIA's A100 whitepaper: a partition caches for
//     the SMs next to it). Atomics also find the sides of an H100 in ademeure/cuda-side-boost,
//     where they change every 4 KiB. The chase loads past L1; if far lines then take no longer than
//     near ones, though the probe tells them apart, such copies answered.
//     Predicted on an H100: near 200 to 230 cycles, far 50 to 100 more; not yet measured on a card.

#include "kernels/cuda/latency/latency.hpp"

#include <algorithm>

#include "kernels/cuda/machine/intrinsics.hpp"
#include "kernels/cuda/machine/launch.hpp"
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

constexpr int kProbes = 4;

__global__ void probe_kernel(char* lines, std::int64_t count, std::uint32_t* cycles,
                             std::uint32_t* processor) {
  *processor = multiprocessor();
  for (std::int64_t i = 0; i < count; ++i) {
    char* line = lines + i * kChaseLineBytes;
    std::uint64_t least = ~std::uint64_t{0};
    for (int probe = 0; probe < kProbes; ++probe) {
      const std::uint64_t begin = read_clock();
      // The branch makes the clock wait for the answer.
      if (load_at_home(line) != reinterpret_cast<std::uint64_t>(line)) return;
      least = std::min(least, read_clock() - begin);
    }
    cycles[i] = static_cast<std::uint32_t>(least);
  }
}

/// Longer than it takes to start a block on every multiprocessor.
constexpr std::uint64_t kStayCycles = 8'000;

__global__ void bound_chase_kernel(BoundChase* chase, std::int64_t steps) {
  if (blockIdx.x == 0) chase->asked += static_cast<std::uint64_t>(steps);
  if (multiprocessor() != chase->processor) {
    // A block that left at once would make room for a second one here, which is then missing there.
    const std::uint64_t begin = read_clock();
    while (read_clock() - begin < kStayCycles) continue;
    return;
  }
  std::uint64_t line = chase->line;
#pragma unroll 8
  for (std::int64_t step = 0; step < steps; ++step) {
    line = load_past_l1(reinterpret_cast<const void*>(line));
  }
  chase->line = line;
  chase->walked += static_cast<std::uint64_t>(steps);
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

void launch_probe(Stream stream, void* lines, std::int64_t count, std::uint32_t* cycles,
                  std::uint32_t* processor) {
  launch(stream, "probe_kernel", probe_kernel, {}, static_cast<char*>(lines), count, cycles,
         processor);
}

int bound_chase_shared_bytes() {
  constexpr int kStep = 16 << 10;
  int bytes = 0;
  while (resident_blocks(bound_chase_kernel, 1, bytes) > 1) bytes += kStep;
  return bytes;
}

void launch_bound_chase(Stream stream, BoundChase* chase, std::int64_t steps, int processors,
                        int shared_bytes) {
  launch(stream, "bound_chase_kernel", bound_chase_kernel,
         {.blocks = static_cast<unsigned>(processors), .shared_bytes = shared_bytes}, chase, steps);
}

void launch_empty(Stream stream, std::uint32_t* counter) {
  launch(stream, "empty_kernel", empty_kernel, {}, counter);
}

}  // namespace gpugauge
