// argmax.cu: greedy sampling: the index of the largest logit of every row, the lowest of equals.
//
// Build and try alone:
//   cmake --build build --target try_argmax
//   build/gpugauge run --device cuda:0 --suite full --filter argmax
//
// Bound: 2 · vocabulary bytes a row, which the LM head has just left in the L2: at batch 1 one trip
// to it, two reductions and the launch.
//
// v1  16 KiB of a row a block, four 16-byte loads a thread at once and no loop, so that a row of
//     128,256 takes 16 SMs; the last block of a row to arrive reduces the others' results, in the
//     same launch. A value and its index are one 64-bit key that a plain maximum orders.
//     Predicted 3 to 4 µs at batch 1; not yet measured on a card.

#include <limits>

#include "kernels/cuda/machine/launch.hpp"
#include "kernels/cuda/machine/token_vectors.hpp"
#include "kernels/cuda/token_ops/token_ops.hpp"

namespace gpugauge {
namespace {

using Key = std::uint64_t;
constexpr int kThreads = 256;
constexpr int kVectors = 4;
static_assert(kThreads * kVectors * kVectorElements == kArgmaxBlockElements);

struct Shared {
  Key warp_keys[2][kThreads / 32];
  bool is_last;
};

/// Larger values have larger keys and, of equal ones, lower indices; every key is more than 0.
__device__ Key key_of(float value, std::uint32_t index) {
  const auto bits = std::bit_cast<std::uint32_t>(value + 0.0F);  // −0 is no less than 0
  const std::uint32_t ordered = (bits & 0x80000000U) != 0 ? ~bits : bits | 0x80000000U;
  return Key{ordered} << 32 | ~index;
}
__device__ std::int32_t index_of(Key key) {
  return static_cast<std::int32_t>(~static_cast<std::uint32_t>(key));
}

__global__ void __launch_bounds__(kThreads) argmax_kernel(ArgmaxArrays arrays, int width) {
  allow_next();
  wait_for_previous();
  const unsigned row = blockIdx.y;
  const auto larger = [](Key a, Key b) { return a > b ? a : b; };
  const auto column = [](int vector) {
    return static_cast<int>((blockIdx.x * kVectors + static_cast<unsigned>(vector)) * kThreads +
                            threadIdx.x) *
           kVectorElements;
  };

  // What lies behind the row counts as −∞: without branches all loads are under way at once.
  constexpr std::uint32_t kNone = 0xFF80FF80U;
  uint4 vectors[kVectors];
#pragma unroll
  for (int i = 0; i < kVectors; ++i) {
    vectors[i] = column(i) < width
                     ? load_vector(arrays.logits, std::int64_t{row} * width + column(i))
                     : uint4{kNone, kNone, kNone, kNone};
  }
  float best = -std::numeric_limits<float>::infinity();
  int index = column(0);
#pragma unroll
  for (int i = 0; i < kVectors; ++i) {
    float values[kVectorElements];
    unpack(vectors[i], values);
#pragma unroll
    for (int j = 0; j < kVectorElements; ++j) {
      if (values[j] > best) {
        best = values[j];
        index = column(i) + j;
      }
    }
  }

  auto& shared = shared_memory<Shared>();
  Key* const keys = static_cast<Key*>(arrays.keys) + std::int64_t{row} * gridDim.x;
  Key key = column(0) < width ? key_of(best, static_cast<std::uint32_t>(index)) : 0;
  key = combine_block(key, shared.warp_keys[0], larger);
  if (threadIdx.x == 0) {
    keys[blockIdx.x] = key;
    shared.is_last = count_arrival(arrays.arrivals + row) == gridDim.x - 1;
  }
  __syncthreads();
  if (!shared.is_last) return;

  key = 0;
  for (unsigned i = threadIdx.x; i < gridDim.x; i += kThreads) key = larger(key, keys[i]);
  key = combine_block(key, shared.warp_keys[1], larger);
  if (threadIdx.x == 0) {
    arrays.ids[row] = index_of(key);
    arrays.arrivals[row] = 0;  // for the next launch
  }
}

}  // namespace

void launch_argmax(Stream stream, const ArgmaxArrays& arrays, std::int64_t tokens,
                   std::int64_t width) {
  launch(stream, "argmax", argmax_kernel,
         {.blocks = static_cast<unsigned>(argmax_blocks(width)),
          .blocks_y = static_cast<unsigned>(tokens),
          .threads = kThreads,
          .shared_bytes = sizeof(Shared)},
         arrays, static_cast<int>(width));
}

}  // namespace gpugauge
