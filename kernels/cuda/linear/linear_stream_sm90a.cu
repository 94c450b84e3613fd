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

#include "kernels/cuda/linear/linear_fragments.hpp"
#include "kernels/cuda/machine/hopper.hpp"
#include "kernels/cuda/machine/launch.hpp"
#include "kernels/cuda/machine/stage_ring.hpp"
#include "kernels/cuda/machine/tensor_map.hpp"

namespace gpugauge {
namespace {

using namespace linear;

constexpr int kStageSteps = 2;
constexpr int kProducerThreads = 32;

constexpr int kSharedBytes = 227 * 1024;          // that a block may have
constexpr int kHalfBytes = (228 / 2 - 1) * 1024;  // that each of two may

/// How many stages a block can have in so much shared memory.
template <typename S>
constexpr int stages_in(int shared_bytes) {
  constexpr int kBarrierBytes = 128;
  return (shared_bytes - kBarrierBytes - int{sizeof(XStage<S>[2])}) /
         int{sizeof(WeightStep[kStageSteps])};
}

/// Whether two blocks with three stages each fit on an SM.
template <typename S>
constexpr bool fits_twice() {
  return stages_in<S>(kHalfBytes) >= 3;
}

template <typename S>
struct BulkShared {
  static constexpr int kStages = fits_twice<S>() ? 3 : stages_in<S>(kSharedBytes);
  WeightStep stages[kStages][kStageSteps];
  XStage<S> x[2];
  SharedBarrier full[kStages], empty[kStages];
  bool last;
};

/// By one thread.
template <typename S>
__device__ void produce(const Arguments& arguments, const TensorMap* w, BulkShared<S>& shared) {
  const std::uint64_t policy = l2_policy<L2Priority::kEvictFirst>();
  const WorkSplit& split = arguments.split;
  int position = split.begin(static_cast<int>(blockIdx.x));
  const int end = split.begin(static_cast<int>(blockIdx.x) + 1);
  StageRing<BulkShared<S>::kStages> ring;
  while (position < end) {
    const WorkChunk chunk = split.chunk(position, end, kStageSteps);
    SharedBarrier* full = &shared.full[ring.stage];
    barrier_wait(&shared.empty[ring.stage], ring.parity ^ 1);  // the first round finds them empty
    barrier_arrive_expecting(full, static_cast<unsigned>(chunk.steps * sizeof(WeightStep)));
#pragma unroll
    for (int i = 0; i < kStageSteps; ++i) {
      if (i >= chunk.steps) break;
      tensor_load(&shared.stages[ring.stage][i], w, (chunk.step + i) * S::kStepElements,
                  chunk.tile * LinearPlan::kRows, full, policy);
    }
    position += chunk.steps;
    ring.advance();
  }
}

template <typename S>
class BulkPipe {
 public:
  __device__ explicit BulkPipe(BulkShared<S>& shared) : shared_(shared) {}

  __device__ const WeightStep* acquire() {
    sync_named(1, S::kThreads);
    barrier_wait(&shared_.full[ring_.stage], ring_.parity);
    return shared_.stages[ring_.stage];
  }
  __device__ void release() {
    __syncwarp();
    if (threadIdx.x % 32 == 0) barrier_arrive(&shared_.empty[ring_.stage]);
    ring_.advance();
  }

 private:
  BulkShared<S>& shared_;
  StageRing<BulkShared<S>::kStages> ring_;
};

template <typename S>
__global__ void __launch_bounds__(S::kThreads + kProducerThreads, fits_twice<S>() ? 2 : 1)
    linear_bulk_kernel(const Arguments arguments, const __grid_constant__ TensorMap w) {
  static_assert(sizeof(BulkShared<S>) <= (fits_twice<S>() ? kHalfBytes : kSharedBytes));
  auto& shared = shared_memory<BulkShared<S>>();
  if (threadIdx.x == 0) {
    tensor_map_prefetch(&w);
    for (int stage = 0; stage < BulkShared<S>::kStages; ++stage) {
      barrier_init(&shared.full[stage], 1);
      barrier_init(&shared.empty[stage], S::kThreads / 32);
    }
    barrier_init_fence();
  }
  __syncthreads();
  allow_next();
  if (threadIdx.x == S::kThreads) produce<S>(arguments, &w, shared);  // nobody writes weights
  if (threadIdx.x < S::kThreads) {
    wait_for_previous();
    BulkPipe<S> pipe(shared);
    multiply_chunks<S>(arguments, shared.x, shared.last, pipe);
  }
}

}  // namespace

void launch_linear_stream_hopper(Stream stream, const LinearShape& shape,
                                 const LinearOperands& operands, int multiprocessors) {
  const LinearPlan plan = plan_linear(shape, multiprocessors);
  const auto step_elements = static_cast<int>(LinearPlan::kStepBytes / size_bytes(shape.weights));
  const TensorMap w = make_tensor_map(operands.w, {.dtype = shape.weights,
                                                   .rows = shape.n,
                                                   .columns = shape.k,
                                                   .box_rows = LinearPlan::kRows,
                                                   .box_columns = step_elements});
  with_types(shape, plan.tokens, [&]<Types types, int tokens>() {
    using S = Sizes<types, tokens, kStageSteps>;
    launch(stream, "linear_stream", linear_bulk_kernel<S>,
           {.blocks = static_cast<unsigned>(plan.split.blocks),
            .threads = S::kThreads + kProducerThreads,
            .shared_bytes = sizeof(BulkShared<S>)},
           arguments_of(shape, operands, plan), w);
  });
}

}  // namespace gpugauge
