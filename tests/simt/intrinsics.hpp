#pragma once

// What kernels/cuda/machine/intrinsics.hpp offers, by definition of the PTX ISA 9.0.

#include <cmath>
#include <cstdint>
#include <limits>

#include "tests/simt/cuda_names.hpp"
#include "tests/simt/machine.hpp"

namespace gpugauge {

template <typename T>
T& shared_memory() {
  return *reinterpret_cast<T*>(simt::self().block->shared);
}

/// Dynamic shared memory begins at 1024 here, as it does on a card, so that no address is null.
std::uint32_t shared_address(const void* pointer);

uint4 load_streaming(const void* pointer);
inline std::uint64_t load_cached(const void* pointer) {
  simt::require_aligned(pointer, 8, "load_cached");
  return *static_cast<const std::uint64_t*>(pointer);
}
inline std::uint64_t load_past_l1(const void* pointer) { return load_cached(pointer); }
inline std::uint64_t load_at_home(void* pointer) { return load_cached(pointer); }
uint4 load_once_16(const void* pointer);
inline uint4 load_early(const void* pointer) { return load_once_16(pointer); }
uint2 load_once_8(const void* pointer);
void store_streaming(void* pointer, uint4 v);
inline unsigned count_arrival(unsigned* counter) { return atomicAdd(counter, 1U); }

// A copy arrives when its thread waits for it, and no sooner; until then there is garbage.
void copy_async_16(void* shared, const void* global, bool valid = true);
void copy_async_commit();
/// Waits until at most `pending` groups are under way.
void copy_async_wait_until(std::size_t pending);
template <int Pending>
void copy_async_wait() {
  copy_async_wait_until(Pending);
}

void load_matrices(std::uint32_t (&r)[4], const void* shared_row);
void load_matrices_transposed(std::uint32_t (&r)[4], const void* shared_row);
std::uint32_t transpose_matrix(std::uint32_t pair);

// The products of an instruction and their sum are exact, or nearly: they are in fp64. Added to d
// it is rounded to fp32 once.
void mma_bf16(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2]);
void mma_fp16(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2]);
void mma_tf32(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2]);
void mma_fp8(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2]);
void mma_int8(std::int32_t (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2]);

inline float exp2_fast(float x) {
  const float power = std::exp2(x);
  return power < std::numeric_limits<float>::min() ? 0.0F : power;
}

/// Each block has a multiprocessor of its own.
inline unsigned multiprocessor() { return blockIdx.x; }
/// Counts how often it is read.
inline std::uint64_t read_clock() { return static_cast<std::uint64_t>(clock64()); }
/// As well: where the two are read together, a cycle takes a nanosecond.
inline std::uint64_t read_nanoseconds() {
  static std::uint64_t now = 0;
  return ++now;
}

void sync_named(int barrier, int threads);

inline void wait_for_previous() { simt::machine().wait_for_previous(); }
inline void allow_next() { simt::machine().allow_next(); }

}  // namespace gpugauge
