#pragma once

// wgmma whose A comes from registers, and whose B lies in shared memory row by row of K: what the
// second product of attention needs (sm_90a).
//
// Source: PTX ISA 9.0, "Asynchronous Warpgroup Level Matrix Instructions: wgmma.mma_async", and
// "Strides" of its "Matrix Descriptor Format".

#include "kernels/cuda/machine/shared_layout.hpp"
#include "kernels/cuda/machine/wgmma.hpp"

namespace gpugauge {

/// Describes B[N,K], of 16-bit elements, N contiguous: panels of 64 columns of N, `panel_bytes`
/// apart, each with rows of K as shared_layout.hpp has them. To 16 rows further `advance` by
/// 16 · kSwizzleRowBytes.
constexpr std::uint64_t wgmma_descriptor_of_rows(std::uint32_t shared_address, int panel_bytes) {
  constexpr std::uint64_t kLeading = std::uint64_t{0x3FFF} << 16;
  return (wgmma_descriptor(shared_address) & ~kLeading) |
         static_cast<std::uint64_t>(panel_bytes / 16) << 16;
}

}  // namespace gpugauge

#if defined(GPUGAUGE_SIMT)
#include "tests/simt/wgmma_registers.hpp"
#else

namespace gpugauge {

#define GPUGAUGE_WGMMA_REGISTERS(shape, count, a0, a1, a2, a3, b, p)                              \
  asm volatile("{\n.reg .pred accumulate;\nsetp.ne.b32 accumulate, " p                            \
               ", 0;\n"                                                                           \
               "wgmma.mma_async.sync.aligned." shape "k16.f32.bf16.bf16 {" GPUGAUGE_NAMES_##count \
               "}, {" a0 ", " a1 ", " a2 ", " a3 "}, " b ", accumulate, 1, 1, 1;\n}"              \
               : GPUGAUGE_REGISTERS_##count("+f", 0)                                              \
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b_descriptor),                   \
                 "r"(static_cast<int>(accumulate)))

/// Begins d[64,N] = a[64,16] · b[N,16]ᵀ (+ d where `accumulate`) in bf16. Each warp has the
/// fragments of its 16 rows as mma has them (intrinsics.hpp); b is described by
/// `wgmma_descriptor_of_rows`. Fences, commits and waits as `wgmma` does; until the wait nothing
/// may write `a`. N is 64 or 128.
template <int N>
__device__ void wgmma_registers(float (&d)[N / 2], const std::uint32_t (&a)[4],
                                std::uint64_t b_descriptor, bool accumulate) {
  if constexpr (N == 128) {
    GPUGAUGE_WGMMA_REGISTERS("m64n128", 64, "%64", "%65", "%66", "%67", "%68", "%69");
  } else {
    static_assert(N == 64);
    GPUGAUGE_WGMMA_REGISTERS("m64n64", 32, "%32", "%33", "%34", "%35", "%36", "%37");
  }
}

#undef GPUGAUGE_WGMMA_REGISTERS

}  // namespace gpugauge

#endif
