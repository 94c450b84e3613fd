#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "harness/base/float_codec.hpp"
#include "harness/base/random.hpp"
#include "kernels/cuda/step/step_linears.hpp"
#include "kernels/implementation.hpp"
#include "tests/unit/simt/host_device.hpp"

// A whole decode step in the emulation: the product's own plan, buffers and verification, and the
// kernels' source, whose launch functions the other tests of this program define. What only a card
// has, cuBLASLt and the filling of buffers, is replaced here.
namespace gpugauge {

std::span<const Implementation> cuda_decode_step();

/// In place of the kernel that fills buffers.
void fill_random(Stream, void* data, DType dtype, std::int64_t count, Distribution values,
                 std::uint64_t seed) {
  for (std::int64_t i = 0; i < count; ++i) store_random(dtype, values, seed, data, i);
}

/// In place of cuBLASLt: plain sums.
class HostLinear final : public StepLinear {
 public:
  HostLinear(const Gemm& op, const LinearScales& scales)
      : StepLinear(op),
        scale_(op.weights == DType::kFp8E4m3 ? static_cast<double>(scales.x * scales.w) : 1.0) {}

  void run(Stream, const GemmPointers& operands) override {
    const auto [m, n, k, activations, weights, output] = op();
    for (std::int64_t i = 0; i < m * n; ++i) {
      double sum = 0.0;
      for (std::int64_t j = 0; j < k; ++j) {
        sum += load_element(activations, operands.x, i / n * k + j) *
               load_element(weights, operands.w, i % n * k + j);
      }
      store_element(output, operands.y, i, static_cast<float>(scale_ * sum));
    }
  }
  GemmAccuracy accuracy() const override { return customary_accuracy(op()); }
  std::string details() const override { return "host"; }

 private:
  double scale_;
};

/// A search is left to our own kernels.
std::vector<std::unique_ptr<StepLinear>> cublaslt_linears(const Gemm& op,
                                                          const LinearScales& scales, bool search,
                                                          Device&, void*) {
  std::vector<std::unique_ptr<StepLinear>> all;
  if (!search) all.push_back(std::make_unique<HostLinear>(op, scales));
  return all;
}
std::int64_t cublaslt_workspace_bytes(const DeviceInfo&) { return 0; }

namespace {

using testing::HasSubstr;

DecodeStep small_model() {
  return {.batch = 2,
          .context = 21,
          .layers = 3,
          .hidden = 256,
          .intermediate = 320,
          .heads = 4,
          .kv_heads = 2,
          .head_dim = 64,
          .vocab = 528,
          .qk_norm = false,
          .linears = DType::kBf16,
          .head = DType::kBf16,
          .kv = DType::kBf16};
}

const Implementation& engine(std::string_view name) {
  const auto all = cuda_decode_step();
  return *std::find_if(all.begin(), all.end(), [&](const auto& i) { return i.name == name; });
}

/// Runs the engine, whatever this machine's cuBLASLt is, and gives what it chose.
std::string run_and_verify(std::string_view name, const DecodeStep& op, HostDevice& device) {
  const auto workload = engine(name).make(op, device, {});
  const auto replay = device.capture(*workload, 1);
  (void)replay->run();
  const Verification verification = verify_replay(*workload, *replay);
  EXPECT_TRUE(verification.passed) << verification.reason;
  EXPECT_GT(verification.checked, 10'000);
  return workload->details();
}

DecodeStep fp8(DecodeStep op) {
  op.linears = op.kv = DType::kFp8E4m3;
  op.qk_norm = true;
  return op;
}

TEST(SimtDecodeStep, IsVerifiedOpByOp) {
  HostDevice device(89);
  EXPECT_EQ(engine("graph_best").supports(small_model(), device.info()), std::nullopt);
  EXPECT_THAT(run_and_verify("graph_best", small_model(), device),
              HasSubstr("3 layers, 31 launches; qkv: linear_stream; "));
  EXPECT_THAT(run_and_verify("graph_library", small_model(), device),
              HasSubstr("3 layers, 31 launches; qkv: host; "));
}

TEST(SimtDecodeStep, IsVerifiedInFp8WithHeadNorms) {
  HostDevice device(89);
  EXPECT_THAT(run_and_verify("graph_best", fp8(small_model()), device), HasSubstr("34 launches"));
  EXPECT_THAT(run_and_verify("graph_library", fp8(small_model()), device),
              HasSubstr("37 launches"));
}

TEST(SimtDecodeStep, IsVerifiedWhereALinearQuantises) {
  HostDevice device(89);
  device.fail_once();
  EXPECT_THAT(run_and_verify("graph_best", fp8(small_model()), device),
              HasSubstr("31 launches; qkv: linear_stream; o: linear_stream, quantises; "));
}

TEST(SimtDecodeStep, IsVerifiedWithTheKernelsOfHopper) {
  HostDevice device(90);
  DecodeStep op = fp8(small_model());
  op.batch = 1;
  EXPECT_EQ(engine("graph_best_pdl").supports(op, device.info()), std::nullopt);
  EXPECT_THAT(run_and_verify("graph_best_pdl", op, device), HasSubstr("linear_stream"));
}

TEST(SimtDecodeStep, IsVerifiedAtTheFirstPosition) {
  HostDevice device(89);
  DecodeStep op = small_model();
  op.context = 1;
  (void)run_and_verify("graph_best", op, device);
}

TEST(SimtDecodeStep, TakesLayersInTurnsWhereTheyDoNotFit) {
  DecodeStep op = small_model();
  op.layers = 6;
  HostDevice device(89, std::int64_t{6} << 20);
  ASSERT_EQ(engine("graph_best").supports(op, device.info()), std::nullopt);
  const auto workload = engine("graph_best").make(op, device, {});
  EXPECT_THAT(workload->details(), HasSubstr("6 layers, 5 distinct in turns"));
  const Verification verification = verify_replay(*workload, *device.capture(*workload, 1));
  EXPECT_TRUE(verification.passed) << verification.reason;
}

TEST(SimtDecodeStep, FeedsTheTokenBack) {
  HostDevice device(89);
  const auto workload = engine("graph_best").make(small_model(), device, {});
  for (std::int64_t steps : {2, 6}) {
    const Verification verification = verify_replay(*workload, *device.capture(*workload, steps));
    EXPECT_TRUE(verification.passed) << verification.reason;
  }
}

TEST(SimtDecodeStep, SaysWhatItCannotRun) {
  HostDevice device(89), tiny(89, 1 << 20), old(80);
  const auto expect_reason = [](const DeviceInfo& info, const DecodeStep& op, std::string_view name,
                                const std::string& reason) {
    EXPECT_THAT(engine(name).supports(op, info).value_or("supported"), HasSubstr(reason));
  };
  DecodeStep op = small_model();
  expect_reason(tiny.info(), op, "graph_best", "of 1 MiB");
  expect_reason(device.info(), op, "graph_best_pdl", "9.0");
  op.hidden = 250;
  expect_reason(device.info(), op, "graph_best", "multiple of 16");
  op = small_model();
  op.kv = DType::kFp16;
  expect_reason(device.info(), op, "graph_best", "fp16");
  op = small_model();
  op.linears = DType::kFp8E4m3;
  expect_reason(old.info(), op, "graph_best", "8.9");
  op.context = 0;
  expect_reason(device.info(), op, "graph_best", "at least 1");
}

}  // namespace
}  // namespace gpugauge
