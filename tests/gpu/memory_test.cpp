#include <gmock/gmock.h>

#include <array>

#include "kernels/cuda/memory.hpp"
#include "kernels/cuda/stream_grid.hpp"
#include "kernels/implementation.hpp"
#include "kernels/reference/memory_reference.hpp"
#include "tests/gpu/gpu_test.hpp"

namespace gpugauge {

std::span<const Implementation> cuda_memory();

namespace {

constexpr std::array kPatterns{MemoryPattern::kRead, MemoryPattern::kWrite, MemoryPattern::kCopy,
                               MemoryPattern::kTriad};

/// An op whose every array has that many pages.
MemoryStream of_pages(MemoryPattern pattern, std::int64_t pages) {
  const ArrayCount arrays = arrays_of(pattern);
  return {.pattern = pattern,
          .bytes = pages * stream_grid::kPageBytes * (arrays.read + arrays.written)};
}

class CudaMemoryTest : public GpuTest {
 protected:
  const Implementation& implementation() { return cuda_memory().front(); }

  void expect_verified(const MemoryStream& op, const CaseOptions& options) {
    SCOPED_TRACE(testing::Message() << name_of(op.pattern) << " of " << op.bytes << " bytes, "
                                    << name_of(options.cache));
    ASSERT_EQ(implementation().supports(op, device().info()), std::nullopt);
    const auto workload = implementation().make(op, device(), options);
    EXPECT_GT(device().capture(*workload, 1)->run().seconds, 0.0);
    const Verification verification = workload->verify();
    EXPECT_TRUE(verification.passed) << verification.reason;
    EXPECT_GT(verification.checked, 0);
  }
};

TEST_F(CudaMemoryTest, IsVerifiedAtRaggedSizes) {
  for (MemoryPattern pattern : kPatterns) {
    // Less than a tile, a tile, one page more and one less than several; many waves and a rest.
    for (std::int64_t pages : {1, 3, 4, 5, 1023, 1025, 30'011}) {
      expect_verified(of_pages(pattern, pages), {.cache = CacheState::kHot});
    }
  }
}

TEST_F(CudaMemoryTest, IsVerifiedInEverySlotOfAColdRotation) {
  for (MemoryPattern pattern : kPatterns) {
    const MemoryStream op = of_pages(pattern, 1001);
    const auto workload = implementation().make(op, device(), {});
    EXPECT_GE(workload->slots() * static_cast<double>(op.bytes),
              5.0 * static_cast<double>(device().info().cache_bytes));
    expect_verified(op, {});
  }
}

TEST_F(CudaMemoryTest, IsVerifiedForEveryDistribution) {
  for (Distribution data :
       {Distribution::kUniform, Distribution::kZeros, Distribution::kSmallIntegers}) {
    for (MemoryPattern pattern : kPatterns) {
      expect_verified(of_pages(pattern, 77), {.cache = CacheState::kHot, .data = data});
    }
  }
}

TEST_F(CudaMemoryTest, TheSumCountsEveryWord) {
  constexpr std::int64_t kPages = 5;
  constexpr std::size_t kWords = kPages * stream_grid::kPageBytes / 4;
  const Buffer in = device().allocate(kPages * stream_grid::kPageBytes);
  const Buffer partial = device().allocate(4);
  // No two words are the same, so that one that is missed is not made up for by another.
  std::vector<std::uint32_t> words(kWords);
  std::uint32_t expected = 0;
  for (std::size_t i = 0; i < kWords; ++i) {
    words[i] = static_cast<std::uint32_t>(i * 2654435761U);
    expected += words[i];
  }
  device().copy_to_device(in.data(), words.data(), in.bytes());
  launch_stream(device().stream(), MemoryPattern::kRead, {.out = partial.data(), .b = in.data()},
                kPages, 1);
  EXPECT_EQ(fetch<std::uint32_t>(partial.data(), 1).front(), expected);
}

TEST_F(CudaMemoryTest, APageThatIsNotWrittenIsSeen) {
  constexpr std::int64_t kPages = 9;
  constexpr std::size_t kWords = kPages * stream_grid::kPageBytes / 4;
  const Buffer out = device().allocate(kPages * stream_grid::kPageBytes);
  device().poison(out.data(), out.bytes());
  launch_stream(device().stream(), MemoryPattern::kWrite, {.out = out.data()}, kPages - 1, 2);
  Comparison comparison;
  compare_write(comparison, fetch<float>(out.data(), kWords));
  EXPECT_FALSE(comparison.result().passed);
  launch_stream(device().stream(), MemoryPattern::kWrite, {.out = out.data()}, kPages, 2);
  Comparison whole;
  compare_write(whole, fetch<float>(out.data(), kWords));
  EXPECT_TRUE(whole.result().passed) << whole.result().reason;
}

TEST_F(CudaMemoryTest, RefusesWhatIsTooSmallOrTooLarge) {
  const auto supports = implementation().supports;
  EXPECT_NE(supports(MemoryStream{MemoryPattern::kTriad, 3 * 4095}, device().info()), std::nullopt);
  EXPECT_NE(supports(MemoryStream{MemoryPattern::kRead, 1LL << 50}, device().info()), std::nullopt);
}

TEST_F(CudaMemoryTest, MoreThanThereIsRoomForIsOutOfMemory) {
  const std::int64_t all = device().info().memory_bytes / 4096 * 4096;
  EXPECT_THROW(implementation().make(MemoryStream{MemoryPattern::kRead, all}, device(), {}),
               OutOfMemory);
  expect_verified(of_pages(MemoryPattern::kRead, 10), {.cache = CacheState::kHot});
}

}  // namespace
}  // namespace gpugauge
