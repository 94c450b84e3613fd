#include "kernels/cuda/latency/l2_sides.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "harness/base/random.hpp"

namespace gpugauge {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::Ge;
using testing::IsEmpty;
using testing::Lt;

constexpr std::size_t kLines = 8192;

/// Evenly spread over `width` cycles.
std::uint32_t jitter(std::size_t line, std::uint32_t width) {
  return static_cast<std::uint32_t>((random_bits(3, line) >> 32) * width >> 32);
}

/// Sixteen slices, each of some cycles of its own.
std::uint32_t slices(std::size_t line) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < 12; ++i) sum += jitter(line * 12 + i, 10);
  return sum;
}

template <typename Cycles>
L2Sides sides_of(const Cycles& cycles) {
  std::vector<std::uint32_t> all(kLines);
  for (std::size_t line = 0; line < kLines; ++line) all[line] = cycles(line);
  return split_sides(all);
}

TEST(SplitSides, FindsTheLinesOfEachPartition) {
  // Far is every second page of 4 KiB, as on a card.
  const auto is_far = [](std::size_t line) { return line / 32 % 2 == 1; };
  const L2Sides sides =
      sides_of([&](std::size_t line) { return (is_far(line) ? 270 : 212) + jitter(line, 20); });
  EXPECT_TRUE(sides.differ);
  EXPECT_EQ(sides.near.size(), kLines * 2 / 5);
  EXPECT_EQ(sides.far.size(), kLines * 2 / 5);
  for (std::uint32_t line : sides.near) ASSERT_FALSE(is_far(line)) << line;
  for (std::uint32_t line : sides.far) ASSERT_TRUE(is_far(line)) << line;
  EXPECT_THAT(sides.near_cycles, AllOf(Ge(212U), Lt(232U)));
  EXPECT_THAT(sides.far_cycles, AllOf(Ge(270U), Lt(290U)));
}

TEST(SplitSides, TakesAPartitionThatHoldsNotQuiteHalf) {
  for (std::size_t tenths : {43, 50, 57}) {
    const L2Sides sides = sides_of([&](std::size_t line) {
      return (jitter(line, 100) < tenths ? 200 : 300) + jitter(line + kLines, 40);
    });
    EXPECT_TRUE(sides.differ) << tenths;
    EXPECT_LT(sides.near_cycles, 240U);
    EXPECT_GE(sides.far_cycles, 300U);
  }
}

TEST(SplitSides, SeesThatThereIsOnePartition) {
  EXPECT_FALSE(sides_of([](std::size_t) { return 250; }).differ);
  EXPECT_FALSE(sides_of([](std::size_t line) { return 250 + jitter(line, 2); }).differ);
  EXPECT_FALSE(sides_of([](std::size_t line) { return 200 + jitter(line, 100); }).differ);
  EXPECT_FALSE(sides_of([](std::size_t line) { return 200 + slices(line); }).differ);
  // Two clusters that hardly differ.
  EXPECT_FALSE(sides_of([](std::size_t line) { return line % 2 == 0 ? 250 : 256; }).differ);
}

TEST(SplitSides, IsNotMisledByAFewSlowLines) {
  const L2Sides sides =
      sides_of([](std::size_t line) { return line % 50 == 0 ? 3000 : 250 + jitter(line, 12); });
  EXPECT_FALSE(sides.differ);
  EXPECT_LT(sides.far_cycles, 262U);
}

TEST(SplitSides, CutsFewLinesToo) {
  const L2Sides sides = split_sides({300, 200, 250, 201, 301});
  EXPECT_THAT(sides.near, ElementsAre(1, 3));
  EXPECT_THAT(sides.far, ElementsAre(0, 4));
  EXPECT_THAT(split_sides({}).near, IsEmpty());
}

}  // namespace
}  // namespace gpugauge
