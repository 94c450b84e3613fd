#include <cstring>
#include <string>

#include "tests/simt/hopper.hpp"

namespace gpugauge {
namespace simt {
namespace {

constexpr std::int64_t kMaxBytes = (1 << 20) - 1;  // that a barrier can count

/// What stands in memory where a barrier is.
std::uint64_t mark_of(std::size_t offset) { return 0x4241525249455221ULL ^ offset; }

std::string place_of(std::size_t offset) {
  return "the barrier at byte " + std::to_string(offset) + " of shared memory ";
}

void arrive(Block& block, std::size_t offset) { block.transaction_barrier(offset).arrive(offset); }

std::size_t own_offset(const SharedBarrier* barrier) {
  require_aligned(barrier, sizeof *barrier, "a barrier");
  return self().block->offset_of(barrier, sizeof *barrier);
}

}  // namespace

TransactionBarrier& Block::transaction_barrier(std::size_t offset) {
  const auto found = transaction_barriers.find(offset);
  if (found == transaction_barriers.end()) {
    machine().fail(place_of(offset) + "was not initialised");
  }
  std::uint64_t mark;
  std::memcpy(&mark, shared + offset, sizeof mark);
  if (mark != mark_of(offset)) machine().fail(place_of(offset) + "was overwritten");
  return found->second;
}

void TransactionBarrier::arrive(std::size_t offset) {
  if (pending == 0) {
    machine().fail(place_of(offset) + "has more arrivals than the " + std::to_string(expected) +
                   " of a phase");
  }
  --pending;
  complete_if_done();
}

void TransactionBarrier::complete_if_done() {
  if (bytes < -kMaxBytes || bytes > kMaxBytes) {
    machine().fail("a barrier counts at most 2^20 - 1 bytes");
  }
  if (pending != 0 || bytes != 0) return;
  pending = expected;
  ++phase;
  for (Thread* thread : waiting) machine().wake(*thread);
  waiting.clear();
}

}  // namespace simt

void barrier_init(SharedBarrier* barrier, unsigned arrivals) {
  const std::size_t offset = simt::own_offset(barrier);
  if (arrivals == 0 || arrivals >= 1U << 20) {
    simt::machine().fail(simt::place_of(offset) + "needs 1 to 2^20 - 1 arrivals");
  }
  simt::TransactionBarrier& state = simt::self().block->transaction_barriers[offset];
  state = {};
  state.expected = state.pending = arrivals;
  const std::uint64_t mark = simt::mark_of(offset);
  std::memcpy(barrier, &mark, sizeof mark);
}

void barrier_init_fence() {
  for (auto& [offset, barrier] : simt::self().block->transaction_barriers) barrier.fenced = true;
}

void barrier_arrive(SharedBarrier* barrier) {
  simt::arrive(*simt::self().block, simt::own_offset(barrier));
}

void barrier_arrive_expecting(SharedBarrier* barrier, unsigned bytes) {
  simt::Block& block = *simt::self().block;
  const std::size_t offset = simt::own_offset(barrier);
  block.transaction_barrier(offset).bytes += bytes;
  simt::arrive(block, offset);
}

void barrier_arrive_in(SharedBarrier* barrier, unsigned rank) {
  const std::size_t offset = simt::own_offset(barrier);
  simt::Block& block = simt::machine().block_of_rank(rank);
  if (block.live == 0) simt::machine().fail("arrives at a barrier of a block that has ended");
  if (!block.transaction_barrier(offset).fenced) {
    simt::machine().fail(simt::place_of(offset) + "is without a barrier_init_fence");
  }
  if (&block == simt::self().block) {
    simt::arrive(block, offset);
  } else {
    simt::machine().begin(simt::RemoteArrival{&block, offset, &simt::self()});
  }
}

void barrier_wait(SharedBarrier* barrier, unsigned parity) {
  const std::size_t offset = simt::own_offset(barrier);
  if (parity > 1) simt::machine().fail("the parity of a phase is 0 or 1");
  while (true) {
    // Looked up again each time: the waiter is who asks whether it still stands.
    simt::TransactionBarrier& state = simt::self().block->transaction_barrier(offset);
    if (state.phase % 2 != parity) return;
    state.waiting.push_back(&simt::self());
    simt::machine().wait({.format = "%s at byte %ld, phase of parity %ld,",
                          .name = "mbarrier",
                          .first = static_cast<long>(offset),
                          .second = static_cast<long>(parity)});
  }
}

bool barrier_has_ended(SharedBarrier* barrier, unsigned parity) {
  if (parity > 1) simt::machine().fail("the parity of a phase is 0 or 1");
  return simt::self().block->transaction_barrier(simt::own_offset(barrier)).phase % 2 != parity;
}

void cluster_meet() {
  simt::machine().meet(simt::self().block->cluster->barrier,
                       {.format = "%s", .name = "the cluster barrier"}, 0, 0);
}

void cluster_sync() {
  simt::machine().release_arrivals();
  cluster_meet();
}

}  // namespace gpugauge
