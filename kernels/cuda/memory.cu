// memory.cu: streams whole arrays through device memory: read, write, copy and triad.
//
// Build and try alone:
//   cmake --build build --target gpugauge && build/gpugauge run --device cuda:0 --filter memory/
//
// Floor: bytes / (2 · memory clock · bus width / 8). No rate above that is believed.
//
// To hide a loaded latency of 0.8 µs an H100 SXM needs 20 KiB in flight on each SM (Little's law:
// 25.4 GB/s·SM), better 32 to 64. Full occupancy with one 16-byte load a thread gives 32 KiB, and
// nothing to spare; four of them give 128.
//
// v1  256 threads a block, four independent 16-byte accesses a thread and array, persistent grid of
//     what fits on the device, grid-stride over 16 KiB tiles, plain loads and stores. In machine
//     code: LDG.E.128 and STG.E.128, four at a time, no local memory; triad issues its eight loads
//     together on sm_89 and, to keep to 32 registers, five of them on sm_90a.
//     Predicted 92 to 94% of the pin rate for read; not yet measured on a card.

#include "harness/device/cuda/cuda_error.hpp"
#include "kernels/cuda/memory.hpp"
#include "kernels/cuda/stream_grid.hpp"
#include "kernels/reference/memory_reference.hpp"

namespace gpugauge {
namespace {

using stream_grid::kPagesPerTile;
using stream_grid::kThreads;

/// Calls `body.template operator()<N>(vector)` for groups of N pages, N a whole tile while there
/// are any and then one: the thread's accesses are 16-byte vectors `vector + i·kThreads`, i < N.
template <typename Body>
__device__ void for_each_tile(std::int64_t pages, Body body) {
  const std::int64_t whole_tiles = pages / kPagesPerTile;
  for (std::int64_t tile = blockIdx.x; tile < whole_tiles; tile += gridDim.x) {
    body.template operator()<kPagesPerTile>(tile * kPagesPerTile * kThreads + threadIdx.x);
  }
  for (std::int64_t page = whole_tiles * kPagesPerTile + blockIdx.x; page < pages;
       page += gridDim.x) {
    body.template operator()<1>(page * kThreads + threadIdx.x);
  }
}

/// The N vectors of a tile that belong to this thread, loaded together.
template <int N, typename Vector>
struct Tile {
  Vector vectors[N];

  __device__ static Tile load(const Vector* __restrict__ array, std::int64_t vector) {
    Tile tile;
#pragma unroll
    for (int i = 0; i < N; ++i) tile.vectors[i] = array[vector + i * kThreads];
    return tile;
  }
  __device__ void store(Vector* __restrict__ array, std::int64_t vector) const {
#pragma unroll
    for (int i = 0; i < N; ++i) array[vector + i * kThreads] = vectors[i];
  }
};

/// Sums every 32-bit word, wrapping, so that no load can be left out; one partial sum a block.
__global__ void __launch_bounds__(kThreads)
    read_kernel(const uint4* __restrict__ in, std::int64_t pages, std::uint32_t* partials) {
  std::uint32_t sum = 0;
  for_each_tile(pages, [&]<int N>(std::int64_t vector) {
    const auto tile = Tile<N, uint4>::load(in, vector);
#pragma unroll
    for (const uint4& v : tile.vectors) sum += v.x + v.y + v.z + v.w;
  });

  constexpr int kWarps = kThreads / 32;
  __shared__ std::uint32_t warp_sums[kWarps];
  sum = __reduce_add_sync(0xFFFFFFFFU, sum);
  if (threadIdx.x % 32 == 0) warp_sums[threadIdx.x / 32] = sum;
  __syncthreads();
  if (threadIdx.x == 0) {
    for (int warp = 1; warp < kWarps; ++warp) sum += warp_sums[warp];
    partials[blockIdx.x] = sum;
  }
}

__global__ void __launch_bounds__(kThreads)
    write_kernel(float4* __restrict__ out, std::int64_t pages) {
  const float4 value{kMemoryWriteValue, kMemoryWriteValue, kMemoryWriteValue, kMemoryWriteValue};
  for_each_tile(pages, [&]<int N>(std::int64_t vector) {
#pragma unroll
    for (int i = 0; i < N; ++i) out[vector + i * kThreads] = value;
  });
}

__global__ void __launch_bounds__(kThreads)
    copy_kernel(float4* __restrict__ out, const float4* __restrict__ in, std::int64_t pages) {
  for_each_tile(pages, [&]<int N>(std::int64_t vector) {
    Tile<N, float4>::load(in, vector).store(out, vector);
  });
}

/// a[i] = b[i] + s·c[i], fused.
__global__ void __launch_bounds__(kThreads)
    triad_kernel(float4* __restrict__ a, const float4* __restrict__ b, const float4* __restrict__ c,
                 std::int64_t pages) {
  for_each_tile(pages, [&]<int N>(std::int64_t vector) {
    const auto left = Tile<N, float4>::load(b, vector);
    auto right = Tile<N, float4>::load(c, vector);
#pragma unroll
    for (int i = 0; i < N; ++i) {
      right.vectors[i] = {__fmaf_rn(kTriadScale, right.vectors[i].x, left.vectors[i].x),
                          __fmaf_rn(kTriadScale, right.vectors[i].y, left.vectors[i].y),
                          __fmaf_rn(kTriadScale, right.vectors[i].z, left.vectors[i].z),
                          __fmaf_rn(kTriadScale, right.vectors[i].w, left.vectors[i].w)};
    }
    right.store(a, vector);
  });
}

int resident_blocks(auto kernel) {
  int blocks = 0;
  check(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, kernel, kThreads, 0),
        "occupancy of a memory kernel");
  return blocks;
}

}  // namespace

int resident_stream_blocks(MemoryPattern pattern) {
  switch (pattern) {
    case MemoryPattern::kRead:
      return resident_blocks(read_kernel);
    case MemoryPattern::kWrite:
      return resident_blocks(write_kernel);
    case MemoryPattern::kCopy:
      return resident_blocks(copy_kernel);
    case MemoryPattern::kTriad:
      break;
  }
  return resident_blocks(triad_kernel);
}

void launch_stream(Stream stream, MemoryPattern pattern, const StreamArrays& arrays,
                   std::int64_t pages, int blocks) {
  const auto grid = static_cast<unsigned>(blocks);
  const auto queue = static_cast<cudaStream_t>(stream.native);
  const auto* b = static_cast<const float4*>(arrays.b);
  const auto* c = static_cast<const float4*>(arrays.c);
  auto* out = static_cast<float4*>(arrays.out);
  switch (pattern) {
    case MemoryPattern::kRead:
      read_kernel<<<grid, kThreads, 0, queue>>>(static_cast<const uint4*>(arrays.b), pages,
                                                static_cast<std::uint32_t*>(arrays.out));
      break;
    case MemoryPattern::kWrite:
      write_kernel<<<grid, kThreads, 0, queue>>>(out, pages);
      break;
    case MemoryPattern::kCopy:
      copy_kernel<<<grid, kThreads, 0, queue>>>(out, b, pages);
      break;
    case MemoryPattern::kTriad:
      triad_kernel<<<grid, kThreads, 0, queue>>>(out, b, c, pages);
      break;
  }
  check(cudaGetLastError(), "launch of a memory kernel");
}

}  // namespace gpugauge
