#pragma once

#include <cstddef>
#include <cstdint>

namespace gpugauge::simt {

/// Which of the threads that can run goes on, which block comes next, which copy arrives first; and
/// what lies in memory that nobody wrote.
struct Schedule {
  enum class Order : std::uint8_t { kAscending, kDescending, kShuffled };
  Order order = Order::kAscending;
  std::uint64_t seed = 0;  ///< of the shuffle and of the garbage; 0 makes all garbage 0xFF

  const char* name() const;
};

/// The schedule that `launch` follows.
const Schedule& current_schedule();

/// Sets it while it lives.
class ScheduleScope {
 public:
  explicit ScheduleScope(const Schedule& schedule);
  ~ScheduleScope();
  ScheduleScope(const ScheduleScope&) = delete;
  ScheduleScope& operator=(const ScheduleScope&) = delete;

 private:
  Schedule before_;
};

/// A stream of choices and garbage: xorshift64* (Vigna 2016).
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : all_ones_(seed == 0), state_(seed * 2 + 1) {}

  /// Below `limit`.
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>((next() >> 32) % limit); }
  void fill_with_garbage(void* memory, std::size_t bytes);

 private:
  std::uint64_t next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545F4914F6CDD1DULL;
  }

  bool all_ones_;
  std::uint64_t state_;
};

}  // namespace gpugauge::simt
