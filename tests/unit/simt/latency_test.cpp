#include <gtest/gtest.h>

#include <vector>

#include "tests/simt/simt.hpp"

// The kernel itself, after the emulation that it runs in.
#include "kernels/cuda/latency.cu"

namespace gpugauge {
namespace {

constexpr std::int64_t kLines = 300;  // a block of the linking kernel and a part

struct Chain {
  std::vector<std::uint32_t> cycle = random_cycle(kLines, 1);
  std::vector<char> lines = std::vector<char>(kLines * kChaseLineBytes);

  Chain() { launch_link(Stream{}, lines.data(), cycle.data(), kLines); }
  std::uint64_t address_of(std::int64_t line) const {
    return reinterpret_cast<std::uint64_t>(lines.data() + line * kChaseLineBytes);
  }
};

TEST(SimtPointerChase, EndsWhereTheReferenceEnds) {
  const Chain chain;
  for (std::int64_t steps : {0, 1, 8, 13, 299, 300, 1000}) {
    std::uint64_t position = chain.address_of(0);
    launch_chase(Stream{}, &position, steps);
    EXPECT_EQ(position, chain.address_of(walk(chain.cycle, 0, steps))) << steps;
  }
}

TEST(SimtPointerChase, GoesOnWhereItEnded) {
  const Chain chain;
  std::uint64_t position = chain.address_of(0);
  launch_chase(Stream{}, &position, 20);
  launch_chase(Stream{}, &position, 30);
  EXPECT_EQ(position, chain.address_of(walk(chain.cycle, 0, 50)));
}

TEST(SimtEmptyKernel, CountsWhereItIsAskedTo) {
  std::uint32_t count = 0;
  launch_empty(Stream{}, nullptr);
  launch_empty(Stream{}, &count);
  launch_empty(Stream{}, &count);
  EXPECT_EQ(count, 2U);
}

}  // namespace
}  // namespace gpugauge
