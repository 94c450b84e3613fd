#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "tests/simt/hopper.hpp"
#include "tests/simt/work.hpp"

namespace gpugauge {
namespace simt {
namespace {

constexpr std::size_t kChunkBytes = 16;

/// The part of a row of the box that lies within the matrix.
struct InsideRow {
  std::size_t first_byte = 0, bytes = 0;  ///< from the row's start in the box
  std::int64_t source = 0;                ///< offset in the matrix

  InsideRow(const TensorFields& map, int column, int row) {
    const std::int64_t first = std::clamp<std::int64_t>(column, 0, map.columns);
    const std::int64_t last =
        std::clamp<std::int64_t>(std::int64_t{column} + map.box_columns, 0, map.columns);
    if (row < 0 || row >= map.rows || first >= last) return;
    first_byte = static_cast<std::size_t>((first - column) * map.element_bytes);
    bytes = static_cast<std::size_t>((last - first) * map.element_bytes);
    source = row * map.row_bytes + first * map.element_bytes;
  }
};

/// Calls `visit(place, source, bytes)` for runs of bytes of the box that lie within the matrix:
/// where they are from the box's start in shared memory at `address`, and in the matrix.
template <typename Visit>
void for_each_run(const TensorFields& map, std::size_t address, int column, int row, Visit visit) {
  for (int i = 0; i < map.box_rows; ++i) {
    const InsideRow inside(map, column, row + i);
    std::size_t done = 0;
    while (done < inside.bytes) {
      const std::size_t in_box =
          static_cast<std::size_t>(i) * map.box_row_bytes() + inside.first_byte + done;
      const std::size_t bytes = std::min(inside.bytes - done, kChunkBytes - in_box % kChunkBytes);
      visit(swizzled_address(address + in_box, map.swizzle_bytes) - address,
            inside.source + static_cast<std::int64_t>(done), bytes);
      done += bytes;
    }
  }
}

void begin_load(void* shared, SharedBarrier* barrier, std::vector<unsigned char> data,
                unsigned blocks) {
  const std::size_t to = self().block->offset_of(shared, data.size());
  const std::size_t counter = self().block->offset_of(barrier, sizeof *barrier);
  for (unsigned rank = 0; rank < 16; ++rank) {
    if ((blocks >> rank & 1) != 0) {
      machine().begin(BulkLoad{&machine().block_of_rank(rank), to, counter, data});
    }
  }
}

void load_box(void* shared, const TensorFields& map, int column, int row, SharedBarrier* barrier,
              unsigned blocks) {
  require_aligned(shared, 128, "tensor_load to shared memory");
  self().block->prefetched.erase({map.data, column, row});
  std::vector<unsigned char> data(map.box_bytes());
  for_each_run(map, shared_address(shared), column, row,
               [&](std::size_t place, std::int64_t source, std::size_t bytes) {
                 note_access(map.data + source, bytes, false);
                 std::memcpy(&data[place], map.data + source, bytes);
               });
  begin_load(shared, barrier, std::move(data), blocks);
}

void read(BulkStore& store, const Block& block) {
  if (std::exchange(store.read, true)) return;
  for (const BulkStore::Piece& piece : store.pieces) {
    const std::size_t read = store.data.size();
    store.data.resize(read + piece.bytes);
    block.read_async(piece.from, piece.bytes, &store.data[read]);
  }
}

void write(const BulkStore& store) {
  const unsigned char* data = store.data.data();
  for (const BulkStore::Piece& piece : store.pieces) {
    note_access(piece.to, piece.bytes, true);
    std::memcpy(piece.to, data, piece.bytes);
    data += piece.bytes;
  }
}

/// Copies all of shared memory, once a fence of each thread: the sanitizers' memcpy is slow.
__attribute__((no_sanitize("address", "undefined"))) void copy_fast(const unsigned char* from,
                                                                    unsigned char* to,
                                                                    std::size_t bytes) {
  using Word [[gnu::may_alias]] = std::uint64_t;
  const std::size_t words = bytes / sizeof(Word);
  const auto* source = reinterpret_cast<const Word*>(from);
  auto* target = reinterpret_cast<Word*>(to);
  for (std::size_t i = 0; i < words; ++i) target[i] = source[i];
  for (std::size_t i = words * sizeof(Word); i < bytes; ++i) to[i] = from[i];
}

}  // namespace

void Block::read_async(std::size_t offset, std::size_t bytes, void* to) const {
  if (std::memcmp(shared + offset, &async_view[offset], bytes) != 0) {
    machine().fail("an asynchronous read of shared memory at byte " + std::to_string(offset) +
                   ": a thread wrote there without a fence_async_shared, or before the read was "
                   "waited for");
  }
  std::memcpy(to, shared + offset, bytes);
}

void Machine::begin(BulkLoad load) {
  Block& block = *load.block;
  if (block.live == 0) fail("a copy to the shared memory of a block that has ended");
  if (!block.transaction_barrier(load.barrier).fenced) {
    fail("a copy counts on a barrier that is without a barrier_init_fence");
  }
  chance_.fill_with_garbage(block.shared + load.to, load.data.size());
  chance_.fill_with_garbage(&block.async_view[load.to], load.data.size());
  loads_.push_back(std::move(load));
}

void Machine::finish_load(std::size_t index) {
  const auto next = loads_.begin() + static_cast<std::ptrdiff_t>(index);
  const BulkLoad load = std::move(*next);
  loads_.erase(next);
  Block& block = *load.block;
  if (block.live == 0) fail("a copy arrives in the shared memory of a block that has ended");
  std::ranges::copy(load.data, block.shared + load.to);
  std::ranges::copy(load.data, &block.async_view[load.to]);
  TransactionBarrier& barrier = block.transaction_barrier(load.barrier);
  barrier.bytes -= static_cast<std::int64_t>(load.data.size());
  barrier.complete_if_done();
}

void finish_bulk_stores(Thread& thread) {
  const auto unread = [](const BulkStore& store) { return !store.read; };
  if (!thread.bulk_stores.open.empty()) {
    machine().fail("ended with bulk stores that it had not committed");
  }
  for (const auto& group : thread.bulk_stores.closed) {
    if (std::ranges::any_of(group, unread)) {
      machine().fail("ended without waiting until its bulk stores had read the shared memory");
    }
    std::ranges::for_each(group, write);
  }
}

}  // namespace simt

void bulk_load(void* shared, const void* global, unsigned bytes, SharedBarrier* barrier,
               std::uint64_t) {
  simt::require_aligned(shared, 16, "bulk_load to shared memory");
  simt::require_aligned(global, 16, "bulk_load from device memory");
  if (bytes == 0 || bytes % 16 != 0)
    simt::machine().fail("bulk_load of a size that 16 does not divide");
  std::vector<unsigned char> data(bytes);
  simt::note_access(global, bytes, false);
  std::memcpy(data.data(), global, bytes);
  simt::begin_load(shared, barrier, std::move(data), 1U << cluster_rank());
}

void tensor_load(void* shared, const TensorMap* map, int column, int row, SharedBarrier* barrier,
                 std::uint64_t) {
  simt::load_box(shared, simt::fields_of(*map), column, row, barrier, 1U << cluster_rank());
}

void tensor_prefetch(const TensorMap* tensor_map, int column, int row) {
  const simt::TensorFields map = simt::fields_of(*tensor_map);
  if (row < 0 || row >= map.rows || column < 0 || column >= map.columns) {
    simt::machine().fail("tensor_prefetch of a box at column " + std::to_string(column) + ", row " +
                         std::to_string(row) + ": outside of the matrix");
  }
  simt::self().block->prefetched.insert({map.data, column, row});
}

void tensor_load_multicast(void* shared, const TensorMap* map, int column, int row,
                           SharedBarrier* barrier, std::uint16_t blocks, std::uint64_t) {
  simt::load_box(shared, simt::fields_of(*map), column, row, barrier, blocks);
}

void bulk_store(void* global, const void* shared, unsigned bytes) {
  simt::require_aligned(shared, 16, "bulk_store from shared memory");
  simt::require_aligned(global, 16, "bulk_store to device memory");
  if (bytes == 0 || bytes % 16 != 0)
    simt::machine().fail("bulk_store of a size that 16 does not divide");
  simt::Thread& thread = simt::self();
  thread.bulk_stores.open.push_back(
      {.pieces = {{thread.block->offset_of(shared, bytes), global, bytes}}});
}

void tensor_store(const TensorMap* tensor_map, const void* shared, int column, int row) {
  const simt::TensorFields map = simt::fields_of(*tensor_map);
  simt::require_aligned(shared, 128, "tensor_store from shared memory");
  simt::Thread& thread = simt::self();
  const std::size_t from = thread.block->offset_of(shared, map.box_bytes());
  simt::BulkStore store;
  simt::for_each_run(map, shared_address(shared), column, row,
                     [&](std::size_t place, std::int64_t target, std::size_t bytes) {
                       auto* to = const_cast<unsigned char*>(map.data) + target;
                       store.pieces.push_back({from + place, to, bytes});
                     });
  thread.bulk_stores.open.push_back(std::move(store));
}

void bulk_commit() { simt::self().bulk_stores.commit(); }

void bulk_wait_read_until(std::size_t pending) {
  simt::Thread& thread = simt::self();
  auto& groups = thread.bulk_stores.closed;
  for (std::size_t i = 0; i + pending < groups.size(); ++i) {
    for (simt::BulkStore& store : groups[i]) simt::read(store, *thread.block);
  }
}

void bulk_wait_until(std::size_t pending) {
  bulk_wait_read_until(pending);
  for (const auto& group : simt::self().bulk_stores.take_all_but(pending)) {
    std::ranges::for_each(group, simt::write);
  }
}

void fence_async_shared() {
  simt::Block& block = *simt::self().block;
  simt::copy_fast(block.shared, block.async_view.data(), block.shared_bytes);
}

}  // namespace gpugauge
