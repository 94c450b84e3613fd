#include <algorithm>
#include <cstdio>
#include <utility>

#include "tests/simt/machine.hpp"

// Who waits for what, and what lets them go on.
namespace gpugauge::simt {
namespace {

constexpr unsigned kMaxRoundsOfWaiting = 10'000;  // of threads that poll and sleep
// Of those while others wait for the launch before: they may poll for what comes after it.
constexpr unsigned kMaxRoundsBeforePrevious = 100;

}  // namespace

std::string described(const WaitPoint& where) {
  char text[160];
  std::snprintf(text, sizeof text, where.format, where.name, where.first, where.second);
  return text;
}

void Machine::wait(const WaitPoint& where) {
  Thread& thread = *self_;
  thread.waits_at = where;
  thread.fiber->suspend();
  if (cancelling_) throw Cancelled{};
}

void Machine::step_back() {
  stepped_back_.push_back(self_);
  wait({.format = "%s", .name = "__nanosleep"});
}

bool Machine::wake_stepped_back() {
  const unsigned most =
      waiting_for_previous_.empty() ? kMaxRoundsOfWaiting : kMaxRoundsBeforePrevious;
  if (stepped_back_.empty() || rounds_of_waiting_ >= most) return false;
  const unsigned rounds = rounds_of_waiting_ + 1;
  finish_a_copy_or_arrival();  // or they would look for it in vain
  for (Thread* thread : std::exchange(stepped_back_, {})) wake(*thread);
  rounds_of_waiting_ = rounds;  // `wake` took it for progress
  return true;
}

void Machine::wait_for_previous() {
  if (!is_early()) return;
  waited_for_previous_ = true;
  waiting_for_previous_.push_back(self_);
  wait({.format = "%s", .name = "wait_for_previous"});
}

bool Machine::end_previous() {
  if (waiting_for_previous_.empty()) return false;
  for (Cluster& cluster : clusters_) cluster.early = false;
  for (Thread* thread : std::exchange(waiting_for_previous_, {})) wake(*thread);
  return true;
}

void Machine::allow_next() {
  Block& block = *self_->block;
  if (!std::exchange(block.allowed_next, true) && !block.cluster->early) next_must_wait_ = true;
}

void Machine::perform(const RemoteArrival& arrival) {
  arrival.block->transaction_barrier(arrival.barrier).arrive(arrival.barrier);
}

void Machine::release_arrivals() {
  for (std::size_t i = 0; i < arrivals_.size();) {
    if (arrivals_[i].by != self_) {
      ++i;
      continue;
    }
    const RemoteArrival arrival = arrivals_[i];
    arrivals_.erase(arrivals_.begin() + static_cast<std::ptrdiff_t>(i));
    perform(arrival);
  }
}

bool Machine::finish_a_copy_or_arrival() {
  if (loads_.empty() && arrivals_.empty()) return false;
  const std::size_t chosen = choose(loads_.size() + arrivals_.size());
  if (chosen < loads_.size()) {
    finish_load(chosen);
    return true;
  }
  const auto found = arrivals_.begin() + static_cast<std::ptrdiff_t>(chosen - loads_.size());
  const RemoteArrival arrival = *found;
  arrivals_.erase(found);
  perform(arrival);
  return true;
}

std::size_t Machine::choose(std::size_t count) {
  if (schedule_.order == Schedule::Order::kShuffled) return chance_.below(count);
  return schedule_.order == Schedule::Order::kDescending ? count - 1 : 0;
}

unsigned Machine::meet(ThreadBarrier& barrier, const WaitPoint& where, unsigned expected,
                       unsigned vote) {
  Thread& thread = *self_;
  if (!barrier.waiting.empty() && barrier.expected != expected) {
    fail(described(where) + ": " + std::to_string(expected) + " threads expected, by others " +
         std::to_string(barrier.expected));
  }
  barrier.expected = expected;
  barrier.votes += vote;
  barrier.waiting.push_back(&thread);
  const Cluster& cluster = *thread.block->cluster;
  release_if_full(barrier, &barrier == &cluster.barrier ? cluster.live : thread.block->live);
  wait(where);
  return thread.votes;
}

void Machine::release_if_full(ThreadBarrier& barrier, unsigned live) {
  const unsigned expected = barrier.expected == 0 ? live : barrier.expected;
  if (barrier.waiting.empty() || barrier.waiting.size() < expected) return;
  for (Thread* thread : barrier.waiting) {
    thread->votes = barrier.votes;
    wake(*thread);
  }
  barrier = {};
}

}  // namespace gpugauge::simt
