#pragma once

// The machine under the names that kernels see: threads as fibers, a few clusters of blocks at a
// time. A thread runs until it must wait for another; then the first in the schedule's order of
// those that can go on does. A warp so runs as far ahead of the others as their barriers let it.

#include <vector_types.h>

#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernels/cuda/machine/launch_shape.hpp"
#include "tests/simt/block.hpp"
#include "tests/simt/schedule.hpp"

namespace gpugauge::simt {

/// A kernel did what no machine allows, or waits for what does not come.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What makes a thread that waits unwind when the launch has failed.
struct Cancelled {};

/// How a launch stands to the one before it.
enum class Start : std::uint8_t {
  kAfterPrevious,
  kEarly,  ///< with programmatic dependent launch: it may begin before that one has done anything
};

/// One launch.
class Machine {
 public:
  Machine(const char* kernel, const LaunchShape& shape, std::function<void()> body,
          Start start = Start::kAfterPrevious);
  ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  void run();

  Thread& self() { return *self_; }
  Block& block_of_rank(unsigned rank);
  Chance& chance() { return chance_; }

  /// Suspends this thread until `wake`.
  void wait(const WaitPoint& where);
  void wake(Thread& thread);
  /// Lets the others go first for once.
  void step_back();

  /// Counts this thread and, if it is the last, lets all go on. Gives the sum of the votes.
  unsigned meet(ThreadBarrier& barrier, const WaitPoint& where, unsigned expected, unsigned vote);

  /// A load arrives as late as it can: when no thread can go on without it. Until then there is
  /// garbage.
  void begin(BulkLoad load);
  /// Performed as late as it can be, or when its thread releases it.
  void begin(RemoteArrival arrival) { arrivals_.push_back(arrival); }
  /// Performs this thread's arrivals.
  void release_arrivals();

  /// Suspends this thread until no other can go on, if the launch before may not have ended.
  void wait_for_previous();
  void allow_next();
  /// Whether the thread that runs may do so before the launch before this one has done anything.
  bool is_early() const { return self_ != nullptr && self_->block->cluster->early; }
  /// After the run: whether a thread waited for the launch before it, and whether the launch after
  /// it may begin before that wait has ended.
  bool waited_for_previous() const { return waited_for_previous_; }
  bool next_may_be_early_too() const { return started_early_ && !next_must_wait_; }

  /// Throws Error, with the kernel, the block and the thread.
  [[noreturn]] void fail(const std::string& what) const;

 private:
  void start_cluster(Cluster& cluster, std::size_t number);
  void start_block(Block& block, std::size_t number);
  void resume(Thread& thread);
  void thread_main();
  void ended(Thread& thread);
  void block_ended(Block& block);
  void cluster_ended(const Cluster& cluster);
  Thread* next_ready();
  bool wake_stepped_back();
  bool finish_a_copy_or_arrival();
  void finish_load(std::size_t index);
  void perform(const RemoteArrival& arrival);
  bool end_previous();
  void release_if_full(ThreadBarrier& barrier, unsigned live);
  [[noreturn]] void fail_deadlock() const;
  void cancel();
  std::size_t choose(std::size_t count);

  const char* kernel_;
  LaunchShape shape_;
  std::function<void()> kernel_body_;
  std::function<void()> thread_body_;
  bool started_early_;
  Schedule schedule_;
  Chance chance_;
  std::vector<Cluster> clusters_;  ///< those that run
  std::vector<Thread*> order_;
  std::vector<std::uint64_t> ready_;  ///< a bit a place
  std::vector<Thread*> stepped_back_;
  std::vector<Thread*> waiting_for_previous_;
  std::deque<BulkLoad> loads_;
  std::deque<RemoteArrival> arrivals_;
  unsigned rounds_of_waiting_ = 0;
  bool waited_for_previous_ = false;
  bool next_must_wait_ = false;  ///< a block allowed it only after its own wait
  Thread* self_ = nullptr;
  bool cancelling_ = false;
  std::exception_ptr error_;
};

/// Writes what the thread's bulk stores have read; fails if there is any that has not.
void finish_bulk_stores(Thread& thread);

/// Fails if warps of one warpgroup did not multiply the same.
void require_same_products(const Block& block);

/// The machine that runs the kernel which asks.
Machine& machine();
inline Thread& self() { return machine().self(); }
/// Whether a thread runs before the launch before its own may have begun. False outside a kernel.
bool is_early();

/// The special registers of the thread that runs.
struct SpecialRegisters {
  uint3 thread{}, block{};
  dim3 block_extent, grid_extent;
};
extern SpecialRegisters special_registers;

/// What to call the place in a message.
std::string described(const WaitPoint& where);

/// Fails unless the address is a multiple of `alignment`.
void require_aligned(const void* pointer, std::size_t alignment, const char* what);

}  // namespace gpugauge::simt
