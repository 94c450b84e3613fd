#pragma once

// What a kernel says to the machine beyond C++, on any architecture since Ampere: one function an
// instruction. Kernels hold no assembly of their own, so that their source also runs on the host,
// where tests/simt gives these functions by their definition.
//
// Layouts of fragments: PTX ISA 9.0, "Matrix Fragments for mma.m16n8k16" and the sections beside
// it. With group = lane / 4 and t = lane % 4, in units of 32-bit registers:
//   a[0]: row group,     bytes 4t…4t+3      a[2]: row group,     bytes 16+4t…
//   a[1]: row group + 8, bytes 4t…4t+3      a[3]: row group + 8, bytes 16+4t…
//   b[0]: column group,  bytes 4t…4t+3      b[1]: column group,  bytes 16+4t…
//   d[0], d[1]: row group, columns 2t, 2t+1;   d[2], d[3]: row group + 8, the same columns
// whatever the type: 32 bytes of K an instruction.

#if defined(GPUGAUGE_SIMT)
#include "tests/simt/intrinsics.hpp"
#else

#include <cuda_runtime.h>

#include <cstdint>

namespace gpugauge {

/// The block's dynamic shared memory, 1024-byte aligned, as a `T`. Nothing is constructed.
template <typename T>
__device__ T& shared_memory() {
  extern __shared__ __align__(1024) unsigned char gpugauge_shared[];
  return *reinterpret_cast<T*>(gpugauge_shared);
}

/// An address in the block's shared memory as instructions and descriptors take it.
__device__ inline std::uint32_t shared_address(const void* pointer) {
  return static_cast<std::uint32_t>(__cvta_generic_to_shared(pointer));
}

// ---- global memory
// -------------------------------------------------------------------------------

/// Loads 16 bytes that nobody writes during the kernel and nobody reads again soon.
__device__ inline uint4 load_streaming(const void* pointer) {
  uint4 v;
  asm volatile("ld.global.nc.L1::no_allocate.v4.u32 {%0, %1, %2, %3}, [%4];"
               : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w)
               : "l"(pointer));
  return v;
}

/// Loads 16 bytes that no kernel near it writes, before `wait_for_previous`. A weak load sinks
/// beyond that wait, to where it is used (ptxas 13.0); this one stays.
__device__ inline uint4 load_early(const void* pointer) {
  uint4 v;
  asm volatile("ld.relaxed.gpu.global.L1::no_allocate.v4.u32 {%0, %1, %2, %3}, [%4];"
               : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w)
               : "l"(pointer)
               : "memory");
  return v;
}

/// Loads 16 or 8 bytes that nobody reads again soon, but that a kernel before may have written
/// while this one had begun.
__device__ inline uint4 load_once_16(const void* pointer) {
  uint4 v;
  asm volatile("ld.global.L1::no_allocate.v4.u32 {%0, %1, %2, %3}, [%4];"
               : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w)
               : "l"(pointer));
  return v;
}
__device__ inline uint2 load_once_8(const void* pointer) {
  uint2 v;
  asm volatile("ld.global.L1::no_allocate.v2.u32 {%0, %1}, [%2];"
               : "=r"(v.x), "=r"(v.y)
               : "l"(pointer));
  return v;
}

/// Loads 8 bytes through L1 and L2, which keep them.
__device__ inline std::uint64_t load_cached(const void* pointer) {
  std::uint64_t value;
  asm volatile("ld.global.u64 %0, [%1];" : "=l"(value) : "l"(pointer) : "memory");
  return value;
}

/// Loads 8 bytes past L1.
__device__ inline std::uint64_t load_past_l1(const void* pointer) {
  std::uint64_t value;
  asm volatile("ld.global.cg.u64 %0, [%1];" : "=l"(value) : "l"(pointer) : "memory");
  return value;
}
/// Loads 8 bytes by an atomic that changes nothing: it is done where the line has its home in L2,
/// and no copy elsewhere can answer.
__device__ inline std::uint64_t load_at_home(void* pointer) {
  std::uint64_t value;
  asm volatile("atom.global.cas.b64 %0, [%1], 0, 0;" : "=l"(value) : "l"(pointer) : "memory");
  return value;
}

/// Stores 16 bytes that nobody reads again soon.
__device__ inline void store_streaming(void* pointer, uint4 v) {
  asm volatile("st.global.cs.v4.u32 [%0], {%1, %2, %3, %4};" ::"l"(pointer), "r"(v.x), "r"(v.y),
               "r"(v.z), "r"(v.w)
               : "memory");
}

/// Adds one after all earlier writes of this thread are visible to the device, and sees theirs who
/// added before: the counter by which the last of several blocks knows that it is the last.
__device__ inline unsigned count_arrival(unsigned* counter) {
  unsigned before;
  asm volatile("atom.add.acq_rel.gpu.global.u32 %0, [%1], 1;"
               : "=r"(before)
               : "l"(counter)
               : "memory");
  return before;
}

// ---- asynchronous copies
// -------------------------------------------------------------------------

/// Begins to copy 16 bytes to shared memory past L1; zeros instead where not `valid` (the source is
/// not touched then).
__device__ inline void copy_async_16(void* shared, const void* global, bool valid = true) {
  const int bytes = valid ? 16 : 0;
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(shared_address(shared)),
               "l"(global), "r"(bytes)
               : "memory");
}
/// Ends a group of copies.
__device__ inline void copy_async_commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }
/// Waits until at most `Pending` of this thread's newest groups are still under way.
template <int Pending>
__device__ void copy_async_wait() {
  asm volatile("cp.async.wait_group %0;" ::"n"(Pending) : "memory");
}

// ---- matrices
// --------------------------------------------------------------------------------------

/// Four 8×8 matrices of 16-bit elements; lane i gives the address of row i % 8 of matrix i / 8, and
/// r[j] is this lane's pair of matrix j: row lane / 4, elements 2·(lane % 4) and the next.
__device__ inline void load_matrices(std::uint32_t (&r)[4], const void* shared_row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(shared_address(shared_row)));
}
/// The same, each matrix transposed.
__device__ inline void load_matrices_transposed(std::uint32_t (&r)[4], const void* shared_row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(shared_address(shared_row)));
}

/// An 8×8 matrix of 16-bit elements, transposed: given and returned as `load_matrices` has them.
__device__ inline std::uint32_t transpose_matrix(std::uint32_t pair) {
  std::uint32_t transposed;
  asm volatile("movmatrix.sync.aligned.m8n8.trans.b16 %0, %1;" : "=r"(transposed) : "r"(pair));
  return transposed;
}

#define GPUGAUGE_MMA_FLOAT(instruction)                                                       \
  asm volatile(instruction " {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};" \
               : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])                               \
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]))

/// d[16,8] += a[16,16] · b[8,16]ᵀ in fp32.
__device__ inline void mma_bf16(float (&d)[4], const std::uint32_t (&a)[4],
                                const std::uint32_t (&b)[2]) {
  GPUGAUGE_MMA_FLOAT("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32");
}
__device__ inline void mma_fp16(float (&d)[4], const std::uint32_t (&a)[4],
                                const std::uint32_t (&b)[2]) {
  GPUGAUGE_MMA_FLOAT("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32");
}
/// d[16,8] += a[16,8] · b[8,8]ᵀ, operands cut to tf32.
__device__ inline void mma_tf32(float (&d)[4], const std::uint32_t (&a)[4],
                                const std::uint32_t (&b)[2]) {
  GPUGAUGE_MMA_FLOAT("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32");
}
/// d[16,8] += a[16,32] · b[8,32]ᵀ in fp8 e4m3. Needs compute capability 8.9; on Hopper it is
/// emulated with conversions and fp16 products.
__device__ inline void mma_fp8(float (&d)[4], const std::uint32_t (&a)[4],
                               const std::uint32_t (&b)[2]) {
#if __CUDA_ARCH__ >= 890
  GPUGAUGE_MMA_FLOAT("mma.sync.aligned.m16n8k32.row.col.f32.e4m3.e4m3.f32");
#else
  (void)a, (void)b, (void)d;
  __trap();
#endif
}
#undef GPUGAUGE_MMA_FLOAT
/// d[16,8] += a[16,32] · b[8,32]ᵀ in int8, exactly.
__device__ inline void mma_int8(std::int32_t (&d)[4], const std::uint32_t (&a)[4],
                                const std::uint32_t (&b)[2]) {
  asm volatile(
      "mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
      "{%8, %9}, {%0, %1, %2, %3};"
      : "+r"(d[0]), "+r"(d[1]), "+r"(d[2]), "+r"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

/// 2^x within 2 units in the last place; 0 where that is not a normal number.
__device__ inline float exp2_fast(float x) {
  float power;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(power) : "f"(x));
  return power;
}

// ---- threads
// ---------------------------------------------------------------------------------------

/// The multiprocessor that runs this thread.
__device__ inline unsigned multiprocessor() {
  unsigned number;
  asm volatile("mov.u32 %0, %%smid;" : "=r"(number));
  return number;
}
/// Its clock, in cycles.
__device__ inline std::uint64_t read_clock() {
  std::uint64_t cycles;
  asm volatile("mov.u64 %0, %%clock64;" : "=l"(cycles)::"memory");
  return cycles;
}

/// The time of the device, in nanoseconds, the same on all multiprocessors.
__device__ inline std::uint64_t read_nanoseconds() {
  std::uint64_t nanoseconds;
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(nanoseconds)::"memory");
  return nanoseconds;
}

/// A barrier of its own among `threads` threads of the block (whole warps); 0 is __syncthreads.
__device__ inline void sync_named(int barrier, int threads) {
  asm volatile("bar.sync %0, %1;" ::"r"(barrier), "r"(threads) : "memory");
}

/// With programmatic dependent launch: waits until what the kernel before this one wrote is
/// visible. Nothing without it.
__device__ inline void wait_for_previous() {
#if __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}
/// Lets the next kernel begin; it still waits for the end of this one where it calls
/// `wait_for_previous`.
__device__ inline void allow_next() {
#if __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
#endif
}

}  // namespace gpugauge

#endif
