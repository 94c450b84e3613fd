#include <gmock/gmock.h>

#include <algorithm>

#include "kernels/implementation.hpp"
#include "tests/gpu/gpu_test.hpp"

namespace gpugauge {

std::span<const Implementation> cuda_decode_step();

namespace {

using testing::HasSubstr;

/// A model of the form of Llama or, with head norms, of Qwen, small enough for a test.
DecodeStep small_model(DType linears, std::int64_t batch, std::int64_t context, bool qk_norm) {
  return {.batch = batch,
          .context = context,
          .layers = 4,
          .hidden = 1024,
          .intermediate = 2816,
          .heads = 16,
          .kv_heads = 4,
          .head_dim = 64,
          .vocab = 16000,
          .qk_norm = qk_norm,
          .linears = linears,
          .head = DType::kBf16,
          .kv = linears};
}

class CudaDecodeStepTest : public GpuTest {
 protected:
  const Implementation& engine(std::string_view name) {
    const auto all = cuda_decode_step();
    return *std::find_if(all.begin(), all.end(), [&](const auto& i) { return i.name == name; });
  }

  void SetUp() override {
    GpuTest::SetUp();
    // tests/cli/test_emulated.py has decode steps of a tiny model.
    if (!IsSkipped() && emulated()) GTEST_SKIP() << kTooMuch;
  }

  /// Every engine that the device can run.
  void run_and_verify(const DecodeStep& op) {
    for (const Implementation& engine : cuda_decode_step()) {
      SCOPED_TRACE(testing::Message()
                   << engine.name << " " << kind_path(op) << " " << shape_path(op));
      if (const auto reason = engine.supports(op, device().info())) {
        RecordProperty("unsupported", *reason);
        continue;
      }
      const auto workload = engine.make(op, device(), {});
      const auto replay = device().capture(*workload, 3);
      EXPECT_GT(replay->run().seconds, 0.0);
      const Verification verification = verify_replay(*workload, *replay);
      EXPECT_TRUE(verification.passed) << verification.reason << " (" << workload->details() << ")";
      EXPECT_GT(verification.checked, 1000);
    }
  }
};

TEST_F(CudaDecodeStepTest, IsVerifiedInBf16) {
  run_and_verify(small_model(DType::kBf16, 1, 100, false));
  run_and_verify(small_model(DType::kBf16, 7, 1024, true));
}

TEST_F(CudaDecodeStepTest, IsVerifiedInFp8) {
  run_and_verify(small_model(DType::kFp8E4m3, 1, 1024, false));
  run_and_verify(small_model(DType::kFp8E4m3, 16, 333, true));
}

TEST_F(CudaDecodeStepTest, IsVerifiedBeyondTheBatchesOfLinearStream) {
  run_and_verify(small_model(DType::kBf16, 100, 64, false));
}

TEST_F(CudaDecodeStepTest, IsVerifiedAtTheFirstPosition) {
  run_and_verify(small_model(DType::kBf16, 2, 1, false));
}

TEST_F(CudaDecodeStepTest, StaysFiniteThroughTheLayersOfALargeModel) {
  DecodeStep op = small_model(DType::kBf16, 1, 128, false);
  op.layers = 80;
  run_and_verify(op);
}

TEST_F(CudaDecodeStepTest, StepsFollowOneAnother) {
  const DecodeStep op = small_model(DType::kBf16, 1, 128, false);
  if (const auto reason = engine("graph_best").supports(op, device().info()))
    GTEST_SKIP() << *reason;
  const auto workload = engine("graph_best").make(op, device(), {});
  const auto replay = device().capture(*workload, 16);
  for (int run = 0; run < 3; ++run) {
    (void)replay->run();
    const Verification verification = verify_replay(*workload, *replay);
    EXPECT_TRUE(verification.passed) << verification.reason;
  }
  EXPECT_THAT(workload->details(), HasSubstr("4 layers"));
}

TEST_F(CudaDecodeStepTest, AModelThatDoesNotFitIsUnsupported) {
  DecodeStep op = small_model(DType::kBf16, 1, 128, false);
  op.vocab = std::int64_t{1} << 28;
  EXPECT_NE(engine("graph_best").supports(op, device().info()), std::nullopt);
}

}  // namespace
}  // namespace gpugauge
