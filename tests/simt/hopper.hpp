#pragma once

// What kernels/cuda/machine/hopper.hpp offers, by definition of the PTX ISA 9.0.
//
// Bulk and tensor copies arrive one by one, in an order that the schedule chooses, when no thread
// can go on without them; from the start of the copy until then the place holds garbage. Stores
// read shared memory, and write device memory, when their thread waits for that. That the copy
// engine or wgmma reads what a thread wrote without a fence_async_shared since is an error. An
// arrival at a barrier of another block is performed when no thread can go on without it, or by a
// cluster_sync of the thread that arrives; that the block has ended by then is an error.

#include <cuda.h>

#include <cstdint>
#include <cstring>

#include "tests/simt/intrinsics.hpp"

namespace gpugauge {

using TensorMap = CUtensorMap;

namespace simt {

/// What a TensorMap holds here: a row-major matrix and a box of it.
struct TensorFields {
  const unsigned char* data;
  int element_bytes;
  std::int64_t rows, columns;
  std::int64_t row_bytes;  ///< from a row to the next
  int box_rows, box_columns;
  /// The bytes that a swizzle permutes, in chunks of 16: 128, 64 or 32; 0 for none. Rows of the box
  /// have as many bytes.
  int swizzle_bytes;

  std::size_t box_row_bytes() const {
    return static_cast<std::size_t>(box_columns) * static_cast<std::size_t>(element_bytes);
  }
  std::size_t box_bytes() const { return box_row_bytes() * static_cast<std::size_t>(box_rows); }
};

/// Maps of the same fields have the same bytes.
inline void store_fields(TensorMap& map, TensorFields fields) {
  static_assert(sizeof fields <= sizeof map);
  __builtin_clear_padding(&fields);
  map = {};
  std::memcpy(&map, &fields, sizeof fields);
}
inline TensorFields fields_of(const TensorMap& map) {
  TensorFields fields;
  std::memcpy(&fields, &map, sizeof fields);
  return fields;
}

}  // namespace simt

/// Where a copy with a swizzle over so many bytes puts what would lie at `address`: of the address
/// bits, 4 to 6 are exclusive-ored with 7 to 9 (128 bytes), 4 and 5 with 7 and 8 (64), 4 with 7.
constexpr std::size_t swizzled_address(std::size_t address, int swizzle_bytes) {
  if (swizzle_bytes == 0) return address;
  const std::size_t chunks = static_cast<std::size_t>(swizzle_bytes) / 16;
  return address ^ (address >> 7 & (chunks - 1)) << 4;
}

using SharedBarrier = std::uint64_t;

void barrier_init(SharedBarrier* barrier, unsigned arrivals);
void barrier_init_fence();
void barrier_arrive(SharedBarrier* barrier);
void barrier_arrive_expecting(SharedBarrier* barrier, unsigned bytes);
void barrier_arrive_in(SharedBarrier* barrier, unsigned rank);
void barrier_wait(SharedBarrier* barrier, unsigned parity);
bool barrier_has_ended(SharedBarrier* barrier, unsigned parity);

enum class L2Priority { kNormal, kEvictFirst, kEvictLast };
template <L2Priority priority>
std::uint64_t l2_policy() {
  return 0;
}

void bulk_load(void* shared, const void* global, unsigned bytes, SharedBarrier* barrier,
               std::uint64_t policy);
void bulk_store(void* global, const void* shared, unsigned bytes);
void tensor_load(void* shared, const TensorMap* map, int column, int row, SharedBarrier* barrier,
                 std::uint64_t policy);
/// Changes nothing. That all of the box lies outside of the matrix, or that the block ends without
/// loading it, is an error.
void tensor_prefetch(const TensorMap* map, int column, int row);
void tensor_load_multicast(void* shared, const TensorMap* map, int column, int row,
                           SharedBarrier* barrier, std::uint16_t blocks, std::uint64_t policy);
void tensor_store(const TensorMap* map, const void* shared, int column, int row);
inline void tensor_map_prefetch(const TensorMap*) {}

void bulk_commit();
void bulk_wait_read_until(std::size_t pending);
void bulk_wait_until(std::size_t pending);
template <int Pending>
void bulk_wait_read() {
  bulk_wait_read_until(Pending);
}
template <int Pending>
void bulk_wait() {
  bulk_wait_until(Pending);
}
/// Shows all of the block's writes, not this thread's alone: a fence that another thread lacks is
/// missed only if that thread writes later.
void fence_async_shared();

inline unsigned cluster_rank() { return simt::self().block->rank; }
void cluster_meet();
void cluster_sync();

/// Fails where the warps want more than a block that has a multiprocessor to itself is launched
/// with: a card would wait for ever.
void set_registers(int count);
template <int Count>
void take_registers() {
  static_assert(Count >= 24 && Count <= 240 && Count % 8 == 0);
  set_registers(Count);
}
template <int Count>
void give_registers() {
  take_registers<Count>();
}

}  // namespace gpugauge
