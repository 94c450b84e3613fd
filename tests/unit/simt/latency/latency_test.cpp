#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "tests/simt/simt.hpp"

// The kernel itself, after the emulation that it runs in.
#include "kernels/cuda/latency/latency.cu"

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

constexpr int kProcessors = 3;

TEST(SimtProbe, GivesEveryLineItsCycles) {
  Chain chain;
  std::vector<std::uint32_t> itself(kLines);
  std::iota(itself.begin(), itself.end(), 0U);
  launch_link(Stream{}, chain.lines.data(), itself.data(), kLines);
  const auto cycles = simt::in_all_schedules([&] {
    std::vector<std::uint32_t> measured(kLines + 1, ~0U);
    std::uint32_t processor = ~0U;
    launch_probe(Stream{}, chain.lines.data(), kLines, measured.data(), &processor);
    EXPECT_EQ(processor, 0U);
    return measured;
  });
  for (std::size_t line = 0; line < kLines; ++line) EXPECT_EQ(cycles[line], 1U) << line;
  EXPECT_EQ(cycles.back(), ~0U);
}

TEST(SimtProbe, EndsAtALineThatDoesNotLinkToItself) {
  Chain chain;  // no line of a cycle does
  std::vector<std::uint32_t> cycles(kLines, ~0U);
  std::uint32_t processor = 0;
  launch_probe(Stream{}, chain.lines.data(), kLines, cycles.data(), &processor);
  EXPECT_EQ(cycles.front(), ~0U);
  EXPECT_EQ(cycles.back(), ~0U);
}

TEST(SimtBoundChase, IsWalkedOnceWhereItIsBound) {
  simt::in_all_schedules([] {
    const Chain chain;
    for (std::uint32_t processor = 0; processor < kProcessors; ++processor) {
      BoundChase chase{
          .line = chain.address_of(0), .asked = 0, .walked = 0, .processor = processor};
      for (std::int64_t steps : {20, 313}) {
        launch_bound_chase(Stream{}, &chase, steps, kProcessors, bound_chase_shared_bytes());
      }
      EXPECT_EQ(chase.line, chain.address_of(walk(chain.cycle, 0, 333)));
      EXPECT_EQ(chase.asked, 333U);
      EXPECT_EQ(chase.walked, 333U);
    }
  });
}

TEST(SimtBoundChase, ShowsThatNobodyWalkedIt) {
  const Chain chain;
  BoundChase chase{.line = chain.address_of(0), .asked = 0, .walked = 0, .processor = kProcessors};
  launch_bound_chase(Stream{}, &chase, 20, kProcessors, bound_chase_shared_bytes());
  EXPECT_EQ(chase.line, chain.address_of(0));
  EXPECT_EQ(chase.asked, 20U);
  EXPECT_EQ(chase.walked, 0U);
}

TEST(SimtBoundChase, LeavesNoRoomForASecondBlock) {
  const int bytes = bound_chase_shared_bytes();
  EXPECT_EQ(resident_blocks(bound_chase_kernel, 1, bytes), 1);
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
