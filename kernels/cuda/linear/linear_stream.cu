// linear_stream.cu: y[m,n] = x[m,k] · w[n,k]ᵀ for m ≤ 64 on any architecture since Ampere, limited
// by reading w once.
//
// Build and try alone:
//   cmake --build build --target try_linear_stream
//   build/gpugauge run --device cuda:0 --filter linear_stream
//
// Bound: the bytes of w over the measured read bandwidth.
//
// v1  One block of eight warps an SM. All copy weights with cp.async, four stages of 16 KiB, three
//     of them under way: 48 KiB an SM, of which an L40S needs 8 and an A100 20 (Little's law). The
//     tiles are cut so that all blocks read equally many bytes; the last block to reach a cut tile
//     adds it up. Predicted 90% of the read bandwidth on an L40S from 64 MiB up; not yet measured
//     on a card.

#include "kernels/cuda/linear/linear_cut_sums.hpp"
#include "kernels/cuda/machine/launch.hpp"

namespace gpugauge {
namespace {

using namespace linear;

constexpr int kCopyStages = 4;

template <typename S>
struct CopyShared {
  WeightStep stages[kCopyStages];
  XStage<S> x[2];
  bool last;
};

/// Keeps the copies of all stages but the one in use under way.
template <typename S>
class CopyPipe {
 public:
  __device__ CopyPipe(const Arguments& arguments, CopyShared<S>& shared)
      : arguments_(arguments),
        shared_(shared),
        position_(arguments.split.begin(static_cast<int>(blockIdx.x))),
        end_(arguments.split.begin(static_cast<int>(blockIdx.x) + 1)) {
    for (int stage = 0; stage < kCopyStages - 1; ++stage) begin_copy(stage);
  }

  __device__ const std::byte* acquire() {
    copy_async_wait<kCopyStages - 2>();
    __syncthreads();  // everybody's copies have come, and the stage before this one is free
    begin_copy((stage_ + kCopyStages - 1) % kCopyStages);
    return shared_.stages[stage_].bytes;
  }
  __device__ void release() { stage_ = (stage_ + 1) % kCopyStages; }

 private:
  /// Of the next step's weights, zeros beyond the matrix.
  __device__ void begin_copy(int stage) {
    constexpr int kRowPieces = LinearPlan::kStepBytes / 16;
    constexpr int kRowStride = S::kThreads / kRowPieces;
    static_assert(kRowStride * kSwizzleRowBytes % kSwizzleAtomBytes == 0);
    if (position_ < end_) {
      const WorkChunk chunk = arguments_.split.chunk(position_++, end_, 1);
      const int byte = static_cast<int>(threadIdx.x) % kRowPieces * 16;
      const int first_row = static_cast<int>(threadIdx.x) / kRowPieces;
      std::byte* out = shared_.stages[stage].bytes + swizzled_offset(first_row, byte);

      const std::int64_t row_bytes = std::int64_t{arguments_.k} * S::kOperandBytes;
      const std::int64_t column = std::int64_t{chunk.step} * LinearPlan::kStepBytes + byte;
      const int row = chunk.tile * LinearPlan::kRows + first_row;
      const std::byte* in = arguments_.w + row * row_bytes + column;
#pragma unroll
      for (int i = 0; i < LinearPlan::kRows; i += kRowStride) {
        copy_async_16(out + i * kSwizzleRowBytes, in + i * row_bytes,
                      row + i < arguments_.n && column < row_bytes);
      }
    }
    copy_async_commit();
  }

  const Arguments& arguments_;
  CopyShared<S>& shared_;
  int position_, end_;
  int stage_ = 0;
};

/// Whether a device of that compute capability launches the kernel: Hopper has its own in
/// linear_stream_sm90a.cu, and `linear_unsupported` refuses FP8 before Ada.
template <typename S>
constexpr bool is_launched(int compute_capability) {
  return compute_capability != 90 && (!S::kFp8Weights || compute_capability >= 89);
}

template <typename S>
__global__ void __launch_bounds__(S::kThreads, 1) linear_copy_kernel(const Arguments arguments) {
#ifdef __CUDA_ARCH__
  if constexpr (!is_launched<S>(__CUDA_ARCH__ / 10)) return __trap();
#endif
  static_assert(sizeof(CopyShared<S>) <= 99 * 1024);  // what an SM of an L40S gives to a block
  auto& shared = shared_memory<CopyShared<S>>();
  CopyPipe<S> pipe(arguments, shared);  // weights: nobody writes them
  allow_next();
  wait_for_previous();
  multiply_chunks<S>(arguments, shared.x, CutSums<S>(arguments, shared.last), pipe);
}

}  // namespace

void launch_linear_stream_generic(Stream stream, const LinearShape& shape,
                                  const LinearOperands& operands, const LinearDevice& /*device*/,
                                  const LinearPlan& plan) {
  with_types(shape, plan.tokens, [&]<Types types, int tokens>() {
    using S = Sizes<types, tokens, 1>;
    launch(stream, "linear_stream", linear_copy_kernel<S>,
           {.blocks = static_cast<unsigned>(plan.split.blocks),
            .threads = S::kThreads,
            .shared_bytes = sizeof(CopyShared<S>)},
           arguments_of(shape, operands, plan));
  });
}

}  // namespace gpugauge
