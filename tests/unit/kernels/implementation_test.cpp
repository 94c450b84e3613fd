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

TEST(RotationSlots, TakeAnUnknownCacheForAVeryLargeOne) {
  EXPECT_EQ(rotation_slots(kMiB, 0, CacheState::kCold), 5 * 512);
  EXPECT_EQ(rotation_slots(kMiB, 0, CacheState::kHot), 1);
}

}  // namespace
}  // namespace gpugauge
