#include "harness/device/core_clock.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace gpugauge {

std::optional<double> measure_core_clock_mhz() {
#if defined(__x86_64__) || defined(__aarch64__)
  constexpr int kRuns = 3;
  constexpr int kRounds = 256;
  constexpr int kAddsPerRound = 128;  // of the text below
  using Clock = std::chrono::steady_clock;
  double best_mhz = 0.0;
  for (int run = 0; run < kRuns; ++run) {
    std::uint64_t sum = 1;
    const std::uint64_t step = 3;  // in a register: some cores add small constants for nothing
    const auto begin = Clock::now();
    for (int round = 0; round < kRounds; ++round) {
#if defined(__x86_64__)
      asm volatile(".rept 128\n\tadd %1, %0\n\t.endr" : "+r"(sum) : "r"(step) : "cc");
#else
      asm volatile(".rept 128\n\tadd %0, %0, %1\n\t.endr" : "+r"(sum) : "r"(step));
#endif
    }
    const std::chrono::duration<double, std::micro> time = Clock::now() - begin;
    best_mhz = std::max(best_mhz, kRounds * kAddsPerRound / time.count());
  }
  return best_mhz;
#else
  return std::nullopt;
#endif
}

}  // namespace gpugauge
