#pragma once

// Hopper's own instructions (sm_90a), one function an instruction: transaction barriers, bulk and
// tensor copies, clusters, registers between warpgroups. wgmma.hpp has its matrix products. On the
// host tests/simt gives them by their definition.
//
// Source: PTX ISA 9.0, "Parallel Synchronization and Communication Instructions: mbarrier" and
// "Data Movement and Conversion Instructions: cp.async.bulk".

#include "kernels/cuda/machine/intrinsics.hpp"

#if defined(GPUGAUGE_SIMT)
#include "tests/simt/hopper.hpp"
#else

#include <cuda.h>

namespace gpugauge {

/// Describes a matrix in device memory to the copy engine; made by tensor_map.hpp, passed to
/// kernels as a `const __grid_constant__ TensorMap`.
using TensorMap = CUtensorMap;

/// A barrier in shared memory that counts arrivals and bytes. A phase ends when both are complete.
using SharedBarrier = std::uint64_t;

__device__ inline void barrier_init(SharedBarrier* barrier, unsigned arrivals) {
  asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(shared_address(barrier)),
               "r"(arrivals)
               : "memory");
}
/// Makes initialised barriers visible to the cluster and to the copy engine; then synchronise.
__device__ inline void barrier_init_fence() {
  asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
}
__device__ inline void barrier_arrive(SharedBarrier* barrier) {
  asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(shared_address(barrier))
               : "memory");
}
/// Arrives, and has the phase also wait for that many bytes of copies.
__device__ inline void barrier_arrive_expecting(SharedBarrier* barrier, unsigned bytes) {
  asm volatile(
      "mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(shared_address(barrier)),
      "r"(bytes)
      : "memory");
}
/// Arrives at the barrier at the same place in the shared memory of another block of the cluster,
/// to say that what was copied here has been read. It passes on nothing that this thread wrote, for
/// which it would need the scope of the cluster, and that makes every arrival a fence of the whole
/// device (so ptxas 13.0).
__device__ inline void barrier_arrive_in(SharedBarrier* barrier, unsigned rank) {
  asm volatile(
      "{\n"
      ".reg .b32 remote;\n"
      "mapa.shared::cluster.u32 remote, %0, %1;\n"
      "mbarrier.arrive.shared::cluster.b64 _, [remote];\n"
      "}" ::"r"(shared_address(barrier)),
      "r"(rank)
      : "memory");
}
/// Waits for the end of the phase of that parity: 0 for the first, then 1, then 0, …
__device__ inline void barrier_wait(SharedBarrier* barrier, unsigned parity) {
  asm volatile(
      "{\n"
      ".reg .pred done;\n"
      "again:\n"
      "mbarrier.try_wait.parity.shared::cta.b64 done, [%0], %1;\n"
      "@done bra finished;\n"
      "bra again;\n"
      "finished:\n"
      "}" ::"r"(shared_address(barrier)),
      "r"(parity)
      : "memory");
}
/// Whether that phase has ended, without waiting.
__device__ inline bool barrier_has_ended(SharedBarrier* barrier, unsigned parity) {
  unsigned ended;
  asm volatile(
      "{\n"
      ".reg .pred done;\n"
      "mbarrier.test_wait.parity.shared::cta.b64 done, [%1], %2;\n"
      "selp.u32 %0, 1, 0, done;\n"
      "}"
      : "=r"(ended)
      : "r"(shared_address(barrier)), "r"(parity)
      : "memory");
  return ended != 0;
}

// ---- copies
// ----------------------------------------------------------------------------------------

/// What the L2 should do with what is read.
enum class L2Priority { kNormal, kEvictFirst, kEvictLast };

/// The policy for it as instructions take it; made once a thread.
template <L2Priority priority>
__device__ std::uint64_t l2_policy() {
  std::uint64_t policy;
  if constexpr (priority == L2Priority::kEvictFirst) {
    asm volatile("createpolicy.fractional.L2::evict_first.b64 %0, 1.0;" : "=l"(policy));
  } else if constexpr (priority == L2Priority::kEvictLast) {
    asm volatile("createpolicy.fractional.L2::evict_last.b64 %0, 1.0;" : "=l"(policy));
  } else {
    asm volatile("createpolicy.fractional.L2::evict_normal.b64 %0, 1.0;" : "=l"(policy));
  }
  return policy;
}

/// Copies a multiple of 16 bytes to shared memory; the bytes count on the barrier. One thread.
__device__ inline void bulk_load(void* shared, const void* global, unsigned bytes,
                                 SharedBarrier* barrier, std::uint64_t policy) {
  asm volatile(
      "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes.L2::cache_hint [%0], "
      "[%1], %2, [%3], %4;" ::"r"(shared_address(shared)),
      "l"(global), "r"(bytes), "r"(shared_address(barrier)), "l"(policy)
      : "memory");
}
/// Copies a multiple of 16 bytes from shared memory. One thread; it commits and waits.
__device__ inline void bulk_store(void* global, const void* shared, unsigned bytes) {
  asm volatile("cp.async.bulk.global.shared::cta.bulk_group [%0], [%1], %2;" ::"l"(global),
               "r"(shared_address(shared)), "r"(bytes)
               : "memory");
}

/// The box of `map` whose first element is at (column, row), to shared memory.
__device__ inline void tensor_load(void* shared, const TensorMap* map, int column, int row,
                                   SharedBarrier* barrier, std::uint64_t policy) {
  asm volatile(
      "cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes.L2::cache_hint "
      "[%0], [%1, {%2, %3}], [%4], %5;" ::"r"(shared_address(shared)),
      "l"(map), "r"(column), "r"(row), "r"(shared_address(barrier)), "l"(policy)
      : "memory");
}
/// Begins to bring that box to L2. No policy: there it stays until it is loaded with one.
__device__ inline void tensor_prefetch(const TensorMap* map, int column, int row) {
  asm volatile("cp.async.bulk.prefetch.tensor.2d.L2.global.tile [%0, {%1, %2}];" ::"l"(map),
               "r"(column), "r"(row)
               : "memory");
}
/// The same into every block of the cluster whose bit is set in `blocks`, at the same place in
/// each, counting on the barrier at the same place in each.
__device__ inline void tensor_load_multicast(void* shared, const TensorMap* map, int column,
                                             int row, SharedBarrier* barrier, std::uint16_t blocks,
                                             std::uint64_t policy) {
  asm volatile(
      "cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes"
      ".multicast::cluster.L2::cache_hint [%0], [%1, {%2, %3}], [%4], %5, %6;" ::"r"(
          shared_address(shared)),
      "l"(map), "r"(column), "r"(row), "r"(shared_address(barrier)), "h"(blocks), "l"(policy)
      : "memory");
}
/// Writes a box from shared memory; what lies outside the matrix is left out. Commit and wait.
__device__ inline void tensor_store(const TensorMap* map, const void* shared, int column, int row) {
  asm volatile(
      "cp.async.bulk.tensor.2d.global.shared::cta.bulk_group [%0, {%1, %2}], [%3];" ::"l"(map),
      "r"(column), "r"(row), "r"(shared_address(shared))
      : "memory");
}
__device__ inline void tensor_map_prefetch(const TensorMap* map) {
  asm volatile("prefetch.tensormap [%0];" ::"l"(map) : "memory");
}

/// Ends a group of this thread's bulk stores.
__device__ inline void bulk_commit() { asm volatile("cp.async.bulk.commit_group;" ::: "memory"); }
/// Waits until all but the newest `Pending` groups have read their shared memory.
template <int Pending>
__device__ void bulk_wait_read() {
  asm volatile("cp.async.bulk.wait_group.read %0;" ::"n"(Pending) : "memory");
}
/// Waits until all but the newest `Pending` groups have been written.
template <int Pending>
__device__ void bulk_wait() {
  asm volatile("cp.async.bulk.wait_group %0;" ::"n"(Pending) : "memory");
}
/// Makes this thread's writes to shared memory visible to wgmma and bulk copies; then synchronise.
__device__ inline void fence_async_shared() {
  asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
}

// ---- blocks and warpgroups
// ---------------------------------------------------------------------------

__device__ inline unsigned cluster_rank() {
  unsigned rank;
  asm volatile("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
  return rank;
}
/// A barrier of all threads of all blocks of the cluster. What they did before is not passed on,
/// but for barriers after `barrier_init_fence`.
__device__ inline void cluster_meet() {
  asm volatile(
      "barrier.cluster.arrive.relaxed.aligned;\n"
      "barrier.cluster.wait.acquire.aligned;" ::
          : "memory");
}
/// The same, and it passes on what they did: no arrival of theirs at a barrier in another block is
/// still under way after it.
__device__ inline void cluster_sync() {
  asm volatile(
      "barrier.cluster.arrive.release.aligned;\n"
      "barrier.cluster.wait.acquire.aligned;" ::
          : "memory");
}

/// Takes or gives registers, so that a thread of this warpgroup has `Count`: 24 to 240 in steps of
/// 8.
template <int Count>
__device__ void take_registers() {
  asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(Count));
}
template <int Count>
__device__ void give_registers() {
  asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(Count));
}

}  // namespace gpugauge

#endif
