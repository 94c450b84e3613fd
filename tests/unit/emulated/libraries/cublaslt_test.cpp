// The stand-in for cuBLASLt, called as the program calls it, on memory that the test says is the
// device's.

#include <gmock/gmock.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <set>
#include <vector>

#include "harness/base/random.hpp"
#include "kernels/cuda/gemm/cublaslt_matmul.hpp"
#include "kernels/cuda/gemm/gemm_rules.hpp"
#include "kernels/reference/gemm_reference.hpp"
#include "tests/emulated/broken_rule.hpp"
#include "tests/emulated/library_call.hpp"

namespace gpugauge::emulated {
namespace {

using testing::HasSubstr;
using testing::SizeIs;
using testing::ThrowsMessage;

/// What the emulated runtime is to a library: memory of the device, and a stream.
struct Runtime {
  std::vector<MemoryUse> memory;
  std::vector<LibraryCall> enqueued;
  bool capturing = false;
};
Runtime runtime;

/// Device memory, aligned to 256 bytes.
class Array {
 public:
  explicit Array(std::int64_t bytes)
      : bytes_(static_cast<std::size_t>(bytes)),
        data_(std::aligned_alloc(256, (bytes_ + 511) / 256 * 256)) {
    runtime.memory.push_back({data_.get(), bytes_ + 16});
  }
  ~Array() {
    std::erase_if(runtime.memory, [&](const MemoryUse& each) { return each.begin == data_.get(); });
  }
  Array(const Array&) = delete;
  Array& operator=(const Array&) = delete;
  void* data() const { return data_.get(); }

 private:
  struct Free {
    void operator()(void* data) const { std::free(data); }
  };
  std::size_t bytes_;
  std::unique_ptr<void, Free> data_;
};

Gemm gemm(DType dtype, std::int64_t m, std::int64_t n, std::int64_t k) {
  return {.m = m,
          .n = n,
          .k = k,
          .activations = dtype,
          .weights = dtype,
          .output = gemm_output_of(dtype)};
}

/// One GEMM with operands in memory.
struct Case {
  explicit Case(const Gemm& shape, bool fast_accumulation = false)
      : op(shape),
        x(op.m * op.k * size_bytes(op.activations)),
        w(op.n * op.k * size_bytes(op.weights)),
        y(op.m * op.n * size_bytes(op.output)),
        workspace(kWorkspaceBytes) {
    const auto fill = [&](const Array& array, std::int64_t count, std::uint64_t seed) {
      for (std::int64_t i = 0; i < count; ++i)
        store_random(op.weights, Distribution::kNormal, seed, array.data(), i);
    };
    fill(x, op.m * op.k, 1);
    fill(w, op.n * op.k, 2);
    static_cast<float*>(scales.data())[0] = 0.5F;
    static_cast<float*>(scales.data())[1] = 0.25F;
    const auto* scale = static_cast<const float*>(scales.data());
    const bool fp8 = op.weights == DType::kFp8E4m3;
    matmul = std::make_unique<CublasLtMatmul>(op, fp8 ? GemmScales{scale, scale + 1} : GemmScales{},
                                              fast_accumulation);
  }

  GemmPointers pointers() const { return {x.data(), w.data(), y.data()}; }

  /// Enqueues it, and runs what was enqueued.
  Verification run(const CublasLtAlgorithm& algorithm) {
    return run(algorithm, customary_accuracy(op));
  }
  Verification run(const CublasLtAlgorithm& algorithm, const GemmAccuracy& accuracy) {
    std::memset(y.data(), 0xFF, static_cast<std::size_t>(op.m * op.n * size_bytes(op.output)));
    runtime.enqueued.clear();
    matmul->run({}, algorithm, pointers(), workspace.data());
    EXPECT_THAT(runtime.enqueued, SizeIs(1));
    runtime.enqueued.at(0).run();
    const auto rows = [this](const Array& array) {
      return [this, &array](std::int64_t row, void* out) {
        const std::int64_t bytes = op.k * size_bytes(op.weights);
        std::memcpy(out, static_cast<const char*>(array.data()) + row * bytes,
                    static_cast<std::size_t>(bytes));
      };
    };
    GemmHostView view{.x = rows(x), .w = rows(w), .y = y.data()};
    if (op.weights == DType::kFp8E4m3) view.scale = 0.125;
    return compare_gemm(op, view, accuracy).result();
  }

  static constexpr std::int64_t kWorkspaceBytes = 1 << 20;
  Gemm op;
  Array x, w, y, workspace, scales{8};
  std::unique_ptr<CublasLtMatmul> matmul;
};

class CublasLt : public testing::Test {
 protected:
  const RuleBreaksThrow throws_;
};

TEST_F(CublasLt, EverySuggestionComputesTheGemmAndIsAnotherOne) {
  for (const DType dtype :
       {DType::kFp32, DType::kTf32, DType::kBf16, DType::kFp16, DType::kFp8E4m3, DType::kInt8}) {
    SCOPED_TRACE(name_of(dtype));
    Case c(gemm(dtype, 3, 64, 128));
    const auto suggested = c.matmul->suggest(16, Case::kWorkspaceBytes, Reductions::kComputeType);
    EXPECT_GE(suggested.size(), 6U);
    std::set<std::string> names;
    for (const CublasLtAlgorithm& each : suggested) {
      const Verification verification = c.run(each, cublaslt::accuracy(c.op, false));
      EXPECT_TRUE(verification.passed) << verification.reason;
      names.insert(c.matmul->describe(each));
      EXPECT_EQ(runtime.enqueued.at(0).flops, 2.0 * 3 * 64 * 128);
    }
    EXPECT_THAT(names, SizeIs(suggested.size()));
  }
}

TEST_F(CublasLt, ADefaultPreferenceLetsPartsBeAddedUpInTheOutputsType) {
  Case c(gemm(DType::kBf16, 3, 64, 1024));
  const auto any = c.matmul->suggest(64, Case::kWorkspaceBytes, Reductions::kAny);
  EXPECT_EQ(c.matmul->rounded_parts(any.front()), 4);
  EXPECT_THAT(c.matmul->describe(any.front()), HasSubstr("split-K 4"));
  EXPECT_THAT(c.matmul->describe(any.front()), HasSubstr("parts added in the output's type"));
  EXPECT_FALSE(c.run(any.front()).passed) << "sums of four rounded parts";
  for (const CublasLtAlgorithm& each : any) {
    const int parts = c.matmul->rounded_parts(each);
    const Verification verification = c.run(each, cublaslt::accuracy(c.op, false, parts));
    EXPECT_TRUE(verification.passed) << c.matmul->describe(each) << ": " << verification.reason;
  }
  const auto exact = c.matmul->suggest(64, Case::kWorkspaceBytes, Reductions::kComputeType);
  EXPECT_LT(exact.size(), any.size());
  for (const CublasLtAlgorithm& each : exact) EXPECT_EQ(c.matmul->rounded_parts(each), 1);
}

TEST_F(CublasLt, FastAccumulationLosesBitsWithinItsOwnBound) {
  const Gemm op = gemm(DType::kFp8E4m3, 3, 64, 16384);
  double error[2] = {};
  for (const bool fast : {false, true}) {
    Case c(op, fast);
    const auto first = c.matmul->suggest(1, Case::kWorkspaceBytes, Reductions::kComputeType);
    const Verification verification = c.run(first.at(0), cublaslt::accuracy(op, fast));
    EXPECT_TRUE(verification.passed) << verification.reason;
    error[fast ? 1 : 0] = verification.relative_error;
  }
  EXPECT_GT(error[1], error[0]);
}

TEST_F(CublasLt, ASearchFindsMoreThanIsSuggested) {
  const Case c(gemm(DType::kBf16, 4, 64, 256));
  const auto all = c.matmul->enumerate(Case::kWorkspaceBytes);
  EXPECT_GT(all.size(),
            c.matmul->suggest(64, Case::kWorkspaceBytes, Reductions::kComputeType).size());
  EXPECT_GT(c.matmul->variations(all.front(), Case::kWorkspaceBytes).size(), 3U);
  // What does not fit into the workspace is not among them.
  EXPECT_LT(c.matmul->suggest(64, 0, Reductions::kComputeType).size(),
            c.matmul->suggest(64, Case::kWorkspaceBytes, Reductions::kComputeType).size());
}

TEST_F(CublasLt, RefusesWhatTheLibraryHasNot) {
  const Case odd(gemm(DType::kFp8E4m3, 4, 64, 136));  // K is no multiple of 16
  EXPECT_THAT(odd.matmul->suggest(8, Case::kWorkspaceBytes, Reductions::kComputeType), SizeIs(0));
  const Case int8(gemm(DType::kInt8, 4, 62, 128));  // N is no multiple of 4
  EXPECT_THAT(int8.matmul->suggest(8, Case::kWorkspaceBytes, Reductions::kComputeType), SizeIs(0));
}

TEST_F(CublasLt, RulesOfACallAreKeptOrNamed) {
  Case c(gemm(DType::kBf16, 4, 64, 256));
  const auto suggested = c.matmul->suggest(64, Case::kWorkspaceBytes, Reductions::kComputeType);
  const auto call = [&](const GemmPointers& pointers, const CublasLtAlgorithm& algorithm,
                        void* workspace) {
    return
        [&c, pointers, algorithm, workspace] { c.matmul->run({}, algorithm, pointers, workspace); };
  };
  const auto breaks = [](const char* rule) { return ThrowsMessage<BrokenRule>(HasSubstr(rule)); };
  void* const workspace = c.workspace.data();

  GemmPointers shifted = c.pointers();
  shifted.y = static_cast<char*>(shifted.y) + 16;
  EXPECT_THAT(call(shifted, suggested.front(), workspace), breaks("C is not aligned to 256 bytes"));
  GemmPointers beyond = c.pointers();
  beyond.w = static_cast<const char*>(beyond.w) + 256;
  EXPECT_THAT(call(beyond, suggested.front(), workspace), breaks("A is not in one allocation"));

  CublasLtAlgorithm split = suggested.back();
  ASSERT_GT(split.workspace_bytes, 0U);
  EXPECT_THAT(call(c.pointers(), split, nullptr), breaks("the workspace is not in one allocation"));
  split.workspace_bytes /= 2;
  EXPECT_THAT(call(c.pointers(), split, workspace), breaks("the algorithm takes"));
  EXPECT_THAT(call(c.pointers(), {}, workspace), breaks("is none that the library made"));

  const Case other(gemm(DType::kFp16, 4, 64, 256));  // made for other types
  EXPECT_FALSE(
      other.matmul->checked(suggested.front().algorithm, Case::kWorkspaceBytes).has_value());

  const CublasLtApi& api = cublaslt_api();
  cublasLtMatrixLayout_t layout = nullptr;
  EXPECT_THAT([&] { (void)api.create_layout(&layout, CUDA_R_16BF, 64, 8, 63); },
              breaks("the leading dimension"));
  EXPECT_THAT([&] { (void)api.destroy(nullptr); }, breaks("or was destroyed"));
}

TEST_F(CublasLt, AHandleIsNeitherMadeNorDestroyedInACapture) {
  const auto breaks = ThrowsMessage<BrokenRule>(HasSubstr("while a stream captures"));
  const CublasLtApi& api = cublaslt_api();
  cublasLtHandle_t handle = nullptr;
  ASSERT_EQ(api.create(&handle), CUBLAS_STATUS_SUCCESS);
  runtime.capturing = true;
  EXPECT_THAT([&] { (void)api.destroy(handle); }, breaks);
  cublasLtHandle_t other = nullptr;
  EXPECT_THAT([&] { (void)api.create(&other); }, breaks);
  runtime.capturing = false;
  EXPECT_EQ(api.destroy(handle), CUBLAS_STATUS_SUCCESS);
}

TEST(CublasLtDeathTest, WhatIsNotDestroyedIsNamedWhenTheProcessEnds) {
  const auto leave = [](bool destroys) {
    const CublasLtApi& api = cublaslt_api();
    cublasLtHandle_t handle = nullptr;
    cublasLtMatrixLayout_t layout = nullptr;
    (void)api.create(&handle);
    (void)api.create_layout(&layout, CUDA_R_16BF, 64, 8, 64);
    if (destroys) {
      (void)api.destroy(handle);
      (void)api.destroy_layout(layout);
    }
    std::exit(0);
  };
  EXPECT_EXIT(leave(false), testing::ExitedWithCode(kBrokenRuleStatus),
              "not destroyed: 1 handles, 1 layouts");
  EXPECT_EXIT(leave(true), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace gpugauge::emulated

using gpugauge::emulated::runtime;

int emulated_enqueue_library_call(void*, const gpugauge::emulated::LibraryCall& call) {
  runtime.enqueued.push_back(call);
  return 0;
}
bool emulated_is_device_memory(const void* begin, std::size_t bytes) {
  for (const auto& each : runtime.memory) {
    const auto* first = static_cast<const char*>(each.begin);
    if (begin >= first && static_cast<const char*>(begin) + bytes <= first + each.bytes)
      return true;
  }
  return false;
}
bool emulated_is_capturing() { return runtime.capturing; }
