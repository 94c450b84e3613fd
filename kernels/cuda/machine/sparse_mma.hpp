#pragma once

// mma.sp: products of a warp whose A has half of its elements, 2 of every 4 along K (of tf32, 1 of
// every 2). The instruction skips the others, so that it does twice the work of a dense one.
//
// Fragments as in intrinsics.hpp, in units of 32-bit registers, group = lane / 4, t = lane % 4:
//   a[0…3]: as in a dense instruction, of the 32 stored bytes of a row
//   b[i]:   column group, bytes 16i + 4t … 16i + 4t + 3 of 64
// Metadata: four bits a chunk of K. With 16 bits and more an element, lanes of t = 0 have the first
// half of K and those of t = 1 the second; the low half of the register is of row group and the
// high half of row group + 8. With 8 bits all 32 bits of a lane are of one row and one half of K:
// lanes of t = 0 and 2 have row group, those of t = 1 and 3 row group + 8; t = 0 and 1 have the
// first half.
//
// Source: PTX ISA 9.0, "Multiply-and-Accumulate Instruction: mma.sp"; of 8 bits CUTLASS's ELayout
// of 16x8x64, ((2,2,8),32):((8,512,1),16), in mma_traits_sm120_sparse.hpp. Without ordered
// metadata, which PTX has since 8.5 (CUDA 12.5), its speed on later architectures is not promised.

#include "kernels/cuda/machine/intrinsics.hpp"

#if defined(GPUGAUGE_SIMT)
#include "tests/simt/sparse_mma.hpp"
#else

namespace gpugauge {

#if __CUDACC_VER_MAJOR__ > 12 || (__CUDACC_VER_MAJOR__ == 12 && __CUDACC_VER_MINOR__ >= 5)
#define GPUGAUGE_MMA_SP "mma.sp::ordered_metadata.sync.aligned."
#else
#define GPUGAUGE_MMA_SP "mma.sp.sync.aligned."
#endif
#define GPUGAUGE_SPARSE_MMA(shape_and_types, c)                                               \
  asm volatile(GPUGAUGE_MMA_SP shape_and_types                                                \
               " {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9, %10, %11}, {%0, %1, %2, %3}, "  \
               "%12, 0x0;"                                                                    \
               : c(d[0]), c(d[1]), c(d[2]), c(d[3])                                           \
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]), "r"(b[2]), \
                 "r"(b[3]), "r"(metadata))

/// d[16,8] += a[16,32] · b[8,32]ᵀ in fp32.
__device__ inline void sparse_mma_bf16(float (&d)[4], const std::uint32_t (&a)[4],
                                       const std::uint32_t (&b)[4], std::uint32_t metadata) {
  GPUGAUGE_SPARSE_MMA("m16n8k32.row.col.f32.bf16.bf16.f32", "+f");
}
__device__ inline void sparse_mma_fp16(float (&d)[4], const std::uint32_t (&a)[4],
                                       const std::uint32_t (&b)[4], std::uint32_t metadata) {
  GPUGAUGE_SPARSE_MMA("m16n8k32.row.col.f32.f16.f16.f32", "+f");
}
/// d[16,8] += a[16,16] · b[8,16]ᵀ, operands cut to tf32.
__device__ inline void sparse_mma_tf32(float (&d)[4], const std::uint32_t (&a)[4],
                                       const std::uint32_t (&b)[4], std::uint32_t metadata) {
  GPUGAUGE_SPARSE_MMA("m16n8k16.row.col.f32.tf32.tf32.f32", "+f");
}
/// d[16,8] += a[16,64] · b[8,64]ᵀ in fp8 e4m3. Needs compute capability 8.9.
__device__ inline void sparse_mma_fp8(float (&d)[4], const std::uint32_t (&a)[4],
                                      const std::uint32_t (&b)[4], std::uint32_t metadata) {
#if __CUDA_ARCH__ >= 890
  GPUGAUGE_SPARSE_MMA("m16n8k64.row.col.f32.e4m3.e4m3.f32", "+f");
#else
  (void)d, (void)a, (void)b, (void)metadata;
  __trap();
#endif
}
/// d[16,8] += a[16,64] · b[8,64]ᵀ in int8, wrapping.
__device__ inline void sparse_mma_int8(std::int32_t (&d)[4], const std::uint32_t (&a)[4],
                                       const std::uint32_t (&b)[4], std::uint32_t metadata) {
  GPUGAUGE_SPARSE_MMA("m16n8k64.row.col.s32.s8.s8.s32", "+r");
}

#undef GPUGAUGE_SPARSE_MMA
#undef GPUGAUGE_MMA_SP

}  // namespace gpugauge

#endif
