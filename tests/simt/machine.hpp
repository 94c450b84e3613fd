#pragma once

// The machine under the names that kernels see: threads as fibers, one cluster of blocks at a time.
// A thread runs until it must wait for another; then the first in the schedule's order of those
// that can go on does. A warp so runs as far ahead of the others as their barriers let it.

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

/// One launch.
class Machine {
 public:
  Machine(const char* kernel, const LaunchShape& shape, std::function<void()> body);
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
  ThreadBarrier& cluster_barrier() { return cluster_barrier_; }

  /// A load arrives as late as it can: when no thread can go on without it. Until then there is
  /// garbage.
  void begin(BulkLoad load);

  /// Throws Error, with the kernel, the block and the thread.
  [[noreturn]] void fail(const std::string& what) const;

 private:
  void run_cluster(std::size_t first_block);
  void start_block(Block& block, std::size_t number);
  void resume(Thread& thread);
  void thread_main();
  void ended(Thread& thread);
  Thread* next_ready();
  bool wake_stepped_back();
  bool finish_a_load();
  void release_if_full(ThreadBarrier& barrier, unsigned live);
  [[noreturn]] void fail_deadlock() const;
  void cancel();
  std::size_t choose(std::size_t count);

  const char* kernel_;
  LaunchShape shape_;
  std::function<void()> kernel_body_;
  std::function<void()> thread_body_;
  Schedule schedule_;
  Chance chance_;
  std::vector<Block> blocks_;
  std::vector<Thread*> order_;
  std::vector<std::uint64_t> ready_;  ///< a bit a place
  std::vector<Thread*> stepped_back_;
  std::deque<BulkLoad> loads_;
  ThreadBarrier cluster_barrier_;
  unsigned live_ = 0;
  unsigned rounds_of_waiting_ = 0;
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

/// The special registers of the thread that runs.
struct SpecialRegisters {
  uint3 thread{}, block{};
  dim3 block_extent, grid_extent;
};
extern SpecialRegisters special_registers;

/// Fails unless the address is a multiple of `alignment`.
void require_aligned(const void* pointer, std::size_t alignment, const char* what);

}  // namespace gpugauge::simt
