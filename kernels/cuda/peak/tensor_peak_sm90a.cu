// tensor_peak_sm90a.cu: the rate of Hopper's matrix units alone, by wgmma and wgmma.sp.
//
// Build and try alone:
//   cmake --build build --target try_tensor_peak_sm90a
//   build/gpugauge run --device cuda:0 --suite datasheet --filter peak
//
// The bound, and what is verified: tensor_peak.cu.
//
// v1  Two warpgroups an SM, each with one accumulator of 64×256 in 128 registers a thread: an
//     instruction of 128 cycles, the largest there is, and while one warpgroup waits for its group
//     of them the other's are queued. Dense: A and B in shared memory, 10 of the 16 KiB that it
//     gives in that time. Sparse: A in registers, B takes all of it (wgmma_sparse.hpp).
//     In machine code the inner loop is 4 (.SP: 2) HGMMA, QGMMA or IGMMA, the wait, and the
//     counter.
//     Predicted 99% of the bound, less the launch (5 µs) and the accumulators' way out (17 MB);
//     not yet measured on a card.
// v2  Eight instructions a group, whatever the type, in machine code one WARPGROUP.DEPBAR for eight
//     HGMMA, QGMMA or IGMMA: the turn from a group to the next, estimated at 80 to 100 cycles, is
//     covered by 1024 cycles of the other warpgroup where a sparse pass of two left it 256. 160
//     registers (156), sparse 170 (164).
//     The clock of the bound is that of the loop (tensor_peak.cu). What a launch costs besides is
//     10 to 12 µs, 2% of 2,000 GFLOP of sparse 8-bit products; the suite of goals gives them
//     10,000, of which it is 0.5%. Predicted 97.5 to 98.5% there, before 96.5 to 97.5%.

#include "kernels/cuda/machine/hopper.hpp"
#include "kernels/cuda/machine/launch.hpp"
#include "kernels/cuda/machine/shared_layout.hpp"
#include "kernels/cuda/machine/span_clock.hpp"
#include "kernels/cuda/machine/wgmma.hpp"
#include "kernels/cuda/machine/wgmma_sparse.hpp"
#include "kernels/cuda/peak/tensor_peak.hpp"

namespace gpugauge::tensor_peak {
namespace {

constexpr int kWarpgroups = 2, kRows = 64, kColumns = 256;
constexpr int kGroupInstructions = 8;  ///< committed and waited for together

template <bool sparse>
struct Shared;
template <>
struct Shared<true> {
  unsigned char b[kWarpgroups][kColumns * kSwizzleRowBytes];
};
template <>
struct Shared<false> {
  unsigned char b[kWarpgroups][kColumns * kSwizzleRowBytes];
  unsigned char a[kWarpgroups][kRows * kSwizzleRowBytes];
};

constexpr WgmmaType wgmma_type(DType dtype) {
  switch (dtype) {
    case DType::kBf16:
      return WgmmaType::kBf16;
    case DType::kFp16:
      return WgmmaType::kFp16;
    case DType::kTf32:
      return WgmmaType::kTf32;
    case DType::kFp8E4m3:
      return WgmmaType::kFp8E4m3;
    case DType::kFp32:
    case DType::kFp8E5m2:
    case DType::kInt8:
    case DType::kInt32:
      break;  // of these `with_types` lets int8 in
  }
  return WgmmaType::kInt8;
}
/// Copies rows of 128 bytes to where wgmma looks for them, by the threads of one warpgroup.
template <DType dtype>
__device__ void stage(unsigned char* tile, const unsigned char* rows, int count, int thread) {
  constexpr int kVectors = kSwizzleRowBytes / 16;
  for (int i = thread; i < count * kVectors; i += 128) {
    uint4 vector = reinterpret_cast<const uint4*>(rows)[i];
    vector = {operand_word(dtype, vector.x), operand_word(dtype, vector.y),
              operand_word(dtype, vector.z), operand_word(dtype, vector.w)};
    *reinterpret_cast<uint4*>(tile + swizzled_offset(i / kVectors, i % kVectors * 16)) = vector;
  }
}

template <DType dtype, bool sparse>
__global__ void __launch_bounds__(wgmma_shape(dtype, sparse).threads(), 1)
    wgmma_peak_kernel(const unsigned char* operands, Accumulator<dtype>* accumulators, int passes,
                      KernelClock* clocks) {
  constexpr Shape kShape = wgmma_shape(dtype, sparse);
  constexpr Product kProduct = kShape.product;
  static_assert(kProduct.m == kRows && kProduct.n == kColumns && kShape.units == kWarpgroups &&
                kProduct.b_row_bytes() == kSwizzleRowBytes);
  auto& shared = shared_memory<Shared<sparse>>();
  const int unit = static_cast<int>(threadIdx.x) / 128;
  const int thread = static_cast<int>(threadIdx.x) % 128;
  const int row = thread / 32 * 16 + thread % 32 / 4;
  const int t = thread % 4;

  const unsigned char* a_rows =
      operands + (static_cast<int>(blockIdx.x) % kOperandSets * kShape.units + unit) *
                     kProduct.operand_bytes();
  stage<dtype>(shared.b[unit], a_rows + kRows * kProduct.a_row_bytes(), kColumns, thread);
  const std::uint64_t b = wgmma_descriptor(shared_address(shared.b[unit]));
  std::uint64_t a_dense = 0;
  std::uint32_t a_sparse[kProduct.slices][4] = {};
  if constexpr (sparse) {
#pragma unroll
    for (int slice = 0; slice < kProduct.slices; ++slice) {
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        const unsigned char* word = a_rows + (row + 8 * (i % 2)) * kProduct.a_row_bytes() +
                                    kSliceBytes * slice + 16 * (i / 2) + 4 * t;
        a_sparse[slice][i] = operand_word(dtype, *reinterpret_cast<const std::uint32_t*>(word));
      }
    }
  } else {
    stage<dtype>(shared.a[unit], a_rows, kRows, thread);
    a_dense = wgmma_descriptor(shared_address(shared.a[unit]));
  }
  fence_async_shared();
  __syncthreads();

  const SpanClock clock;
  // As a mask of the pass: zero where a sum begins.
  constexpr int kWithinSum = dtype == DType::kInt8 ? 0x7FFFFFFF : kPassesPerSum - 1;
  Accumulator<dtype> d[kColumns / 2] = {};
  const auto multiply = [&](int pass) {
#pragma unroll
    for (int slice = 0; slice < kProduct.slices; ++slice) {
      const bool accumulate = slice > 0 || (pass & kWithinSum) != 0;
      if constexpr (sparse) {
        const std::uint32_t metadata = sparse_pattern(dtype, slice) * 0x10001U;
        wgmma_sparse<wgmma_type(dtype)>(d, a_sparse[slice], advance(b, 2 * kSliceBytes * slice),
                                        metadata, accumulate);
      } else {
        wgmma<wgmma_type(dtype), kColumns>(d, advance(a_dense, kSliceBytes * slice),
                                           advance(b, kSliceBytes * slice), accumulate);
      }
    }
  };
  constexpr int kGroupPasses = kGroupInstructions / kProduct.slices;
  int pass = 0;
#pragma unroll 1
  for (; pass + kGroupPasses <= passes; pass += kGroupPasses) {
    wgmma_fence();
#pragma unroll
    for (int i = 0; i < kGroupPasses; ++i) multiply(pass + i);
    wgmma_commit();
    wgmma_wait<0>();
  }
#pragma unroll 1
  for (; pass < passes; ++pass) {
    wgmma_fence();
    multiply(pass);
    wgmma_commit();
    wgmma_wait<0>();
  }
  wgmma_pin(d);
  if (threadIdx.x == 0) clock.write(clocks);

  accumulators +=
      (static_cast<std::int64_t>(blockIdx.x) * kShape.units + unit) * kProduct.accumulators();
#pragma unroll
  for (int i = 0; i < kColumns / 2; i += 2) {
    store_pair(accumulators + (row + 8 * (i / 2 % 2)) * kColumns + i / 4 * 8 + 2 * t, d[i],
               d[i + 1]);
  }
}

}  // namespace

void launch_wgmma_peak(Stream stream, DType dtype, bool sparse, const Launch& to) {
  with_types(dtype, sparse, [&]<DType type, bool is_sparse>() {
    launch(stream, "tensor peak by wgmma", wgmma_peak_kernel<type, is_sparse>,
           {.blocks = static_cast<unsigned>(to.blocks),
            .threads = static_cast<unsigned>(wgmma_shape(type, is_sparse).threads()),
            .shared_bytes = sizeof(Shared<is_sparse>)},
           static_cast<const unsigned char*>(to.operands),
           static_cast<Accumulator<type>*>(to.accumulators), to.passes, to.clocks);
  });
}

}  // namespace gpugauge::tensor_peak
