#pragma once

// wgmma.sp: Hopper's asynchronous products of a warpgroup (sm_90a) whose A has half of its
// elements, 2 of every 4 along K (of tf32, 1 of every 2). The instruction skips the others, so that
// it does twice the work of a dense one in the same time.
//
// A comes from registers: with N = 256 the instruction takes 128 cycles, in which B's 16 KiB are
// all that shared memory gives; A's 2 KiB would make it 144. Each warp of the warpgroup has the
// fragments and metadata of its 16 rows as in sparse_mma.hpp.
//
// Source: PTX ISA 9.0, "Asynchronous Multiply-and-Accumulate Instruction: wgmma.mma_async.sp".

#include "kernels/cuda/machine/wgmma.hpp"

#if defined(GPUGAUGE_SIMT)
#include "tests/simt/wgmma_sparse.hpp"
#else

namespace gpugauge {

#define GPUGAUGE_WGMMA_SPARSE(shape_and_types, tail, c)                               \
  asm volatile(                                                                       \
      "{\n.reg .pred accumulate;\nsetp.ne.b32 accumulate, %134, 0;\n"                 \
      "wgmma.mma_async.sp.sync.aligned." shape_and_types " {" GPUGAUGE_NAMES_128      \
      "}, {%128, %129, %130, %131}, %132, %133, 0, accumulate" tail ";\n}"            \
      : GPUGAUGE_REGISTERS_128(c, 0)                                                  \
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b_descriptor), "r"(metadata), \
        "r"(static_cast<int>(accumulate)))

/// Begins d[64,256] = a[64,K] · b[256,K]ᵀ (+ d where `accumulate`), K being 64 bytes of elements,
/// of which A has 32 a row. Fences, commits and waits as `wgmma` does; until the wait nothing may
/// write `a` or `metadata`.
template <WgmmaType type>
__device__ void wgmma_sparse(WgmmaAccumulator<type> (&d)[128], const std::uint32_t (&a)[4],
                             std::uint64_t b_descriptor, std::uint32_t metadata, bool accumulate) {
  if constexpr (type == WgmmaType::kBf16) {
    GPUGAUGE_WGMMA_SPARSE("m64n256k32.f32.bf16.bf16", ", 1, 1, 0", "+f");
  } else if constexpr (type == WgmmaType::kFp16) {
    GPUGAUGE_WGMMA_SPARSE("m64n256k32.f32.f16.f16", ", 1, 1, 0", "+f");
  } else if constexpr (type == WgmmaType::kTf32) {
    GPUGAUGE_WGMMA_SPARSE("m64n256k16.f32.tf32.tf32", ", 1, 1", "+f");
  } else if constexpr (type == WgmmaType::kFp8E4m3) {
    GPUGAUGE_WGMMA_SPARSE("m64n256k64.f32.e4m3.e4m3", ", 1, 1", "+f");
  } else {
    GPUGAUGE_WGMMA_SPARSE("m64n256k64.s32.s8.s8", "", "+r");
  }
}

#undef GPUGAUGE_WGMMA_SPARSE

}  // namespace gpugauge

#endif
