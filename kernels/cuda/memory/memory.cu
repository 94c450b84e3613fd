// memory.cu: streams whole arrays through device memory: read, write, copy, scale, add and triad.
//
// Build and try alone:
//   cmake --build build --target try_memory
//   build/gpugauge run --device cuda:0 --filter /stream/
//
// Bound: bytes / (2 · memory clock · bus width / 8). No rate above that is believed.
//
// To hide a loaded latency of 0.8 µs an H100 SXM needs 20 KiB in flight on each multiprocessor
// (Little's law: 25.4 GB/s each), better 32 to 64; an H200 28, an L40S 5. Full occupancy with one
// 16-byte load a thread gives 32 KiB, and nothing to spare.
//
// v1  256 threads a block, four independent 16-byte accesses a thread and array, a grid of what
//     fits on the device at once, which strides over 16 KiB tiles; plain loads and stores.
//     Predicted 92 to 94% of the pin rate for read; not measured on a card.
// v2  Reads, and what reads two arrays, have eight loads of 16 bytes a thread and tile in 40
//     registers. By their machine code (ptxas 13.0; tests/data/machine_code_requirements.csv holds
//     them to it) a thread that first waits has issued, of read and of add and triad, on sm_80 and
//     sm_89 six, on sm_90a seven and eight, on sm_100 eight: six blocks, 144 to 192 KiB a
//     multiprocessor. Copy and scale have four or more in 32: eight blocks, 128 KiB. Loads pass L1
//     by and stores are the first to leave L2, since nothing comes back to either. There are two
//     grids, of which the faster one on this card and size is kept (memory_implementations.cpp):
//     one block a tile, so that the hardware evens out what is farther from memory, as in the
//     reduction of pranjalssh/fast.cu, which reads 4 GiB at 96.7% of an H100's pin rate; and the
//     resident one of v1, which starts its blocks once. What is left over after whole waves goes in
//     narrower and narrower tiles, which also spreads arrays that are smaller than a wave over the
//     whole device. Predicted: read 96%, write 93 to 95%, copy and triad 90 to 92%, where the
//     memory's turning between reading and writing is what remains; not yet measured on a card.

#include "kernels/cuda/memory/memory.hpp"

#include <bit>

#include "kernels/cuda/machine/intrinsics.hpp"
#include "kernels/cuda/machine/launch.hpp"
#include "kernels/cuda/memory/memory_elements.hpp"
#include "kernels/cuda/memory/stream_grid.hpp"

namespace gpugauge {
namespace {

using stream_grid::Cut;
using stream_grid::kReadTilePages;
using stream_grid::kThreads;
using stream_grid::kTilePages;

/// Left to itself the compiler fits eight blocks, in 32 registers a thread, and waits after fewer
/// of the eight loads of one.
constexpr int kBlocksWithEightLoads = 6;

/// Calls `body.template operator()<N>(vector)` for this block's tiles, N pages each, from
/// `kPages` down: the thread's accesses are the 16-byte vectors `vector + i·kThreads`, i < N.
template <int kPages, typename Body>
__device__ void for_each_tile(const Cut& cut, std::int64_t begin, const Body& body) {
  const std::int64_t end = cut.ends[std::countr_zero(unsigned{kPages})];
  for (std::int64_t page = begin + std::int64_t{kPages} * blockIdx.x; page < end;
       page += std::int64_t{kPages} * gridDim.x) {
    body.template operator()<kPages>(page * kThreads + threadIdx.x);
  }
  if constexpr (kPages > 1) for_each_tile<kPages / 2>(cut, end, body);
}

/// The N vectors of a tile that belong to this thread, loaded together.
template <int N>
struct Tile {
  uint4 vectors[N];

  __device__ Tile(const uint4* array, std::int64_t vector) {
#pragma unroll
    for (int i = 0; i < N; ++i) vectors[i] = load_streaming(array + vector + i * kThreads);
  }
};

/// Sums every 32-bit word, wrapping, so that no load can be left out; one partial sum a block.
__global__ void __launch_bounds__(kThreads, kBlocksWithEightLoads)
    read_kernel(const uint4* in, Cut cut, std::uint32_t* partials) {
  std::uint32_t sum = 0;
  for_each_tile<kReadTilePages>(cut, 0, [&]<int N>(std::int64_t vector) {
    const Tile<N> tile(in, vector);
#pragma unroll
    for (const uint4& v : tile.vectors) sum += v.x + v.y + v.z + v.w;
  });
  struct Shared {
    std::uint32_t warp_sums[kThreads / 32];
  };
  sum = block_sum(sum, shared_memory<Shared>().warp_sums);
  if (threadIdx.x == 0) partials[blockIdx.x] = sum;
}

__global__ void __launch_bounds__(kThreads) write_kernel(uint4* out, Cut cut) {
  const auto word = std::bit_cast<std::uint32_t>(kMemoryWriteValue);
  for_each_tile<kTilePages>(cut, 0, [&]<int N>(std::int64_t vector) {
#pragma unroll
    for (int i = 0; i < N; ++i) {
      store_streaming(out + vector + i * kThreads, {word, word, word, word});
    }
  });
}

/// Copy, scale, add or triad.
template <MemoryPattern kPattern>
__global__ void __launch_bounds__(kThreads, kBlocksWithEightLoads)
    map_kernel(uint4* out, const uint4* b, const uint4* c, Cut cut) {
  for_each_tile<kTilePages>(cut, 0, [&]<int N>(std::int64_t vector) {
    const Tile<N> left(b, vector);
    if constexpr (reads_two_arrays(kPattern)) {
      const Tile<N> right(c, vector);
#pragma unroll
      for (int i = 0; i < N; ++i) {
        store_streaming(out + vector + i * kThreads,
                        written_words<kPattern>(left.vectors[i], right.vectors[i]));
      }
    } else {
#pragma unroll
      for (int i = 0; i < N; ++i) {
        store_streaming(out + vector + i * kThreads, written_words<kPattern>(left.vectors[i], {}));
      }
    }
  });
}

using MapKernel = void (*)(uint4*, const uint4*, const uint4*, Cut);
MapKernel map_kernel_of(MemoryPattern pattern) {
  switch (pattern) {
    case MemoryPattern::kScale:
      return map_kernel<MemoryPattern::kScale>;
    case MemoryPattern::kAdd:
      return map_kernel<MemoryPattern::kAdd>;
    case MemoryPattern::kTriad:
      return map_kernel<MemoryPattern::kTriad>;
    default:
      return map_kernel<MemoryPattern::kCopy>;
  }
}

constexpr int kReadSharedBytes = kThreads / 32 * 4;

}  // namespace

int resident_stream_blocks(MemoryPattern pattern) {
  if (pattern == MemoryPattern::kRead) {
    return resident_blocks(read_kernel, kThreads, kReadSharedBytes);
  }
  if (pattern == MemoryPattern::kWrite) return resident_blocks(write_kernel, kThreads);
  return resident_blocks(map_kernel_of(pattern), kThreads);
}

void launch_stream(Stream stream, MemoryPattern pattern, const StreamArrays& arrays,
                   std::int64_t pages, int blocks) {
  const Cut cut = stream_grid::cut(pages, stream_grid::tile_pages(pattern), blocks);
  LaunchShape shape{.blocks = static_cast<unsigned>(blocks), .threads = kThreads};
  const auto* b = static_cast<const uint4*>(arrays.b);
  const auto* c = static_cast<const uint4*>(arrays.c);
  auto* out = static_cast<uint4*>(arrays.out);
  if (pattern == MemoryPattern::kRead) {
    shape.shared_bytes = kReadSharedBytes;
    launch(stream, "read_kernel", read_kernel, shape, b, cut,
           static_cast<std::uint32_t*>(arrays.out));
  } else if (pattern == MemoryPattern::kWrite) {
    launch(stream, "write_kernel", write_kernel, shape, out, cut);
  } else {
    launch(stream, "map_kernel", map_kernel_of(pattern), shape, out, b, c, cut);
  }
}

}  // namespace gpugauge
