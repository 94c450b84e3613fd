#pragma once

// The names of CUDA C++ that kernels use and that CUDA's headers give to nvcc only.

#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_fp8.h>
#include <cuda_runtime.h>

#include "tests/simt/atomics.hpp"
#include "tests/simt/cuda_math.hpp"
#include "tests/simt/machine.hpp"
#include "tests/simt/shuffle.hpp"

#if !defined(__launch_bounds__)
#define __launch_bounds__(...)
#endif
#if !defined(__noinline__)
#define __noinline__ __attribute__((noinline))
#endif

inline const uint3& threadIdx = gpugauge::simt::special_registers.thread;
inline const uint3& blockIdx = gpugauge::simt::special_registers.block;
inline const dim3& blockDim = gpugauge::simt::special_registers.block_extent;
inline const dim3& gridDim = gpugauge::simt::special_registers.grid_extent;
inline constexpr int warpSize = 32;

namespace gpugauge::simt {

/// One of the sixteen barriers of the block; 0 threads are all that have not ended. Gives the sum
/// of the votes.
inline unsigned meet_block(int barrier, unsigned threads, unsigned vote) {
  return machine().meet(self().block->barriers.at(static_cast<std::size_t>(barrier)),
                        {.format = "%s %ld", .name = "barrier", .first = barrier}, threads, vote);
}

}  // namespace gpugauge::simt

inline void __syncthreads() { gpugauge::simt::meet_block(0, 0, 0); }
inline int __syncthreads_count(int predicate) {
  return static_cast<int>(gpugauge::simt::meet_block(0, 0, predicate != 0));
}
inline int __syncthreads_or(int predicate) { return __syncthreads_count(predicate) != 0; }
inline int __syncthreads_and(int predicate) { return __syncthreads_count(predicate == 0) == 0; }

inline void __threadfence() {}
inline void __threadfence_block() {}
inline void __threadfence_system() {}

inline void __trap() { gpugauge::simt::machine().fail("__trap"); }
inline void __nanosleep(unsigned) { gpugauge::simt::machine().step_back(); }
inline long long clock64() {
  static long long now = 0;
  return ++now;
}

template <typename T>
T __ldg(const T* pointer) {
  return *pointer;
}
template <typename T>
T __ldcs(const T* pointer) {
  return *pointer;
}
template <typename T>
T __ldcg(const T* pointer) {
  return *pointer;
}
template <typename T>
void __stcs(T* pointer, T value) {
  *pointer = value;
}
template <typename T>
void __stcg(T* pointer, T value) {
  *pointer = value;
}
