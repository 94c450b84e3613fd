// tensor_peak.cu: the rate of the matrix units alone, by mma.sync and mma.sp: Ampere, Ada and the
// consumers' Blackwell. Hopper reaches its peak only by wgmma: tensor_peak_sm90a.cu.
//
// Build and try alone:
//   cmake --build build --target try_tensor_peak
//   build/gpugauge run --device cuda:0 --suite datasheet --filter peak
//
// Bound: FLOP / (SMs × FLOP per clock and SM × SM clock). Dense FLOP per clock and SM by the
// vendor's whitepapers; sparse, twice that:
//             bf16, fp16    tf32    fp8, int8
//   A100            2048    1024    −, 4096
//   L40S            1024     512         2048
//   H100            4096    2048         8192
//
// What is verified is the accumulators: every one of every warp, of one more launch after those
// that were timed. A warp's operands are random, and the same in every pass; sums begin anew every
// 16 passes, since one that only grows is cut more and more, and always towards zero
// (reference/tensor_peak_reference.hpp).
//
// v1  16 warps an SM, eight accumulators each, two slices of K: 16 instructions a pass from
//     registers that are loaded once a launch. In machine code the inner loop is 16 HMMA, QMMA or
//     IMMA (.SP) and the counter. One instruction takes a sub-core's unit 16 cycles on Ada and 8 on
//     Ampere and returns after some 30, so that two sums of one warp nearly fill it and 32 do.
//     Predicted 99% of the bound, less the launch (5 µs) and the accumulators' way out (8 MB);
//     not yet measured on a card.
// v2  one thread a block writes how many cycles and nanoseconds its passes took: the bound's clock
//     is that of the loop, not one that the driver read up to 20 ms before
//     (machine/kernel_clock.hpp).

#include "kernels/cuda/machine/intrinsics.hpp"
#include "kernels/cuda/machine/launch.hpp"
#include "kernels/cuda/machine/span_clock.hpp"
#include "kernels/cuda/machine/sparse_mma.hpp"
#include "kernels/cuda/peak/tensor_peak.hpp"

namespace gpugauge::tensor_peak {
namespace {

constexpr int kRowTiles = 2, kColumnTiles = 4;  // of 16 and of 8

// Ada and the consumers' Blackwell multiply FP8 by mma.sync in one instruction. The others compile
// it to conversions, and `supports` does not let them in.
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ != 890 && __CUDA_ARCH__ < 1200
#define GPUGAUGE_FP8(product) __trap()
#else
#define GPUGAUGE_FP8(product) product
#endif
template <DType dtype>
__device__ void multiply(Accumulator<dtype> (&d)[4], const std::uint32_t (&a)[4],
                         const std::uint32_t (&b)[2], std::uint32_t /*metadata*/) {
  if constexpr (dtype == DType::kBf16) mma_bf16(d, a, b);
  if constexpr (dtype == DType::kFp16) mma_fp16(d, a, b);
  if constexpr (dtype == DType::kTf32) mma_tf32(d, a, b);
  if constexpr (dtype == DType::kFp8E4m3) GPUGAUGE_FP8(mma_fp8(d, a, b));
  if constexpr (dtype == DType::kInt8) mma_int8(d, a, b);
}
template <DType dtype>
__device__ void multiply(Accumulator<dtype> (&d)[4], const std::uint32_t (&a)[4],
                         const std::uint32_t (&b)[4], std::uint32_t metadata) {
  if constexpr (dtype == DType::kBf16) sparse_mma_bf16(d, a, b, metadata);
  if constexpr (dtype == DType::kFp16) sparse_mma_fp16(d, a, b, metadata);
  if constexpr (dtype == DType::kTf32) sparse_mma_tf32(d, a, b, metadata);
  if constexpr (dtype == DType::kFp8E4m3) GPUGAUGE_FP8(sparse_mma_fp8(d, a, b, metadata));
  if constexpr (dtype == DType::kInt8) sparse_mma_int8(d, a, b, metadata);
}
#undef GPUGAUGE_FP8

template <DType dtype, bool sparse>
__global__ void __launch_bounds__(mma_shape(dtype, sparse).threads(), 1)
    mma_peak_kernel(const unsigned char* operands, Accumulator<dtype>* accumulators, int passes,
                    KernelClock* clocks) {
  constexpr Shape kShape = mma_shape(dtype, sparse);
  constexpr Product kProduct = kShape.product;
  constexpr int kSlices = kProduct.slices, kBRegisters = sparse ? 4 : 2;
  const int unit = static_cast<int>(threadIdx.x) / 32;
  const int group = static_cast<int>(threadIdx.x) % 32 / 4;
  const int t = static_cast<int>(threadIdx.x) % 4;

  const unsigned char* a_rows =
      operands + (static_cast<int>(blockIdx.x) % kOperandSets * kShape.units + unit) *
                     kProduct.operand_bytes();
  const unsigned char* b_rows = a_rows + kProduct.m * kProduct.a_row_bytes();
  const auto load = [](const unsigned char* row, int byte) {
    return operand_word(dtype, *reinterpret_cast<const std::uint32_t*>(row + byte));
  };
  std::uint32_t a[kSlices][kRowTiles][4], b[kSlices][kColumnTiles][kBRegisters];
#pragma unroll
  for (int slice = 0; slice < kSlices; ++slice) {
#pragma unroll
    for (int tile = 0; tile < kRowTiles; ++tile) {
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        a[slice][tile][i] =
            load(a_rows + (16 * tile + 8 * (i % 2) + group) * kProduct.a_row_bytes(),
                 kSliceBytes * slice + 16 * (i / 2) + 4 * t);
      }
    }
#pragma unroll
    for (int tile = 0; tile < kColumnTiles; ++tile) {
#pragma unroll
      for (int i = 0; i < kBRegisters; ++i) {
        b[slice][tile][i] = load(b_rows + (8 * tile + group) * kProduct.b_row_bytes(),
                                 16 * kBRegisters * slice + 16 * i + 4 * t);
      }
    }
  }

  const SpanClock clock;
  Accumulator<dtype> d[kRowTiles][kColumnTiles][4];
  const int passes_per_sum = dtype == DType::kInt8 ? passes : kPassesPerSum;
  while (passes > 0) {
#pragma unroll
    for (auto& row : d) {
#pragma unroll
      for (auto& tile : row) {
#pragma unroll
        for (auto& each : tile) each = 0;
      }
    }
    const int rest = passes > passes_per_sum ? passes - passes_per_sum : 0;
#pragma unroll 1
    for (; passes > rest; --passes) {
#pragma unroll
      for (int slice = 0; slice < kSlices; ++slice) {
        const std::uint32_t metadata = sparse_pattern(dtype, slice) * 0x10001U;
#pragma unroll
        for (int row = 0; row < kRowTiles; ++row) {
#pragma unroll
          for (int column = 0; column < kColumnTiles; ++column) {
            multiply<dtype>(d[row][column], a[slice][row], b[slice][column], metadata);
          }
        }
      }
    }
  }
  if (threadIdx.x == 0) clock.write(clocks);

  accumulators +=
      (static_cast<std::int64_t>(blockIdx.x) * kShape.units + unit) * kProduct.accumulators();
#pragma unroll
  for (int row = 0; row < kRowTiles; ++row) {
#pragma unroll
    for (int column = 0; column < kColumnTiles; ++column) {
#pragma unroll
      for (int i = 0; i < 4; i += 2) {
        store_pair(accumulators + (16 * row + 4 * i + group) * kProduct.n + 8 * column + 2 * t,
                   d[row][column][i], d[row][column][i + 1]);
      }
    }
  }
}

}  // namespace

void launch_mma_peak(Stream stream, DType dtype, bool sparse, const Launch& to) {
  with_types(dtype, sparse, [&]<DType type, bool is_sparse>() {
    launch(stream, "tensor peak by mma", mma_peak_kernel<type, is_sparse>,
           {.blocks = static_cast<unsigned>(to.blocks),
            .threads = static_cast<unsigned>(mma_shape(type, is_sparse).threads())},
           static_cast<const unsigned char*>(to.operands),
           static_cast<Accumulator<type>*>(to.accumulators), to.passes, to.clocks);
  });
}

}  // namespace gpugauge::tensor_peak
