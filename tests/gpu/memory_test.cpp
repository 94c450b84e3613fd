#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <string>

#include "kernels/cuda/memory/memory.hpp"
#include "kernels/cuda/memory/stream_grid.hpp"
#include "kernels/implementation.hpp"
#include "kernels/reference/memory_reference.hpp"
#include "tests/gpu/gpu_test.hpp"

namespace gpugauge {

std::span<const Implementation> cuda_memory();

namespace {

constexpr std::array kPatterns{MemoryPattern::kRead,  MemoryPattern::kWrite, MemoryPattern::kCopy,
                               MemoryPattern::kScale, MemoryPattern::kAdd,   MemoryPattern::kTriad};
constexpr std::int64_t kMiB = 1 << 20;

/// An op whose every array has that many pages.
MemoryStream of_pages(MemoryPattern pattern, std::int64_t pages) {
  const ArrayCount arrays = arrays_of(pattern);
  return {.pattern = pattern,
          .bytes = pages * stream_grid::kPageBytes * (arrays.read + arrays.written)};
}

const Implementation& memory_row(std::string_view name) {
  const auto all = cuda_memory();
  return *std::find_if(all.begin(), all.end(), [&](const auto& i) { return i.name == name; });
}

class CudaMemoryTest : public GpuTest {
 protected:
  /// Leaves out, without a word, what the implementation does not support.
  void expect_verified(std::string_view name, const MemoryStream& op, const CaseOptions& options) {
    SCOPED_TRACE(testing::Message() << name << " " << name_of(op.pattern) << " of " << op.bytes
                                    << " bytes, " << name_of(options.cache));
    const Implementation& tested = memory_row(name);
    if (tested.supports(op, device().info())) return;
    const auto workload = tested.make(op, device(), options);
    EXPECT_FALSE(workload->details().empty());
    const auto replay = device().capture(*workload, 1);
    EXPECT_GT(replay->run().seconds, 0.0);
    const Verification verification = verify_replay(*workload, *replay);
    EXPECT_TRUE(verification.passed) << verification.reason << " (" << workload->details() << ")";
    EXPECT_GT(verification.checked, 0);
  }
};

class CudaMemoryImplementationTest : public CudaMemoryTest,
                                     public testing::WithParamInterface<std::string_view> {};
INSTANTIATE_TEST_SUITE_P(Implementations, CudaMemoryImplementationTest,
                         testing::Values("stream", "bulk", "driver"),
                         [](const auto& test) { return std::string(test.param); });

TEST_P(CudaMemoryImplementationTest, IsVerifiedAtRaggedSizes) {
  for (MemoryPattern pattern : kPatterns) {
    // Less than a tile, a tile, one page more and one less than several; many waves and a rest.
    for (std::int64_t pages : sizes({1, 3, 4, 5, 1023, 1025, 30'011}, {1, 3, 5, 33})) {
      expect_verified(GetParam(), of_pages(pattern, pages), {.cache = CacheState::kHot});
    }
  }
}

TEST_P(CudaMemoryImplementationTest, IsVerifiedInEverySlotOfAColdRotation) {
  for (MemoryPattern pattern : kPatterns) {
    const MemoryStream op = of_pages(pattern, size(1001, 9));
    if (memory_row(GetParam()).supports(op, device().info())) continue;
    const auto workload = memory_row(GetParam()).make(op, device(), {});
    EXPECT_GE(workload->slots() * static_cast<double>(op.bytes),
              5.0 * static_cast<double>(device().info().cache_bytes));
    expect_verified(GetParam(), op, {});
  }
}

TEST_P(CudaMemoryImplementationTest, IsVerifiedForEveryDistribution) {
  for (Distribution data :
       {Distribution::kUniform, Distribution::kZeros, Distribution::kSmallIntegers}) {
    for (MemoryPattern pattern : kPatterns) {
      expect_verified(GetParam(), of_pages(pattern, size(77, 7)),
                      {.cache = CacheState::kHot, .data = data});
    }
  }
}

TEST_P(CudaMemoryImplementationTest, IsVerifiedFromInsideTheCacheToBeyondIt) {
  if (emulated()) GTEST_SKIP() << kTooMuch;
  for (MemoryPattern pattern : kPatterns) {
    for (std::int64_t bytes : {kMiB / 64, kMiB, 24 * kMiB, 1024 * kMiB}) {
      expect_verified(GetParam(), {pattern, bytes}, {});
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
  const auto supports = memory_row("stream").supports;
  EXPECT_NE(supports(MemoryStream{MemoryPattern::kTriad, 3 * 4095}, device().info()), std::nullopt);
  EXPECT_NE(supports(MemoryStream{MemoryPattern::kRead, 1LL << 50}, device().info()), std::nullopt);
}

TEST_F(CudaMemoryTest, SaysWhatBulkAndDriverCannotDo) {
  const MemoryStream triad = of_pages(MemoryPattern::kTriad, 100);
  EXPECT_NE(memory_row("driver").supports(triad, device().info()), std::nullopt);
  DeviceInfo ada = device().info();
  ada.compute_capability = 89;
  EXPECT_NE(memory_row("bulk").supports(triad, ada), std::nullopt);
}

TEST_F(CudaMemoryTest, MoreThanThereIsRoomForIsOutOfMemory) {
  const std::int64_t all = device().info().memory_bytes / 4096 * 4096;
  EXPECT_THROW(memory_row("stream").make(MemoryStream{MemoryPattern::kRead, all}, device(), {}),
               OutOfMemory);
  expect_verified("stream", of_pages(MemoryPattern::kRead, 10), {.cache = CacheState::kHot});
}

}  // namespace
}  // namespace gpugauge
