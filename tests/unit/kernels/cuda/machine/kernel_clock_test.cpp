#include "kernels/cuda/machine/kernel_clock.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace gpugauge {
namespace {

/// What a block wrote in launches of 1000 ns that ran at these clocks.
KernelClock block_of(const std::vector<std::uint64_t>& mhz) {
  KernelClock block{};
  for (std::uint64_t each : mhz) {
    block.spans[block.launches++ % KernelClock::kKept] = {each, 1000};
  }
  return block;
}

TEST(KernelClock, IsTheMedianOfTheNewestLaunchesOfAllBlocks) {
  const std::vector<KernelClock> blocks{block_of({100, 1500, 1700}), block_of({100, 1600, 1800})};
  EXPECT_EQ(kernel_clock_mhz(blocks, 2), 1650);
  EXPECT_EQ(kernel_clock_mhz(blocks, 1), 1750);
  EXPECT_EQ(kernel_clock_mhz(blocks, 100), 1550);
}

TEST(KernelClock, KeepsTheNewestLaunches) {
  std::vector<std::uint64_t> mhz(100, 1200);
  mhz.insert(mhz.end(), KernelClock::kKept - 1, 1755);
  EXPECT_EQ(kernel_clock_mhz({{block_of(mhz)}}, 200), 1755);
  EXPECT_EQ(kernel_clock_mhz({{block_of(mhz)}}, KernelClock::kKept - 1), 1755);
}

TEST(KernelClock, IsUnknownBeforeALaunchAndWhereNoTimePassed) {
  const std::vector<KernelClock> none(3);
  EXPECT_EQ(kernel_clock_mhz(none, 5), std::nullopt);
  KernelClock stood = block_of({1000});
  stood.spans[0].nanoseconds = 0;
  EXPECT_EQ(kernel_clock_mhz({{stood}}, 1), std::nullopt);
}

}  // namespace
}  // namespace gpugauge
