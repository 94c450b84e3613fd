#pragma once

// Hopper's asynchronous matrix products of a warpgroup (four warps, the first one's index a
// multiple of four; sm_90a): both operands in shared memory, the accumulator in registers. On the
// host tests/simt gives them by their definition.
//
// Layout of an accumulator d[64, N], N / 2 registers a thread. With warp = thread / 32 % 4,
// group = lane / 4 and t = lane % 4, for each eight columns j:
//   d[4j],     d[4j + 1]: row 16·warp + group,     columns 8j + 2t, 8j + 2t + 1
//   d[4j + 2], d[4j + 3]: row 16·warp + group + 8, the same columns
//
// Source: PTX ISA 9.0, "Asynchronous Warpgroup Level Matrix Instructions".

#include "kernels/cuda/machine/intrinsics.hpp"

#if defined(GPUGAUGE_SIMT)
#include "tests/simt/wgmma.hpp"
#else

#include <type_traits>

namespace gpugauge {

/// The type of both operands.
enum class WgmmaType { kBf16, kFp16, kTf32, kFp8E4m3, kInt8 };

/// int32 for int8, else fp32.
template <WgmmaType type>
using WgmmaAccumulator = std::conditional_t<type == WgmmaType::kInt8, std::int32_t, float>;

/// Orders this thread's earlier writes of registers and accesses to shared memory before the next
/// wgmma: once before the first of a sequence, and after accumulators were changed otherwise.
__device__ inline void wgmma_fence() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }
/// Ends a group of products.
__device__ inline void wgmma_commit() {
  asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
}
/// Waits until at most `Pending` of the newest groups are still under way: until then nothing may
/// touch the accumulators, nor write the operands, of the others.
template <int Pending>
__device__ void wgmma_wait() {
  asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(Pending) : "memory");
}
/// Keeps the compiler from moving a use of the accumulator across this place: after a wait, before
/// it is read, and before the products that follow a change of it. No instruction.
template <typename Register, int Count>
__device__ void wgmma_pin(Register (&d)[Count]) {
#pragma unroll
  for (Register& each : d) {
    if constexpr (std::is_same_v<Register, float>) {
      asm volatile("" : "+f"(each)::"memory");
    } else {
      asm volatile("" : "+r"(each)::"memory");
    }
  }
}

// The 32, 64, 96 or 128 registers of an accumulator, as assembly names them and as C++ gives them;
// also for wgmma_sparse.hpp.
#define GPUGAUGE_NAMES_10(i)                                                                       \
  "%" #i "0, %" #i "1, %" #i "2, %" #i "3, %" #i "4, %" #i "5, %" #i "6, %" #i "7, %" #i "8, %" #i \
  "9"
#define GPUGAUGE_NAMES_60                                                     \
  GPUGAUGE_NAMES_10()                                                         \
  ", " GPUGAUGE_NAMES_10(1) ", " GPUGAUGE_NAMES_10(2) ", " GPUGAUGE_NAMES_10( \
      3) ", " GPUGAUGE_NAMES_10(4) ", " GPUGAUGE_NAMES_10(5)
#define GPUGAUGE_NAMES_32 \
  GPUGAUGE_NAMES_10() ", " GPUGAUGE_NAMES_10(1) ", " GPUGAUGE_NAMES_10(2) ", %30, %31"
#define GPUGAUGE_NAMES_64 GPUGAUGE_NAMES_60 ", %60, %61, %62, %63"
#define GPUGAUGE_NAMES_90 \
  GPUGAUGE_NAMES_60 ", " GPUGAUGE_NAMES_10(6) ", " GPUGAUGE_NAMES_10(7) ", " GPUGAUGE_NAMES_10(8)
#define GPUGAUGE_NAMES_96 GPUGAUGE_NAMES_90 ", %90, %91, %92, %93, %94, %95"
#define GPUGAUGE_NAMES_128                                                                       \
  GPUGAUGE_NAMES_90 ", " GPUGAUGE_NAMES_10(9) ", " GPUGAUGE_NAMES_10(10) ", " GPUGAUGE_NAMES_10( \
      11) ", %120, %121, %122, %123, %124, %125, %126, %127"

#define GPUGAUGE_REGISTERS_8(c, i) \
  c(d[i]), c(d[i + 1]), c(d[i + 2]), c(d[i + 3]), c(d[i + 4]), c(d[i + 5]), c(d[i + 6]), c(d[i + 7])
#define GPUGAUGE_REGISTERS_32(c, i)                                                            \
  GPUGAUGE_REGISTERS_8(c, i), GPUGAUGE_REGISTERS_8(c, i + 8), GPUGAUGE_REGISTERS_8(c, i + 16), \
      GPUGAUGE_REGISTERS_8(c, i + 24)
#define GPUGAUGE_REGISTERS_64(c, i) GPUGAUGE_REGISTERS_32(c, i), GPUGAUGE_REGISTERS_32(c, i + 32)
#define GPUGAUGE_REGISTERS_96(c, i) GPUGAUGE_REGISTERS_64(c, i), GPUGAUGE_REGISTERS_32(c, i + 64)
#define GPUGAUGE_REGISTERS_128(c, i) GPUGAUGE_REGISTERS_64(c, i), GPUGAUGE_REGISTERS_64(c, i + 64)

// `a`, `b` and `p` are the names that follow `count` registers; `tail` is what the type has after
// the predicate.
#define GPUGAUGE_WGMMA(shape, types, tail, c, count, a, b, p)                          \
  asm volatile("{\n.reg .pred accumulate;\nsetp.ne.b32 accumulate, " p                 \
               ", 0;\n"                                                                \
               "wgmma.mma_async.sync.aligned." shape types " {" GPUGAUGE_NAMES_##count \
               "}, " a ", " b ", accumulate" tail ";\n}"                               \
               : GPUGAUGE_REGISTERS_##count(c, 0)                                      \
               : "l"(a_descriptor), "l"(b_descriptor), "r"(static_cast<int>(accumulate)))
#define GPUGAUGE_WGMMA_OF(k, types, tail, c)                                  \
  if constexpr (N == 256) {                                                   \
    GPUGAUGE_WGMMA("m64n256" k, types, tail, c, 128, "%128", "%129", "%130"); \
  } else if constexpr (N == 192) {                                            \
    GPUGAUGE_WGMMA("m64n192" k, types, tail, c, 96, "%96", "%97", "%98");     \
  } else if constexpr (N == 128) {                                            \
    GPUGAUGE_WGMMA("m64n128" k, types, tail, c, 64, "%64", "%65", "%66");     \
  } else {                                                                    \
    static_assert(N == 64);                                                   \
    GPUGAUGE_WGMMA("m64n64" k, types, tail, c, 32, "%32", "%33", "%34");      \
  }

/// Begins d[64,N] = a[64,K] · b[N,K]ᵀ (+ d where `accumulate`), K being 32 bytes of elements: 16
/// of 16 bits, 32 of 8 bits, 8 of tf32. The operands are described by shared_layout.hpp, both with
/// K contiguous. All threads of the warpgroup, the same arguments. N is 64, 128, 192 or 256.
template <WgmmaType type, int N>
__device__ void wgmma(WgmmaAccumulator<type> (&d)[N / 2], std::uint64_t a_descriptor,
                      std::uint64_t b_descriptor, bool accumulate) {
  if constexpr (type == WgmmaType::kBf16) {
    GPUGAUGE_WGMMA_OF("k16", ".f32.bf16.bf16", ", 1, 1, 0, 0", "+f")
  } else if constexpr (type == WgmmaType::kFp16) {
    GPUGAUGE_WGMMA_OF("k16", ".f32.f16.f16", ", 1, 1, 0, 0", "+f")
  } else if constexpr (type == WgmmaType::kTf32) {
    GPUGAUGE_WGMMA_OF("k8", ".f32.tf32.tf32", ", 1, 1", "+f")
  } else if constexpr (type == WgmmaType::kFp8E4m3) {
    GPUGAUGE_WGMMA_OF("k32", ".f32.e4m3.e4m3", ", 1, 1", "+f")
  } else {
    GPUGAUGE_WGMMA_OF("k32", ".s32.s8.s8", "", "+r")
  }
}

#undef GPUGAUGE_WGMMA_OF
#undef GPUGAUGE_WGMMA

}  // namespace gpugauge

#endif
