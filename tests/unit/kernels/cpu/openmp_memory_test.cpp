#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "kernels/cpu/memory_streams.hpp"
#include "kernels/implementation.hpp"
#include "kernels/reference/memory_reference.hpp"
#include "tests/unit/kernels/small_cache_device.hpp"

namespace gpugauge {
namespace {

constexpr std::int64_t kPage = 4096;
constexpr std::array kPatterns{MemoryPattern::kRead,  MemoryPattern::kWrite, MemoryPattern::kCopy,
                               MemoryPattern::kScale, MemoryPattern::kAdd,   MemoryPattern::kTriad};

const Implementation& openmp(const Op& op) {
  return *find_implementation("openmp", op, Backend::kCpu);
}

std::unique_ptr<Workload> make(MemoryPattern pattern, std::int64_t bytes, Device& device,
                               CaseOptions options = {}) {
  const Op op = MemoryStream{pattern, bytes};
  return openmp(op).make(op, device, options);
}

TEST(OpenmpMemory, IsVerifiedForEveryPatternSizeCacheStateAndDistribution) {
  SmallCacheDevice device;
  for (MemoryPattern pattern : kPatterns) {
    for (std::int64_t bytes : {3 * kPage, 7 * kPage, 100 * kPage + 17, 1000 * kPage}) {
      for (CacheState cache : {CacheState::kCold, CacheState::kHot}) {
        for (Distribution data : {Distribution::kNormal, Distribution::kZeros}) {
          const auto workload = make(pattern, bytes, device, {cache, data});
          const Verification v =
              verify_replay(*workload, *device.capture(*workload, workload->slots()));
          EXPECT_TRUE(v.passed) << name_of(pattern) << " " << bytes << ": " << v.reason;
          EXPECT_GT(v.checked, 0);
        }
      }
    }
  }
}

TEST(OpenmpMemory, ColdCasesRotateThroughFiveTimesTheCache) {
  SmallCacheDevice device;
  for (MemoryPattern pattern : kPatterns) {
    const auto cold = make(pattern, 12 * kPage, device);
    EXPECT_GE(cold->slots() * 12 * kPage, 5 * SmallCacheDevice::kCacheBytes);
    EXPECT_EQ(make(pattern, 12 * kPage, device, {.cache = CacheState::kHot})->slots(), 1);
  }
}

TEST(OpenmpMemory, EveryElementOfEverySlotIsChecked) {
  SmallCacheDevice device;
  const auto workload = make(MemoryPattern::kWrite, 12 * kPage, device);
  EXPECT_EQ(verify_replay(*workload, *device.capture(*workload, workload->slots())).checked,
            workload->slots() * 12 * kPage / 4);
}

TEST(OpenmpMemory, NeedsAPageForEachArray) {
  const Op small = MemoryStream{MemoryPattern::kTriad, 3 * kPage - 1};
  const Op enough = MemoryStream{MemoryPattern::kTriad, 3 * kPage};
  EXPECT_NE(openmp(small).supports(small, {}), std::nullopt);
  EXPECT_EQ(openmp(enough).supports(enough, {}), std::nullopt);
}

TEST(OpenmpMemory, SaysHowItWalksAndStores) {
  SmallCacheDevice device;
  EXPECT_THAT(make(MemoryPattern::kRead, 8 * kPage, device)->details(),
              testing::MatchesRegex("4 streams with prefetch, (512|256|128)-bit loads"));
  EXPECT_EQ(make(MemoryPattern::kCopy, 8 * kPage, device)->details(),
            "4 streams with prefetch, streaming stores");
  EXPECT_EQ(make(MemoryPattern::kCopy, 8 * kPage, device, {.cache = CacheState::kHot})->details(),
            "4 streams with prefetch, ordinary stores");
}

TEST(OpenmpMemory, ChoosesTheWalkOfALargeArrayOnceAndComputesTheSame) {
  SmallCacheDevice device;
  for (const MemoryPattern pattern : {MemoryPattern::kRead, MemoryPattern::kCopy}) {
    const auto workload = make(pattern, 10'000 * kPage, device);
    const auto replay = device.capture(*workload, workload->slots());
    replay->run();
    const std::string chosen = workload->details();
    EXPECT_THAT(chosen, testing::MatchesRegex("[124] streams?( with prefetch)?, .*"));
    const Verification v = verify_replay(*workload, *replay);
    EXPECT_TRUE(v.passed) << v.reason;
    EXPECT_EQ(workload->details(), chosen);
  }
}

std::vector<Walk> all_walks() {
  std::vector<Walk> walks(kColdWalks.begin(), kColdWalks.end());
  walks.push_back(kHotWalk);
  return walks;
}

/// Whole pages, as a thread's part is, between two guards that must not change.
class Pages {
 public:
  explicit Pages(std::int64_t pages, float value)
      : memory_(static_cast<std::size_t>((pages + 2) * kPage / 4 + kPage / 4), kGuard) {
    auto address = reinterpret_cast<std::uintptr_t>(memory_.data()) + 2 * kPage - 1;
    data_ = reinterpret_cast<float*>(address / kPage * kPage);
    elements_ = static_cast<std::size_t>(pages * kPage / 4);
    std::fill_n(data_, elements_, value);
  }
  float* data() { return data_; }
  std::span<float> span() { return {data_, elements_}; }
  bool guards_intact() const { return data_[-1] == kGuard && data_[elements_] == kGuard; }

 private:
  static constexpr float kGuard = 12345.0F;
  std::vector<float> memory_;
  float* data_;
  std::size_t elements_;
};

TEST(MemoryStreams, TouchEveryElementOfTheirPagesAndNoOther) {
  for (std::int64_t pages : {0, 1, 2, 5}) {
    for (const Walk& walk : all_walks()) {
      const std::int64_t bytes = pages * kPage;
      Pages a(pages, -1.0F), b(pages, 0.5F), c(pages, 2.0F);
      stream_write(a.data(), bytes, walk);
      for (float value : a.span()) ASSERT_EQ(value, kMemoryWriteValue);
      stream_copy(a.data(), b.data(), bytes, walk);
      for (float value : a.span()) ASSERT_EQ(value, 0.5F);
      stream_scale(a.data(), b.data(), bytes, walk);
      for (float value : a.span()) ASSERT_EQ(value, 1.5F);
      stream_add(a.data(), b.data(), c.data(), bytes, walk);
      for (float value : a.span()) ASSERT_EQ(value, 2.5F);
      stream_triad(a.data(), b.data(), c.data(), bytes, walk);
      for (float value : a.span()) ASSERT_EQ(value, 6.5F);
      EXPECT_TRUE(a.guards_intact());
    }
  }
}

TEST(MemoryStreams, ReadSumsEveryWordOnce) {
  Pages pages(3, 0.0F);
  for (std::size_t i = 0; i < pages.span().size(); ++i) {
    pages.data()[i] = std::bit_cast<float>(static_cast<std::uint32_t>(i * 2654435761U));
  }
  for (const Walk& walk : all_walks()) {
    EXPECT_EQ(stream_read(pages.data(), 3 * kPage, walk), word_checksum(pages.span()));
    for (std::size_t i : {std::size_t{0}, std::size_t{1000}, std::size_t{3071}}) {
      Pages one(3, 0.0F);
      one.data()[i] = std::bit_cast<float>(7U);
      EXPECT_EQ(stream_read(one.data(), 3 * kPage, walk), 7U) << i;
    }
  }
}

}  // namespace
}  // namespace gpugauge
