// linear_stream_sm90a.cu: y[m,n] = x[m,k] · w[n,k]ᵀ for m ≤ 64 on Hopper, limited by reading w
// once.
//
// Build and try alone:
//   cmake --build build --target try_linear_stream_sm90a
//   build/gpugauge run --device cuda:0 --filter linear_stream
//
// Bound: the bytes of w over the measured read bandwidth.
//
// An H100 SXM brings 14.5 bytes a clock to each SM. For a KiB of FP8 weights that leaves 70 clocks;
// its warps spend about 45 instructions on it for up to 8 tokens, on four schedulers. With 64
// tokens the matrix units need 52 of the 70 clocks and shared memory 44, and L2 gives half as many
// bytes of x as there are of w, or as many where BF16 activations are quantised here.
//
// v1  One block an SM; a producer keeps stages of 32 KiB full with bulk copies, a row's 256 bytes
//     each. Dropped before it ran: in machine code each copy takes nine instructions of the one
//     warp that issues it, more than the 17 clocks that 256 bytes leave.
// v2  Tensor copies of 128 rows by 128 bytes, two a stage; eight warps multiply, x goes through
//     registers a chunk ahead. The tiles are cut so that all blocks read equally many bytes; the
//     last block to reach a cut tile adds it up.
//     Up to 32 tokens a block takes less than half of an SM's shared memory and registers, so that
//     with programmatic dependent launch the next linear's first 96 KiB an SM come while this one
//     ends: a launch, its ramp and its tail would cost a 16 MiB matrix a third of its rate.
//     Predicted 90% of the read bandwidth from 64 MiB up, and 80% at 16 MiB where launches overlap
//     (linear_stream_pdl); not yet measured on a card.
// v3  Where launches overlap, a producer whose ring is full and whose consumers still wait for the
//     kernel before asks L2 for what comes next (UTMAPF.L2 in machine code): of all blocks together
//     a third of L2, on an H100 128 KiB an SM beside the ring's 96. The first few µs of a linear
//     then pass while memory works for it, not after it.
// v4  Up to 16 tokens tiles of 16 to 64 rows that are not cut: the warps share K, 64 bytes each of
//     a stage of 512, and add up in shared memory. No partial sums, no MEMBAR and no ATOMG (2 µs at
//     the end of a linear become 0.3), fewer registers (FP8, 8 tokens: 72 for 96), rows of 512
//     contiguous bytes for 256. linear_plan.hpp takes the cut that its model finds cheaper: for
//     linears of models, at up to 8 tokens nearly always this one, at 16 where x, read once a tile,
//     does not cost more.
//     Modelled for a step of Llama-3.1-8B in FP8 at batch 1 (step_idle_test.cpp): 15 µs idle a
//     layer by v2, 8 by whole tiles, 4 by L2, none by both. Not yet measured on a card.

#include <cstddef>

#include "kernels/cuda/linear/linear_cut_sums.hpp"
#include "kernels/cuda/linear/linear_whole_sums.hpp"
#include "kernels/cuda/machine/hopper.hpp"
#include "kernels/cuda/machine/launch.hpp"
#include "kernels/cuda/machine/tensor_map.hpp"

namespace gpugauge {
namespace {

using namespace linear;

constexpr int kProducerThreads = 32;
constexpr int kSharedBytes = 227 * 1024;  // that a block may have

/// The ring of stages: how many bytes each has, and how many there are.
template <typename S>
struct Ring {
  static constexpr int kStageBytes = int{sizeof(WeightStep)} * S::kStageSteps;  ///< the most
  static constexpr bool kIsOfTwo = S::kTokens <= 32;
  static constexpr int kBytes =
      kIsOfTwo ? kLinearRingBytes
               : (kSharedBytes - 1024 - int{sizeof(XStage<S>[2])}) / kStageBytes * kStageBytes;
  static constexpr int kMostStages = S::kCut == Cut::kRows
                                         ? kBytes / kStageBytes
                                         : kBytes / (16 * LinearPlan::kStepBytes * S::kStageSteps);

  static __device__ int step_bytes(const Arguments& arguments) {
    return S::kCut == Cut::kRows ? int{sizeof(WeightStep)}
                                 : arguments.rows * LinearPlan::kStepBytes;
  }
  __device__ explicit Ring(const Arguments& arguments)
      : stages(S::kCut == Cut::kRows ? kMostStages
                                     : kBytes / (step_bytes(arguments) * S::kStageSteps)) {}

  __device__ void advance() {
    if (++stage == stages) {
      stage = 0;
      parity ^= 1;
    }
  }

  int stages;
  int stage = 0;
  unsigned parity = 0;
};

template <typename S>
struct BulkShared {
  alignas(1024) std::byte weights[Ring<S>::kBytes];
  union {
    XStage<S> x[2];
    SharedSums<S> sums;
  };
  SharedBarrier full[Ring<S>::kMostStages], empty[Ring<S>::kMostStages];
  bool last;

  /// Without what aligns the end.
  static constexpr int bytes() {
    return static_cast<int>((offsetof(BulkShared, last) + sizeof last + 15) / 16 * 16);
  }
};

/// By one thread.
template <typename S>
__device__ void produce(const Arguments& arguments, const TensorMap* w, BulkShared<S>& shared) {
  const std::uint64_t policy = l2_policy<L2Priority::kEvictFirst>();
  const WorkSplit& split = arguments.split;
  const int begin = split.begin(static_cast<int>(blockIdx.x));
  const int end = split.begin(static_cast<int>(blockIdx.x) + 1);
  const int step_bytes = Ring<S>::step_bytes(arguments);
  const auto for_each_box = [&](const WorkChunk& chunk, auto body) {
#pragma unroll
    for (int i = 0; i < S::kStageSteps; ++i) {
      if (i >= chunk.steps) break;
      body(i, (chunk.step + i) * S::kStepElements, chunk.tile * arguments.rows);
    }
  };

  Ring<S> ring(arguments);
  int prefetched = begin;
  const int prefetch_end = [&] {
    const int far = begin + ring.stages * S::kStageSteps + arguments.prefetch_steps;
    return arguments.prefetch_steps == 0 ? begin : far < end ? far : end;
  }();
  for (int position = begin; position < end;) {
    const WorkChunk chunk = split.chunk(position, end, S::kStageSteps);
    SharedBarrier* full = &shared.full[ring.stage];
    SharedBarrier* empty = &shared.empty[ring.stage];
    // The first round finds them empty. When the ring is full, L2 goes on with what comes next.
    if (prefetched < position) prefetched = position;
    while (prefetched < prefetch_end && !barrier_has_ended(empty, ring.parity ^ 1)) {
      const WorkChunk next = split.chunk(prefetched, prefetch_end, S::kStageSteps);
      for_each_box(next, [&](int, int column, int row) { tensor_prefetch(w, column, row); });
      prefetched += next.steps;
    }
    barrier_wait(empty, ring.parity ^ 1);
    barrier_arrive_expecting(full, static_cast<unsigned>(chunk.steps * step_bytes));
    std::byte* stage = shared.weights + ring.stage * S::kStageSteps * step_bytes;
    for_each_box(chunk, [&](int i, int column, int row) {
      tensor_load(stage + i * step_bytes, w, column, row, full, policy);
    });
    position += chunk.steps;
    ring.advance();
  }
}

template <typename S>
class BulkPipe {
 public:
  __device__ BulkPipe(const Arguments& arguments, BulkShared<S>& shared)
      : shared_(shared),
        stage_bytes_(Ring<S>::step_bytes(arguments) * S::kStageSteps),
        ring_(arguments) {}

  __device__ const std::byte* acquire() {
    sync_named(1, S::kThreads);
    barrier_wait(&shared_.full[ring_.stage], ring_.parity);
    return shared_.weights + ring_.stage * stage_bytes_;
  }
  __device__ void release() {
    __syncwarp();
    if (threadIdx.x % 32 == 0) barrier_arrive(&shared_.empty[ring_.stage]);
    ring_.advance();
  }

 private:
  BulkShared<S>& shared_;
  int stage_bytes_;
  Ring<S> ring_;
};

template <typename S>
__global__ void __launch_bounds__(S::kThreads + kProducerThreads, Ring<S>::kIsOfTwo ? 2 : 1)
    linear_bulk_kernel(const Arguments arguments, const __grid_constant__ TensorMap w) {
  static_assert(BulkShared<S>::bytes() <= (Ring<S>::kIsOfTwo ? kLinearSharedBytes : kSharedBytes));
  auto& shared = shared_memory<BulkShared<S>>();
  if (threadIdx.x == 0) {
    tensor_map_prefetch(&w);
    for (int stage = 0; stage < Ring<S>::kMostStages; ++stage) {
      barrier_init(&shared.full[stage], 1);
      barrier_init(&shared.empty[stage], S::kWarps);
    }
    barrier_init_fence();
  }
  __syncthreads();
  allow_next();
  if (threadIdx.x == S::kThreads) produce<S>(arguments, &w, shared);  // nobody writes weights
  if (threadIdx.x < S::kThreads) {
    wait_for_previous();
    BulkPipe<S> pipe(arguments, shared);
    if constexpr (S::kCut == Cut::kRows) {
      multiply_chunks<S>(arguments, shared.x, CutSums<S>(arguments, shared.last), pipe);
    } else {
      multiply_chunks<S>(arguments, shared.x, WholeSums<S>(arguments, shared.sums), pipe);
    }
  }
}

template <typename S>
void launch_bulk(Stream stream, const Arguments& arguments, const TensorMap& w) {
  launch(stream, "linear_stream", linear_bulk_kernel<S>,
         {.blocks = static_cast<unsigned>(arguments.split.blocks),
          .threads = S::kThreads + kProducerThreads,
          .shared_bytes = BulkShared<S>::bytes()},
         arguments, w);
}

}  // namespace

void launch_linear_stream_hopper(Stream stream, const LinearShape& shape,
                                 const LinearOperands& operands, const LinearDevice& device,
                                 const LinearPlan& plan) {
  const auto step_elements = static_cast<int>(LinearPlan::kStepBytes / size_bytes(shape.weights));
  const TensorMap w = make_tensor_map(operands.w, {.dtype = shape.weights,
                                                   .rows = shape.n,
                                                   .columns = shape.k,
                                                   .box_rows = plan.rows,
                                                   .box_columns = step_elements});
  // Alone, the ring is as deep as it need be, and blocks that have an SM to themselves start late.
  const bool ahead = stream.overlap && plan.tokens <= 32;
  const Arguments arguments = arguments_of(
      shape, operands, plan, ahead ? linear_prefetch_steps(plan, device.cache_bytes) : 0);
  with_types(shape, plan.tokens, [&]<Types types, int tokens>() {
    if constexpr (tokens <= kMostWholeTokens) {
      if (plan.split.whole_tiles)
        return launch_bulk<Sizes<types, tokens, 4, Cut::kSteps>>(stream, arguments, w);
    }
    launch_bulk<Sizes<types, tokens, 2>>(stream, arguments, w);
  });
}

}  // namespace gpugauge
