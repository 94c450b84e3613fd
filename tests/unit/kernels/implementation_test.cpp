#include "kernels/implementation.hpp"

#include <gtest/gtest.h>

#include <set>
#include <tuple>

namespace gpugauge {
namespace {

constexpr std::int64_t kMiB = 1 << 20;

TEST(Implementations, AreNamedOnceAFamilyAndBackend) {
  std::set<std::tuple<std::string_view, std::string_view, Backend>> seen;
  for (const Implementation& row : implementations()) {
    EXPECT_TRUE(seen.emplace(row.name, row.family, row.backend).second) << row.name;
    EXPECT_GE(row.semantics_version, 1) << row.name;
    EXPECT_NE(row.supports, nullptr) << row.name;
    EXPECT_NE(row.make, nullptr) << row.name;
  }
}

TEST(FindImplementation, MatchesNameFamilyAndBackend) {
  const Op gemm = gemm_of(DType::kFp32, 1, 16, 16);
  const Op read = MemoryStream{MemoryPattern::kRead, kMiB};
  const Implementation* onednn = find_implementation("onednn", gemm, Backend::kCpu);
  ASSERT_NE(onednn, nullptr);
  EXPECT_EQ(onednn->family, "gemm");
  EXPECT_NE(find_implementation("openmp", read, Backend::kCpu), nullptr);
  EXPECT_EQ(find_implementation("onednn", read, Backend::kCpu), nullptr);
  EXPECT_EQ(find_implementation("onednn", gemm, Backend::kCuda), nullptr);
  EXPECT_EQ(find_implementation("blas", gemm, Backend::kCpu), nullptr);
}

TEST(RotationSlots, TogetherExceedTheCacheFiveTimes) {
  EXPECT_EQ(rotation_slots(10 * kMiB, 20 * kMiB, CacheState::kCold), 10);
  EXPECT_EQ(rotation_slots(30 * kMiB, 20 * kMiB, CacheState::kCold), 4);  // 100 / 30, rounded up
  EXPECT_EQ(rotation_slots(1, 20, CacheState::kCold), 100);
}

TEST(RotationSlots, AreOneWhereOneIsLargeEnough) {
  EXPECT_EQ(rotation_slots(100 * kMiB, 20 * kMiB, CacheState::kCold), 1);
  EXPECT_EQ(rotation_slots(500 * kMiB, 20 * kMiB, CacheState::kCold), 1);
}

TEST(RotationSlots, AreOneWhereTheCacheIsHotOrNothingIsRead) {
  EXPECT_EQ(rotation_slots(kMiB, 20 * kMiB, CacheState::kHot), 1);
  EXPECT_EQ(rotation_slots(0, 20 * kMiB, CacheState::kCold), 1);
}

TEST(ModelRotationSlots, GoThroughAModelOrAQuarterOfTheMemory) {
  DeviceInfo card;
  card.backend = Backend::kCuda;
  card.memory_bytes = 80 << 10;
  card.cache_bytes = 50;
  const auto slots = [&](std::int64_t bytes, std::int64_t cold,
                         CacheState cache = CacheState::kCold) {
    return model_rotation_slots(
        bytes, card, {.cache = cache, .data = Distribution::kNormal, .cold_bytes = cold});
  };
  EXPECT_EQ(slots(25, 8 << 10), 328);  // 8192 / 25, rounded up
  EXPECT_EQ(slots(25, 0), 10);         // five caches
  EXPECT_EQ(slots(4 << 10, 8 << 10), 2);
  EXPECT_EQ(slots(7 << 10, 64 << 10), 2);  // a quarter of the memory is 20, rounded down
  EXPECT_EQ(slots(30 << 10, 64 << 10), 1);
  EXPECT_EQ(slots(1, 8 << 10), kMostModelSlots);
  EXPECT_EQ(slots(25, 8 << 10, CacheState::kHot), 1);
  EXPECT_EQ(slots(0, 8 << 10), 1);
  card.cache_bytes = 2000;
  EXPECT_EQ(slots(1, 8 << 10), 10000);  // the cache asks for more
  card.backend = Backend::kCpu;
  EXPECT_EQ(slots(2500, 64 << 10), 4);  // a processor's read does not fall with the footprint
}

TEST(RotationSlots, TakeAnUnknownCacheForAVeryLargeOne) {
  EXPECT_EQ(rotation_slots(kMiB, 0, CacheState::kCold), 5 * 512);
  EXPECT_EQ(rotation_slots(kMiB, 0, CacheState::kHot), 1);
}

}  // namespace
}  // namespace gpugauge
