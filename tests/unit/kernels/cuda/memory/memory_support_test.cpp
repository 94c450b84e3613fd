#if GPUGAUGE_HAS_CUDA

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "kernels/implementation.hpp"
#include "tests/unit/kernels/gib.hpp"

namespace gpugauge {

std::span<const Implementation> cuda_memory();
std::span<const Implementation> cuda_latency();
std::span<const Implementation> cuda_transfer();

namespace {

using testing::HasSubstr;
using testing::IsEmpty;

DeviceInfo card(int compute_capability) {
  DeviceInfo info;
  info.id = "cuda:0";
  info.backend = Backend::kCuda;
  info.memory_bytes = 80 * kGiB;
  info.cache_bytes = 50 << 20;
  info.compute_capability = compute_capability;
  return info;
}

std::string refusal(const Implementation& implementation, const Op& op,
                    int compute_capability = 90) {
  return implementation.supports(op, card(compute_capability)).value_or("");
}

std::string memory_refusal(std::string_view name, MemoryPattern pattern, std::int64_t bytes,
                           int compute_capability = 90) {
  const auto all = cuda_memory();
  const auto row =
      std::find_if(all.begin(), all.end(), [&](const auto& i) { return i.name == name; });
  return refusal(*row, MemoryStream{pattern, bytes}, compute_capability);
}

TEST(CudaMemorySupport, StreamTakesEveryPatternFromAPageToTheWholeMemory) {
  for (MemoryPattern pattern :
       {MemoryPattern::kRead, MemoryPattern::kWrite, MemoryPattern::kCopy, MemoryPattern::kScale,
        MemoryPattern::kAdd, MemoryPattern::kTriad}) {
    for (std::int64_t bytes : {std::int64_t{16} << 10, 64 * kGiB}) {
      EXPECT_THAT(memory_refusal("stream", pattern, bytes, 80), IsEmpty());
      EXPECT_THAT(memory_refusal("bulk", pattern, bytes), IsEmpty());
    }
    EXPECT_THAT(memory_refusal("stream", pattern, 4095), HasSubstr("less than one 4 KiB page"));
    EXPECT_THAT(memory_refusal("stream", pattern, 81 * kGiB), HasSubstr("do not fit"));
  }
}

TEST(CudaMemorySupport, BulkNeedsHopper) {
  for (int other : {80, 89, 100, 120}) {
    EXPECT_THAT(memory_refusal("bulk", MemoryPattern::kRead, kGiB, other), HasSubstr("sm_90"));
  }
}

TEST(CudaMemorySupport, TheDriverSetsAndCopies) {
  EXPECT_THAT(memory_refusal("driver", MemoryPattern::kWrite, kGiB), IsEmpty());
  EXPECT_THAT(memory_refusal("driver", MemoryPattern::kCopy, kGiB), IsEmpty());
  EXPECT_THAT(memory_refusal("driver", MemoryPattern::kTriad, kGiB), HasSubstr("no triad"));
  EXPECT_THAT(memory_refusal("driver", MemoryPattern::kCopy, 81 * kGiB), HasSubstr("do not fit"));
}

TEST(CudaLatencySupport, TakesWhatHasACountAndTwoLines) {
  const Implementation& native = cuda_latency().front();
  EXPECT_THAT(refusal(native, Latency{LatencyKind::kPointerChase, 1000, kGiB}), IsEmpty());
  EXPECT_THAT(refusal(native, Latency{LatencyKind::kGraphNode, 1000, 0}), IsEmpty());
  EXPECT_THAT(refusal(native, Latency{LatencyKind::kGraphNode, 0, 0}), HasSubstr("count"));
  EXPECT_THAT(refusal(native, Latency{LatencyKind::kPointerChase, 1, 128}), HasSubstr("two lines"));
}

TEST(CudaLatencySupport, TellsNearFromFarInsideTheL2) {
  const Implementation& native = cuda_latency().front();
  for (LatencyKind kind : {LatencyKind::kPointerChaseNear, LatencyKind::kPointerChaseFar}) {
    EXPECT_THAT(refusal(native, Latency{kind, 1000, 1 << 20}), IsEmpty());
    EXPECT_THAT(refusal(native, Latency{kind, 1000, (1 << 20) - 1}), HasSubstr("1MiB"));
    EXPECT_THAT(refusal(native, Latency{kind, 1000, kGiB}), HasSubstr("larger than the L2"));
    EXPECT_THAT(refusal(native, Latency{kind, 0, 1 << 20}), HasSubstr("count"));
  }
}

TEST(CudaTransferSupport, TakesWholeWordsFromAPageUp) {
  const Implementation& native = cuda_transfer().front();
  EXPECT_THAT(refusal(native, Transfer{TransferKind::kHostToDevice, 4096}), IsEmpty());
  EXPECT_THAT(refusal(native, Transfer{TransferKind::kDeviceToHostPageable, 4098}),
              HasSubstr("32-bit words"));
  EXPECT_THAT(refusal(native, Transfer{TransferKind::kDeviceToHost, 81 * kGiB}),
              HasSubstr("do not fit"));
}

TEST(CudaTransferSupport, ACardThatIsNotHereReachesNoOther) {
  DeviceInfo absent = card(90);
  absent.id = "cuda:63";
  EXPECT_THAT(cuda_transfer()
                  .front()
                  .supports(Transfer{TransferKind::kPeerToPeer, kGiB}, absent)
                  .value_or(""),
              HasSubstr("cuda:63 has no peer access to another device"));
}

}  // namespace
}  // namespace gpugauge

#endif
