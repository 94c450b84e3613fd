#include <gmock/gmock.h>

#include "kernels/implementation.hpp"
#include "tests/gpu/gpu_test.hpp"

namespace gpugauge {

std::span<const Implementation> cuda_transfer();

namespace {

class CudaTransferTest : public GpuTest, public testing::WithParamInterface<TransferKind> {
 protected:
  const Implementation& native() { return cuda_transfer().front(); }

  void run_and_verify(std::int64_t bytes, CacheState cache) {
    SCOPED_TRACE(testing::Message() << bytes << " bytes, " << name_of(cache));
    const Transfer op{GetParam(), bytes};
    if (const auto reason = native().supports(op, device().info())) GTEST_SKIP() << *reason;
    const auto workload = native().make(op, device(), {.cache = cache});
    EXPECT_FALSE(workload->details().empty());
    const auto replay = device().capture(*workload, workload->slots() + 1);
    EXPECT_GT(replay->run().seconds, 0.0);
    const Verification verification = verify_replay(*workload, *replay);
    EXPECT_TRUE(verification.passed) << verification.reason;
    EXPECT_EQ(verification.checked, workload->slots() * bytes / 4);
  }
};

INSTANTIATE_TEST_SUITE_P(Kinds, CudaTransferTest,
                         testing::Values(TransferKind::kHostToDevice, TransferKind::kDeviceToHost,
                                         TransferKind::kHostToDevicePageable,
                                         TransferKind::kDeviceToHostPageable,
                                         TransferKind::kPeerToPeer),
                         [](const auto& test) { return std::string(name_of(test.param)); });

TEST_P(CudaTransferTest, IsVerified) {
  for (std::int64_t bytes : sizes({4096, 100'004, 64 << 20}, {4096, 100'004}))
    run_and_verify(bytes, CacheState::kHot);
}

TEST_P(CudaTransferTest, IsVerifiedInEverySlotOfARotation) {
  run_and_verify(size(16 << 20, 64 << 10), CacheState::kCold);
}

TEST_P(CudaTransferTest, PageableMemoryIsTimedByTheHost) {
  const Transfer op{GetParam(), 1 << 20};
  if (const auto reason = native().supports(op, device().info())) GTEST_SKIP() << *reason;
  const bool pageable = GetParam() == TransferKind::kHostToDevicePageable ||
                        GetParam() == TransferKind::kDeviceToHostPageable;
  EXPECT_EQ(native().make(op, device(), {.cache = CacheState::kHot})->timing(),
            pageable ? Timing::kHostClock : Timing::kDeviceGraph);
}

TEST_P(CudaTransferTest, RefusesWhatIsTooSmallOrTooLarge) {
  EXPECT_NE(native().supports(Transfer{GetParam(), 4095}, device().info()), std::nullopt);
  EXPECT_NE(native().supports(Transfer{GetParam(), 4098}, device().info()), std::nullopt);
  EXPECT_NE(native().supports(Transfer{GetParam(), std::int64_t{1} << 50}, device().info()),
            std::nullopt);
}

}  // namespace
}  // namespace gpugauge
