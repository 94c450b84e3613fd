#include "tests/simt/machine.hpp"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <new>
#include <numeric>
#include <utility>

namespace gpugauge::simt {
namespace {

constexpr std::align_val_t kSharedAlignment{1024};
constexpr int kMaxSharedBytes = 227 * 1024;  // Hopper's
constexpr std::size_t kClustersAtOnce = 3;   // in a shuffled schedule; one in the others

Machine*& machine_in_force() {
  static Machine* machine = nullptr;
  return machine;
}

/// Fibers are kept from launch to launch: making one maps memory.
Fiber& pooled_fiber(std::size_t index) {
  static std::vector<std::unique_ptr<Fiber>> pool;
  while (pool.size() <= index) pool.push_back(std::make_unique<Fiber>());
  return *pool[index];
}

}  // namespace

SpecialRegisters special_registers;

Machine& machine() {
  if (machine_in_force() == nullptr) throw Error("called outside a kernel");
  return *machine_in_force();
}

bool is_early() { return machine_in_force() != nullptr && machine_in_force()->is_early(); }

void require_aligned(const void* pointer, std::size_t alignment, const char* what) {
  if (reinterpret_cast<std::uintptr_t>(pointer) % alignment != 0) {
    machine().fail(std::string(what) + ": the address is not a multiple of " +
                   std::to_string(alignment) + " bytes");
  }
}

std::size_t Block::offset_of(const void* pointer, std::size_t bytes) const {
  const auto* byte = static_cast<const unsigned char*>(pointer);
  if (byte < shared || byte + bytes > shared + shared_bytes) {
    machine().fail("an address that is not in the " + std::to_string(shared_bytes) +
                   " bytes of the block's shared memory");
  }
  return static_cast<std::size_t>(byte - shared);
}

Machine::Machine(const char* kernel, const LaunchShape& shape, std::function<void()> body,
                 Start start)
    : kernel_(kernel),
      shape_(shape),
      kernel_body_(std::move(body)),
      thread_body_([this] { thread_main(); }),
      started_early_(start == Start::kEarly),
      schedule_(current_schedule()),
      chance_(schedule_.seed) {
  const auto require = [&](bool holds, const char* what) {
    if (!holds) throw Error(std::string("launch of ") + kernel + ": " + what);
  };
  require(machine_in_force() == nullptr, "from inside a kernel");
  require(shape.threads >= 1 && shape.threads <= 1024, "1 to 1024 threads a block");
  require(shape.blocks >= 1 && shape.blocks_y >= 1 && shape.blocks_z >= 1, "no blocks");
  require(shape.blocks_y <= 65535 && shape.blocks_z <= 65535,
          "more than 65535 blocks along y or z");
  require(shape.shared_bytes >= 0 && shape.shared_bytes <= kMaxSharedBytes,
          "more than 227 KiB of shared memory");
  require(shape.cluster >= 1 && shape.cluster <= 8 && shape.blocks % shape.cluster == 0,
          "clusters are of 1 to 8 blocks and divide the blocks along x");

  const std::size_t clusters =
      std::size_t{shape.blocks / shape.cluster} * shape.blocks_y * shape.blocks_z;
  clusters_.resize(
      schedule_.order == Schedule::Order::kShuffled ? std::min(clusters, kClustersAtOnce) : 1);
  for (Cluster& cluster : clusters_) {
    cluster.blocks.resize(shape.cluster);
    for (unsigned rank = 0; rank < shape.cluster; ++rank) {
      Block& block = cluster.blocks[rank];
      block.cluster = &cluster;
      block.rank = rank;
      block.shared_bytes = static_cast<std::size_t>(shape.shared_bytes);
      block.shared =
          static_cast<unsigned char*>(::operator new(block.shared_bytes, kSharedAlignment));
      block.async_view.resize(block.shared_bytes);
      block.threads.resize(shape.threads);
      for (Thread& thread : block.threads) {
        thread.fiber = &pooled_fiber(order_.size());
        order_.push_back(&thread);
      }
    }
  }
  if (schedule_.order == Schedule::Order::kDescending) std::reverse(order_.begin(), order_.end());
  for (std::size_t place = 0; place < order_.size(); ++place) order_[place]->place = place;
  ready_.resize((order_.size() + 63) / 64);
  machine_in_force() = this;
}

Machine::~Machine() {
  machine_in_force() = nullptr;
  for (Cluster& cluster : clusters_) {
    for (Block& block : cluster.blocks) ::operator delete(block.shared, kSharedAlignment);
  }
}

Block& Machine::block_of_rank(unsigned rank) {
  std::vector<Block>& blocks = self_->block->cluster->blocks;
  if (rank >= blocks.size()) fail("no block " + std::to_string(rank) + " in the cluster");
  return blocks[rank];
}

void Machine::run() {
  const std::size_t clusters =
      std::size_t{shape_.blocks / shape_.cluster} * shape_.blocks_y * shape_.blocks_z;
  special_registers.block_extent = dim3(shape_.threads);
  special_registers.grid_extent = dim3(shape_.blocks, shape_.blocks_y, shape_.blocks_z);
  std::vector<std::size_t> order(clusters);
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (schedule_.order == Schedule::Order::kDescending) std::reverse(order.begin(), order.end());
  if (schedule_.order == Schedule::Order::kShuffled) {
    for (std::size_t i = clusters; i > 1; --i) std::swap(order[i - 1], order[chance_.below(i)]);
  }
  std::size_t next = 0, running = 0;
  const auto start_next = [&](Cluster& cluster) {
    if (next == clusters) return;
    start_cluster(cluster, order[next++]);
    ++running;
  };
  try {
    for (Cluster& cluster : clusters_) start_next(cluster);
    while (running > 0) {
      if (Thread* thread = next_ready()) {
        Cluster& cluster = *thread->block->cluster;
        resume(*thread);
        if (cluster.live > 0) continue;
        cluster_ended(cluster);
        --running;
        start_next(cluster);
      } else if (!wake_stepped_back() && !finish_a_copy_or_arrival() && !end_previous()) {
        fail_deadlock();
      }
    }
  } catch (...) {
    cancel();
    throw;
  }
}

void Machine::start_cluster(Cluster& cluster, std::size_t number) {
  cluster.live = 0;
  cluster.barrier = {};
  cluster.early = started_early_;
  for (Block& block : cluster.blocks) start_block(block, number * shape_.cluster + block.rank);
}

void Machine::start_block(Block& block, std::size_t number) {
  block.index = uint3{static_cast<unsigned>(number % shape_.blocks),
                      static_cast<unsigned>(number / shape_.blocks % shape_.blocks_y),
                      static_cast<unsigned>(number / shape_.blocks / shape_.blocks_y)};
  chance_.fill_with_garbage(block.shared, block.shared_bytes);
  std::copy_n(block.shared, block.shared_bytes, block.async_view.begin());
  block.barriers = {};
  block.transaction_barriers.clear();
  block.registers.clear();
  block.allowed_next = false;
  block.prefetched.clear();
  block.warps.assign((shape_.threads + 31) / 32, Warp{});
  if (shape_.threads % 32 != 0) block.warps.back().exited = ~0U << (shape_.threads % 32);
  block.live = shape_.threads;
  for (unsigned i = 0; i < shape_.threads; ++i) {
    Thread& thread = block.threads[i];
    const std::size_t place = thread.place;
    Fiber* fiber = thread.fiber;
    thread = Thread{};
    thread.block = &block;
    thread.index = i;
    thread.lane = i % 32;
    thread.warp = i / 32;
    thread.place = place;
    thread.fiber = fiber;
    thread.live = true;
    thread.fiber->start(thread_body_);
    wake(thread);
  }
  block.cluster->live += block.live;
}

void Machine::block_ended(Block& block) {
  if (!block.allowed_next && !block.cluster->early) next_must_wait_ = true;
  if (!block.prefetched.empty()) {
    fail("the block ended with " + std::to_string(block.prefetched.size()) +
         " boxes that it had prefetched and not loaded");
  }
  const auto arrival = std::ranges::find(arrivals_, &block, &RemoteArrival::block);
  if (arrival == arrivals_.end()) return;
  fail("the block ended while thread " + std::to_string(arrival->by->index) + " of block " +
       std::to_string(arrival->by->block->rank) +
       " of the cluster still arrives at its barrier at byte " + std::to_string(arrival->barrier) +
       " of shared memory: no cluster_sync that releases lies between");
}

void Machine::cluster_ended(const Cluster& cluster) {
  for (const Block& block : cluster.blocks) require_same_products(block);
  const auto lost = std::ranges::count_if(
      loads_, [&](const BulkLoad& load) { return load.block->cluster == &cluster; });
  if (lost > 0) {
    fail("the block ended while copies to its shared memory were under way: nobody waited for " +
         std::to_string(lost) + " of them");
  }
}

void Machine::thread_main() {
  try {
    if (!cancelling_) kernel_body_();
  } catch (const Cancelled&) {
  } catch (...) {
    error_ = std::current_exception();
  }
}

void Machine::resume(Thread& thread) {
  self_ = &thread;
  special_registers.thread = uint3{thread.index, 0, 0};
  special_registers.block = thread.block->index;
  thread.fiber->resume();
  if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
  if (thread.fiber->done()) ended(thread);
  self_ = nullptr;
}

void Machine::ended(Thread& thread) {
  Block& block = *thread.block;
  Warp& warp = block.warps[thread.warp];
  thread.live = false;
  warp.exited |= 1U << thread.lane;
  for (const Meeting& meeting : warp.meetings) {
    if ((meeting.mask >> thread.lane & 1) != 0) {
      fail(std::string("ended while other lanes of its warp wait for it at ") + meeting.name);
    }
  }
  if (!warp.products.accumulators.empty()) fail("ended without a wait for its products by wgmma");
  finish_bulk_stores(thread);
  Cluster& cluster = *block.cluster;
  --block.live, --cluster.live;
  for (ThreadBarrier& barrier : block.barriers) release_if_full(barrier, block.live);
  release_if_full(cluster.barrier, cluster.live);
  if (block.live == 0) block_ended(block);
}

Thread* Machine::next_ready() {
  const std::size_t start =
      schedule_.order == Schedule::Order::kShuffled ? chance_.below(order_.size()) : 0;
  const std::size_t words = ready_.size();
  for (std::size_t i = 0; i <= words; ++i) {
    const std::size_t word = (start / 64 + i) % words;
    std::uint64_t bits = ready_[word];
    if (i == 0) bits &= ~std::uint64_t{0} << (start % 64);
    if (bits == 0) continue;
    const std::size_t place = word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
    ready_[word] &= ~(std::uint64_t{1} << (place % 64));
    return order_[place];
  }
  return nullptr;
}

void Machine::wake(Thread& thread) {
  ready_[thread.place / 64] |= std::uint64_t{1} << (thread.place % 64);
  rounds_of_waiting_ = 0;
}

void Machine::fail(const std::string& what) const {
  std::string message = std::string("kernel ") + kernel_;
  if (self_ != nullptr) {
    const uint3& block = self_->block->index;
    message += ", block (" + std::to_string(block.x) + ", " + std::to_string(block.y) + ", " +
               std::to_string(block.z) + "), thread " + std::to_string(self_->index);
  }
  throw Error(message + ", schedule " + schedule_.name() + ": " + what);
}

void Machine::fail_deadlock() const {
  std::map<std::string, int> waiting;
  for (const Thread* thread : order_) {
    if (!thread->live) continue;
    const uint3& block = thread->block->index;
    ++waiting[described(thread->waits_at) + " of block (" + std::to_string(block.x) + ", " +
              std::to_string(block.y) + ", " + std::to_string(block.z) + ")"];
  }
  std::string message = "deadlock";
  for (const auto& [where, count] : waiting) {
    message += (message == "deadlock" ? ": " : ", ") + std::to_string(count) +
               (count == 1 ? " thread waits at " : " threads wait at ") + where;
  }
  const auto ended =
      std::ranges::count_if(order_, [](const Thread* thread) { return !thread->live; });
  fail(message + "; " + std::to_string(ended) + " have ended");
}

void Machine::cancel() {
  cancelling_ = true;
  for (Thread* thread : order_) {
    self_ = thread;
    while (thread->fiber != nullptr && !thread->fiber->done()) thread->fiber->resume();
  }
  self_ = nullptr;
}

}  // namespace gpugauge::simt
