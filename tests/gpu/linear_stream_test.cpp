#include "kernels/cuda/linear/linear_plan.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <string>

#include "kernels/cuda/gemm/gemm_buffers.hpp"
#include "kernels/implementation.hpp"
#include "tests/gpu/gpu_test.hpp"

namespace gpugauge {

std::span<const Implementation> cuda_linear_stream();

namespace {

const Implementation& linear_row(std::string_view name) {
  const auto all = cuda_linear_stream();
  return *std::find_if(all.begin(), all.end(), [&](const auto& i) { return i.name == name; });
}

struct Types {
  const char* name;
  DType activations, weights;
};

void PrintTo(const Types& types, std::ostream* out) { *out << types.name; }

class CudaLinearStreamTest : public GpuTest, public testing::WithParamInterface<Types> {
 protected:
  Gemm linear(std::int64_t m, std::int64_t n, std::int64_t k) const {
    return {m, n, k, GetParam().activations, GetParam().weights, DType::kBf16};
  }

  /// Skips the test, with its reason, where the op is not supported.
  void run_and_verify(const Gemm& op, const CaseOptions& options = {.cache = CacheState::kHot},
                      std::string_view name = "linear_stream") {
    SCOPED_TRACE(testing::Message() << name << " " << kind_path(op) << " " << shape_path(op));
    if (const auto reason = linear_row(name).supports(op, device().info())) {
      GTEST_SKIP() << *reason;
    }
    const auto workload = linear_row(name).make(op, device(), options);
    const auto replay = device().capture(*workload, 5);
    EXPECT_GT(replay->run().seconds, 0.0);
    const Verification verification = verify_replay(*workload, *replay);
    EXPECT_TRUE(verification.passed) << verification.reason << " (" << workload->details() << ")";
    EXPECT_GT(verification.checked, 0);
  }

  /// Launches one of the kernels itself, twice on one workspace, and compares both results.
  void launch_and_compare(decltype(&launch_linear_stream_generic) launch,
                          decltype(&plan_linear) plan, const Gemm& op) {
    SCOPED_TRACE(testing::Message() << kind_path(op) << " " << shape_path(op));
    const LinearShape shape{op.m, op.n, op.k, op.activations, op.weights};
    const DeviceInfo& info = device().info();
    const LinearDevice runs_on = linear_device(info);
    if (const auto reason = linear_unsupported(shape, runs_on)) GTEST_SKIP() << *reason;
    GemmBuffers buffers(op, device(), {.cache = CacheState::kHot});
    const Buffer workspace = device().allocate(linear_workspace_bytes(shape, runs_on));
    const std::vector<char> zeros(static_cast<std::size_t>(workspace.bytes()), 0);
    device().copy_to_device(workspace.data(), zeros.data(), workspace.bytes());
    const auto bits = [&] {
      buffers.poison_outputs();
      const GemmPointers pointers = buffers.pointers(0);
      launch(device().stream(), shape,
             {.x = pointers.x,
              .w = pointers.w,
              .y = pointers.y,
              .workspace = workspace.data(),
              .scale = static_cast<float>(buffers.scale()),
              .x_inverse_scale = buffers.x_inverse_scale()},
             runs_on, plan(shape, runs_on.multiprocessors));
      const Verification verification = buffers.compare(Launches{}, customary_accuracy(op));
      EXPECT_TRUE(verification.passed) << verification.reason;
      return fetch<std::uint16_t>(pointers.y, static_cast<std::size_t>(op.m * op.n));
    };
    const auto first = bits();
    EXPECT_EQ(bits(), first);
  }
};

TEST_P(CudaLinearStreamTest, IsVerifiedForEveryNumberOfTokens) {
  for (std::int64_t m : sizes({1, 2, 4, 7, 8, 9, 16, 17, 32, 33, 48, 63, 64}, {1, 8, 17, 64})) {
    run_and_verify(linear(m, size(1536, 96), size(2048, 128)));
  }
}

TEST_P(CudaLinearStreamTest, IsVerifiedAtRaggedShapes) {
  run_and_verify(linear(1, 1, 16));
  run_and_verify(linear(3, 7, 48));
  run_and_verify(linear(5, size(129, 33), size(4112, 272)));
  run_and_verify(linear(64, size(4095, 65), size(1040, 80)));
  run_and_verify(linear(16, size(100, 20), size(28672, 1040)));  // one tile, cut by many blocks
  run_and_verify(linear(8, size(33'000, 330), 144));             // many tiles of two steps
}

TEST_P(CudaLinearStreamTest, IsVerifiedInEverySlotOfAColdRotation) {
  run_and_verify(linear(8, size(4096, 96), size(4096, 256)), {});
  run_and_verify(linear(1, size(6144, 96), size(4096, 256)), {}, "linear_stream_pdl");
  run_and_verify(linear(64, size(4096, 96), size(14336, 272)), {}, "linear_stream_pdl");
}

TEST_P(CudaLinearStreamTest, IsVerifiedForEveryDistribution) {
  for (Distribution data :
       {Distribution::kUniform, Distribution::kZeros, Distribution::kSmallIntegers}) {
    run_and_verify(linear(5, size(256, 40), size(512, 64)),
                   {.cache = CacheState::kHot, .data = data});
  }
}

TEST_P(CudaLinearStreamTest, BothKernelsGiveTheSameBitsAgainHoweverTheyCut) {
  for (std::int64_t m : sizes({1, 16, 32, 64}, {1, 64})) {
    const Gemm op = linear(m, size(1000, 72), size(4096, 256));
    launch_and_compare(launch_linear_stream_generic, plan_linear, op);
    if (device().info().compute_capability == 90) {
      launch_and_compare(launch_linear_stream_hopper, plan_linear, op);
      launch_and_compare(launch_linear_stream_hopper, plan_linear_hopper, op);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Types, CudaLinearStreamTest,
                         testing::Values(Types{"bf16", DType::kBf16, DType::kBf16},
                                         Types{"fp8", DType::kFp8E4m3, DType::kFp8E4m3},
                                         Types{"quantised", DType::kBf16, DType::kFp8E4m3}),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace gpugauge
