#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "kernels/implementation.hpp"
#include "kernels/reference/pointer_chase_reference.hpp"
#include "tests/unit/kernels/small_cache_device.hpp"

namespace gpugauge {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kCacheBytes = SmallCacheDevice::kCacheBytes;

Latency chase_of(std::int64_t bytes, std::int64_t count) {
  return {.kind = LatencyKind::kPointerChase, .count = count, .bytes = bytes};
}

const Implementation& chase() {
  return *find_implementation("chase", chase_of(256, 1), Backend::kCpu);
}

TEST(RandomCycle, MeetsEveryLineBeforeItMeetsOneAgain) {
  for (std::int64_t lines : {1, 2, 3, 128, 10'000}) {
    const auto cycle = random_cycle(lines, 7);
    std::uint32_t line = 0;
    for (std::int64_t step = 1; step < lines; ++step) {
      line = cycle[line];
      ASSERT_NE(line, 0U) << lines << " lines, back after " << step;
    }
    EXPECT_EQ(cycle[line], 0U);
  }
}

TEST(RandomCycle, HasNoPattern) {
  const auto cycle = random_cycle(10'000, 7);
  int near = 0;
  for (std::size_t line = 0; line < cycle.size(); ++line) {
    const auto next = static_cast<std::int64_t>(cycle[line]);
    if (std::abs(next - static_cast<std::int64_t>(line)) < 100) ++near;
  }
  EXPECT_NEAR(near, 200, 80);  // of 10 000 about 1 in 50
  EXPECT_NE(cycle, random_cycle(10'000, 8));
}

TEST(Walk, GoesRoundTheCycle) {
  const std::vector<std::uint32_t> cycle{2, 0, 1};
  EXPECT_EQ(walk(cycle, 0, 0), 0U);
  EXPECT_EQ(walk(cycle, 0, 2), 1U);
  EXPECT_EQ(walk(cycle, 1, 302), 2U);
}

TEST(PointerChase, IsVerifiedHotAndBeyondTheCache) {
  SmallCacheDevice device;
  for (std::int64_t bytes : {std::int64_t{256}, std::int64_t{4096 + 17}, 4 * kCacheBytes}) {
    for (std::int64_t count : {1, 1000, 70'001}) {
      const Op op = chase_of(bytes, count);
      ASSERT_EQ(chase().supports(op, device.info()), std::nullopt);
      const auto workload = chase().make(op, device, {.cache = CacheState::kHot});
      EXPECT_EQ(workload->slots(), 1);
      const auto replay = device.capture(*workload, 3);
      EXPECT_GT(replay->run().seconds, 0.0);
      const Verification v = verify_replay(*workload, *replay);
      EXPECT_TRUE(v.passed) << v.reason;
    }
  }
}

TEST(PointerChase, IsColdOnlyBeyondTheCache) {
  SmallCacheDevice device;
  EXPECT_NO_THROW(chase().make(chase_of(2 * kCacheBytes, 10), device, {}));
  try {
    (void)chase().make(chase_of(kCacheBytes, 10), device, {});
    FAIL() << "a hot chase was made as a cold one";
  } catch (const EnvironmentError& error) {
    EXPECT_THAT(error.what(), HasSubstr("cold needs at least 128KiB"));
  }
}

TEST(PointerChase, RefusesWhatItCannotDo) {
  SmallCacheDevice device;
  const auto refusal = [&](const Latency& op) {
    return chase().supports(op, device.info()).value_or("");
  };
  EXPECT_THAT(refusal(chase_of(255, 1)), HasSubstr("less than two lines"));
  EXPECT_THAT(refusal(chase_of(256, 0)), HasSubstr("count is 0"));
  EXPECT_THAT(refusal(chase_of(std::int64_t{1} << 50, 1)), HasSubstr("do not fit"));
  EXPECT_THAT(refusal({.kind = LatencyKind::kKernelLaunch, .count = 1, .bytes = 0}),
              HasSubstr("no kernels to launch"));
  for (LatencyKind kind : {LatencyKind::kPointerChaseNear, LatencyKind::kPointerChaseFar}) {
    EXPECT_THAT(refusal({.kind = kind, .count = 1, .bytes = 1 << 20}), HasSubstr("a GPU's L2"));
  }
}

}  // namespace
}  // namespace gpugauge
