// memory_bulk_sm90a.cu: streams whole arrays by Hopper's bulk copies (cp.async.bulk).
//
// Build and try alone:
//   cmake --build build --target try_memory_bulk_sm90a
//   build/gpugauge run --device cuda:0 --filter /bulk/
//
// Bound: bytes / (2 · memory clock · bus width / 8).
//
// What memory.cu keeps in flight by many threads with many registers, one thread keeps in flight
// here by copies of up to 16 KiB, with shared memory for what is under way: a ring of 12 stages of
// 16 KiB, 192 KiB on each multiprocessor against the 20 that Little's law asks of an H100 SXM.
//
// v1  Read, scale, add and triad: a warp that only loads, eight that sum or compute, full and empty
//     barriers between them; results leave from registers by 16-byte stores. Copy: one thread a
//     block, which passes each stage on to a bulk store, so that the data meet no register; it lets
//     four stores be under way before it loads into their stages again. Write: bulk stores, all
//     from one stage that is filled once. Loads are the first to leave L2.
//     Predicted: read 95 to 96% of the pin rate, write 93 to 95%, copy and triad 90 to 92%, with
//     fewer instructions and less power than memory.cu; not yet measured on a card.

#include "kernels/cuda/machine/hopper.hpp"
#include "kernels/cuda/machine/launch.hpp"
#include "kernels/cuda/machine/stage_ring.hpp"
#include "kernels/cuda/memory/memory_bulk.hpp"
#include "kernels/cuda/memory/memory_elements.hpp"

namespace gpugauge {
namespace {

using bulk_ring::kPageBytes;
using bulk_ring::kStageBytes;
using bulk_ring::kStages;

constexpr int kConsumerWarps = 8;
constexpr int kConsumers = kConsumerWarps * 32;
constexpr int kThreads = kConsumers + 32;  // the last warp loads
static_assert(kConsumers * 16 == kPageBytes);

struct Ring {
  alignas(128) unsigned char stages[kStages][kStageBytes];
  SharedBarrier full[kStages];
  SharedBarrier empty[kStages];
  std::uint32_t warp_sums[kConsumerWarps];
};

/// The pieces of this block: every gridDim-th one, of `size` bytes but for the array's last.
struct Pieces {
  std::int64_t array_bytes;
  int size;

  __device__ std::int64_t first() const { return std::int64_t{size} * blockIdx.x; }
  __device__ std::int64_t stride() const { return std::int64_t{size} * gridDim.x; }
  __device__ unsigned bytes_at(std::int64_t offset) const {
    const std::int64_t rest = array_bytes - offset;
    return static_cast<unsigned>(rest < size ? rest : size);
  }
};

/// The loading thread of `consume_kernel`.
template <bool kTwoArrays>
__device__ void load_pieces(Ring& ring, const char* b, const char* c, const Pieces& pieces) {
  const std::uint64_t policy = l2_policy<L2Priority::kEvictFirst>();
  StageRing<kStages> place;
  for (std::int64_t offset = pieces.first(); offset < pieces.array_bytes;
       offset += pieces.stride(), place.advance()) {
    const unsigned bytes = pieces.bytes_at(offset);
    unsigned char* stage = ring.stages[place.stage];
    SharedBarrier* full = &ring.full[place.stage];
    barrier_wait(&ring.empty[place.stage], place.parity ^ 1);  // at first nothing holds it
    barrier_arrive_expecting(full, kTwoArrays ? 2 * bytes : bytes);
    bulk_load(stage, b + offset, bytes, full, policy);
    if constexpr (kTwoArrays) bulk_load(stage + kStageBytes / 2, c + offset, bytes, full, policy);
  }
}

/// Read, scale, add and triad. Of read, `out` gets one sum of 32-bit words a block.
template <MemoryPattern kPattern>
__global__ void __launch_bounds__(kThreads, 1)
    consume_kernel(void* out, const char* b, const char* c, Pieces pieces) {
  auto& ring = shared_memory<Ring>();
  if (threadIdx.x == 0) {
    for (int stage = 0; stage < kStages; ++stage) {
      barrier_init(&ring.full[stage], 1);
      barrier_init(&ring.empty[stage], kConsumerWarps);
    }
    barrier_init_fence();
  }
  __syncthreads();
  if (threadIdx.x >= kConsumers) {
    if (threadIdx.x == kConsumers) {
      load_pieces<reads_two_arrays(kPattern)>(ring, b, c, pieces);
    }
    return;
  }

  std::uint32_t sum = 0;
  StageRing<kStages> place;
  for (std::int64_t offset = pieces.first(); offset < pieces.array_bytes;
       offset += pieces.stride(), place.advance()) {
    const auto pages = static_cast<int>(pieces.bytes_at(offset) / kPageBytes);
    const auto* left = reinterpret_cast<const uint4*>(ring.stages[place.stage]) + threadIdx.x;
    const auto* right = left + kStageBytes / 2 / 16;
    barrier_wait(&ring.full[place.stage], place.parity);
    for (int page = 0; page < pages; ++page) {
      const int vector = page * kConsumers;
      const uint4 v = left[vector];
      if constexpr (kPattern == MemoryPattern::kRead) {
        sum += v.x + v.y + v.z + v.w;
      } else {
        const uint4 w = reads_two_arrays(kPattern) ? right[vector] : uint4{};
        store_streaming(static_cast<char*>(out) + offset + (vector + threadIdx.x) * 16,
                        written_words<kPattern>(v, w));
      }
    }
    __syncwarp();
    if (threadIdx.x % 32 == 0) barrier_arrive(&ring.empty[place.stage]);
  }
  if constexpr (kPattern == MemoryPattern::kRead) {
    sum = block_sum(sum, ring.warp_sums);
    if (threadIdx.x == 0) static_cast<std::uint32_t*>(out)[blockIdx.x] = sum;
  }
}

/// One thread a block.
__global__ void copy_kernel(char* out, const char* in, Pieces pieces) {
  constexpr int kStores = 4;  // that may still read their stages
  auto& ring = shared_memory<Ring>();
  for (SharedBarrier& full : ring.full) barrier_init(&full, 1);
  barrier_init_fence();
  const std::uint64_t policy = l2_policy<L2Priority::kEvictFirst>();

  StageRing<kStages> loaded;
  std::int64_t load_offset = pieces.first();
  const auto load_next = [&] {
    if (load_offset >= pieces.array_bytes) return;
    const unsigned bytes = pieces.bytes_at(load_offset);
    barrier_arrive_expecting(&ring.full[loaded.stage], bytes);
    bulk_load(ring.stages[loaded.stage], in + load_offset, bytes, &ring.full[loaded.stage], policy);
    load_offset += pieces.stride();
    loaded.advance();
  };

  for (int stage = 0; stage < kStages - kStores; ++stage) load_next();
  StageRing<kStages> stored;
  for (std::int64_t offset = pieces.first(); offset < pieces.array_bytes;
       offset += pieces.stride(), stored.advance()) {
    barrier_wait(&ring.full[stored.stage], stored.parity);
    bulk_store(out + offset, ring.stages[stored.stage], pieces.bytes_at(offset));
    bulk_commit();
    bulk_wait_read<kStores - 1>();
    load_next();
  }
  bulk_wait_read<0>();
}

__global__ void __launch_bounds__(kConsumers) write_kernel(char* out, Pieces pieces) {
  auto* const stage = shared_memory<Ring>().stages[0];
  const auto word = std::bit_cast<std::uint32_t>(kMemoryWriteValue);
  for (int byte = static_cast<int>(threadIdx.x) * 16; byte < pieces.size; byte += kPageBytes) {
    *reinterpret_cast<uint4*>(stage + byte) = {word, word, word, word};
  }
  fence_async_shared();
  __syncthreads();
  if (threadIdx.x != 0) return;
  for (std::int64_t offset = pieces.first(); offset < pieces.array_bytes;
       offset += pieces.stride()) {
    bulk_store(out + offset, stage, pieces.bytes_at(offset));
  }
  bulk_commit();
  bulk_wait_read<0>();
}

using ConsumeKernel = void (*)(void*, const char*, const char*, Pieces);
ConsumeKernel consume_kernel_of(MemoryPattern pattern) {
  switch (pattern) {
    case MemoryPattern::kScale:
      return consume_kernel<MemoryPattern::kScale>;
    case MemoryPattern::kAdd:
      return consume_kernel<MemoryPattern::kAdd>;
    case MemoryPattern::kTriad:
      return consume_kernel<MemoryPattern::kTriad>;
    default:
      return consume_kernel<MemoryPattern::kRead>;
  }
}

}  // namespace

void launch_bulk(Stream stream, MemoryPattern pattern, const StreamArrays& arrays,
                 std::int64_t bytes, int blocks) {
  const int arrays_read = reads_two_arrays(pattern) ? 2 : 1;
  const Pieces pieces{bytes, bulk_ring::piece_bytes(bytes, arrays_read, blocks)};
  LaunchShape shape{.blocks = static_cast<unsigned>(blocks), .shared_bytes = sizeof(Ring)};
  const auto* b = static_cast<const char*>(arrays.b);
  const auto* c = static_cast<const char*>(arrays.c);
  auto* out = static_cast<char*>(arrays.out);
  if (pattern == MemoryPattern::kCopy) {
    launch(stream, "copy_kernel", copy_kernel, shape, out, b, pieces);
  } else if (pattern == MemoryPattern::kWrite) {
    shape.threads = kConsumers;
    launch(stream, "write_kernel", write_kernel, shape, out, pieces);
  } else {
    shape.threads = kThreads;
    launch(stream, "consume_kernel", consume_kernel_of(pattern), shape, out, b, c, pieces);
  }
}

}  // namespace gpugauge
