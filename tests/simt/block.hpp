#pragma once

// What a block that runs holds: its threads and warps, shared memory and barriers, and what is
// under way between them.

#include <vector_types.h>

#include <array>
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "tests/simt/fiber.hpp"

namespace gpugauge::simt {

/// Where a thread waits: `format` (printf) with `name` and the two numbers.
struct WaitPoint {
  const char* format = "";
  const char* name = "";
  long first = 0, second = 0;
};

struct Thread;

/// A barrier among threads.
struct ThreadBarrier {
  unsigned expected = 0;  ///< 0: all that have not ended
  unsigned votes = 0;
  std::vector<Thread*> waiting;
};

/// A collective that some lanes of a warp have reached.
struct Meeting {
  const char* name;
  unsigned mask, arrived = 0;
  void* arguments[32] = {};
};

/// A barrier in shared memory that counts arrivals and bytes.
struct TransactionBarrier {
  unsigned expected = 0;   ///< arrivals a phase
  unsigned pending = 0;    ///< arrivals still to come
  std::int64_t bytes = 0;  ///< still to come; below 0 where copies came before they were expected
  unsigned phase = 0;
  bool fenced = false;  ///< visible to the copy engine and to other blocks
  std::vector<Thread*> waiting;

  /// Counts an arrival; `offset` is the barrier's, for messages.
  void arrive(std::size_t offset);
  /// Ends the phase if nothing is to come.
  void complete_if_done();
};

/// Sixteen bytes on their way to shared memory.
struct Copy16 {
  void* to;
  std::array<unsigned char, 16> data;
};

/// Runs of bytes to be read from shared memory and written to device memory.
struct BulkStore {
  struct Piece {
    std::size_t from;  ///< offset in shared memory
    void* to;
    std::size_t bytes;
  };
  std::vector<Piece> pieces;
  std::vector<unsigned char> data{};  ///< of all pieces, once read
  bool read = false;
};

/// Groups of asynchronous operations of one thread, the oldest first.
template <typename Operation>
struct Groups {
  std::vector<Operation> open;
  std::vector<std::vector<Operation>> closed;

  void commit() { closed.push_back(std::move(open)), open.clear(); }
  /// Takes out the oldest groups, all but `pending`, in order.
  std::vector<std::vector<Operation>> take_all_but(std::size_t pending) {
    std::vector<std::vector<Operation>> taken;
    if (closed.size() > pending) {
      const auto end = closed.end() - static_cast<std::ptrdiff_t>(pending);
      taken.assign(std::move_iterator(closed.begin()), std::move_iterator(end));
      closed.erase(closed.begin(), end);
    }
    return taken;
  }
};

/// The accumulator of a warp while products into it are under way: its registers hold garbage then.
struct WarpAccumulator {
  std::array<void*, 32> registers;    ///< of each lane
  std::vector<std::uint32_t> values;  ///< lane by lane
  int products = 0;                   ///< under way
};

/// The asynchronous matrix products of a warp, one of the four of a warpgroup.
struct WarpProducts {
  struct Product {
    std::shared_ptr<WarpAccumulator> d;
    std::function<void(std::vector<std::uint32_t>&)> run;
  };
  Groups<Product> groups;
  std::vector<std::shared_ptr<WarpAccumulator>> accumulators;
  bool fenced = false;
  std::uint64_t history = 0;  ///< a hash of what was multiplied: the same in the four warps
};

struct Block;
struct Cluster;

struct Thread {
  Block* block = nullptr;
  unsigned index = 0, lane = 0, warp = 0;
  std::size_t place = 0;  ///< in the order of the schedule
  Fiber* fiber = nullptr;
  bool live = false;
  unsigned votes = 0;  ///< of the barrier that it last passed
  WaitPoint waits_at;
  Groups<Copy16> copies;
  Groups<BulkStore> bulk_stores;
};

struct Warp {
  std::vector<Meeting> meetings;
  WarpProducts products;
  unsigned exited = 0;  ///< lanes
};

/// A box that L2 was asked for: of which matrix, and its first element.
struct PrefetchedBox {
  const void* matrix;
  int column, row;
  auto operator<=>(const PrefetchedBox&) const = default;
};

/// A block of the cluster that runs.
struct Block {
  Cluster* cluster = nullptr;
  uint3 index{};
  unsigned rank = 0;  ///< in the cluster
  unsigned live = 0;
  unsigned char* shared = nullptr;  ///< `shared_bytes`, between redzones
  std::size_t shared_bytes = 0;
  /// What the copy engine and wgmma see of shared memory: what threads wrote comes with a fence.
  std::vector<unsigned char> async_view;
  std::vector<Thread> threads;
  std::vector<Warp> warps;
  std::array<ThreadBarrier, 16> barriers;
  std::map<std::size_t, TransactionBarrier> transaction_barriers;  ///< by offset
  std::map<unsigned, int> registers;   ///< a thread's, of each warp that has taken or given some
  bool allowed_next = false;           ///< a thread called `allow_next`
  std::set<PrefetchedBox> prefetched;  ///< and not loaded since

  /// Of an address in its shared memory; fails for any other.
  std::size_t offset_of(const void* pointer, std::size_t bytes) const;
  /// Reads as the copy engine and wgmma do; fails where a thread wrote without a fence since.
  void read_async(std::size_t offset, std::size_t bytes, void* to) const;
  /// What stands there; fails unless it was initialised, and not overwritten since.
  TransactionBarrier& transaction_barrier(std::size_t offset);
};

/// Blocks that run at once and reach each other's shared memory.
struct Cluster {
  std::vector<Block> blocks;
  ThreadBarrier barrier;
  unsigned live = 0;  ///< threads
  /// With programmatic dependent launch: the launch before this one may not have begun.
  bool early = false;
};

/// An arrival at a barrier of another block that has not been performed.
struct RemoteArrival {
  Block* block;
  std::size_t barrier;  ///< offset
  const Thread* by;
};

/// Bytes on their way to the shared memory of a block, and the barrier that counts them.
struct BulkLoad {
  Block* block;
  std::size_t to;       ///< offset
  std::size_t barrier;  ///< offset
  std::vector<unsigned char> data;
};

}  // namespace gpugauge::simt
