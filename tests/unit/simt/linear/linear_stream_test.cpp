#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <tuple>
#include <vector>

#include "harness/base/random.hpp"
#include "kernels/reference/gemm_reference.hpp"
#include "tests/simt/simt.hpp"

// The kernels themselves, after the emulation that they run in.
#include "kernels/cuda/linear/linear_stream.cu"
#include "kernels/cuda/linear/linear_stream_sm90a.cu"

namespace gpugauge {
namespace {

using Bytes = std::vector<unsigned char>;
/// One of the kernels, and how it cuts.
struct Kernel {
  const char* name;
  decltype(&launch_linear_stream_generic) launch;
  LinearPlan (*plan)(const LinearShape& shape, int multiprocessors);
  std::int64_t most_tokens = kLinearMaxTokens;
};

/// So many multiprocessors, and an L2 of which a third is `prefetched` steps of 128 rows for each.
LinearDevice card(int multiprocessors, std::int64_t prefetched = 3) {
  return {multiprocessors, 90, 3 * multiprocessors * prefetched * 128 * LinearPlan::kStepBytes};
}

/// A linear on the host's memory, which ends where the operands do.
struct Linear {
  Linear(const LinearShape& of, Distribution distribution)
      : shape(of),
        data(distribution),
        x(random(of.activations, of.m * of.k, 1)),
        w(random(of.weights, of.n * of.k, 2)) {}

  Gemm op() const {
    return {shape.m, shape.n, shape.k, shape.activations, shape.weights, DType::kBf16};
  }

  /// Of what is multiplied: with FP8 weights e4m3 on both sides.
  float x_scale() const { return quantization_scale(shape.weights, data); }
  float scale() const { return x_scale() * quantization_scale(shape.weights, data); }

  Bytes workspace(int multiprocessors) const {
    const LinearPlan plan = plan_linear(shape, multiprocessors);
    Bytes bytes(static_cast<std::size_t>(plan.workspace_bytes()), 0xFF);
    std::memset(bytes.data(), 0, LinearPlan::kCounterBytes);
    return bytes;
  }

  /// y, poisoned before the launch.
  Bytes run(const Kernel& kernel, int multiprocessors, Bytes& workspace) const {
    Bytes y(static_cast<std::size_t>(2 * shape.m * shape.n), 0xFF);
    kernel.launch(Stream{.overlap = true}, shape,
                  {.x = x.data(),
                   .w = w.data(),
                   .y = y.data(),
                   .workspace = workspace.data(),
                   .scale = scale(),
                   .x_inverse_scale = 1.0F / x_scale()},
                  card(multiprocessors), kernel.plan(shape, multiprocessors));
    return y;
  }

  Bytes run(const Kernel& kernel, int multiprocessors) const {
    Bytes fresh = workspace(multiprocessors);
    return run(kernel, multiprocessors, fresh);
  }

  void expect_right(const Bytes& y) const {
    const auto reader = [this](const Bytes& matrix, DType dtype) {
      return [&matrix, row_bytes = shape.k * size_bytes(dtype)](std::int64_t row, void* out) {
        std::memcpy(out, matrix.data() + row * row_bytes, static_cast<std::size_t>(row_bytes));
      };
    };
    const GemmHostView view{.x = reader(x, shape.activations),
                            .w = reader(w, shape.weights),
                            .y = y.data(),
                            .scale = scale(),
                            .x_inverse_scale = 1.0F / x_scale()};
    const Verification verification = compare_gemm(op(), view, customary_accuracy(op())).result();
    EXPECT_TRUE(verification.passed) << verification.reason;
  }

  /// With −1, 0 and 1 every sum is exact, so that every element can be looked at.
  void expect_exact(const Bytes& y) const {
    for (std::int64_t token = 0; token < shape.m; ++token) {
      for (std::int64_t row = 0; row < shape.n; ++row) {
        float sum = 0;
        for (std::int64_t i = 0; i < shape.k; ++i) {
          sum += static_cast<float>(load_element(shape.activations, x.data(), token * shape.k + i) *
                                    load_element(shape.weights, w.data(), row * shape.k + i));
        }
        std::uint16_t expected = 0;
        store_element(DType::kBf16, &expected, 0, sum);
        ASSERT_EQ(load_element(DType::kBf16, y.data(), token * shape.n + row),
                  load_element(DType::kBf16, &expected, 0))
            << "token " << token << ", row " << row;
      }
    }
  }

  LinearShape shape;
  Distribution data;
  Bytes x, w;

 private:
  Bytes random(DType dtype, std::int64_t count, std::uint64_t seed) const {
    Bytes bytes(static_cast<std::size_t>(count * size_bytes(dtype)));
    for (std::int64_t i = 0; i < count; ++i) store_random(dtype, data, seed, bytes.data(), i);
    return bytes;
  }
};

/// Whole tiles, of as many of these rows as a kernel for so many tokens takes.
template <int rows>
LinearPlan whole(const LinearShape& shape, int multiprocessors) {
  const int tokens = plan_linear(shape, multiprocessors).tokens;
  return plan_whole_tiles(shape, multiprocessors, std::min(rows, most_whole_rows(tokens)));
}

struct Types {
  const char* name;
  DType activations, weights;
};
constexpr Kernel kKernels[] = {
    {"generic", launch_linear_stream_generic, plan_linear},
    {"hopper_cut", launch_linear_stream_hopper, plan_linear},
    {"hopper_whole_24", launch_linear_stream_hopper, whole<24>, kMostWholeTokens},
    {"hopper_whole_64", launch_linear_stream_hopper, whole<64>, kMostWholeTokens}};
constexpr Types kTypes[] = {{"bf16", DType::kBf16, DType::kBf16},
                            {"fp8", DType::kFp8E4m3, DType::kFp8E4m3},
                            {"quantised", DType::kBf16, DType::kFp8E4m3}};

class LinearStreamTest : public testing::TestWithParam<std::tuple<Kernel, Types>> {
 protected:
  const Kernel& kernel() const { return std::get<0>(GetParam()); }
  LinearShape shape(std::int64_t m, std::int64_t n, std::int64_t k) const {
    const Types& types = std::get<1>(GetParam());
    return {m, n, k, types.activations, types.weights};
  }

  void expect_exact(std::int64_t m, std::int64_t n, std::int64_t k, int multiprocessors) {
    if (m > kernel().most_tokens) return;
    SCOPED_TRACE(testing::Message() << m << "x" << n << "x" << k << " on " << multiprocessors);
    const Linear linear(shape(m, n, k), Distribution::kSmallIntegers);
    linear.expect_exact(
        simt::in_all_schedules([&] { return linear.run(kernel(), multiprocessors); }));
  }
};

TEST_P(LinearStreamTest, IsExactForEveryNumberOfTokens) {
  for (std::int64_t m : {1, 8, 9, 16, 31, 33, 64}) expect_exact(m, 136, 272, 3);
}

TEST_P(LinearStreamTest, IsExactAtRaggedShapes) {
  expect_exact(1, 1, 16, 2);      // less than a fragment
  expect_exact(2, 7, 48, 4);      // part of a step
  expect_exact(3, 128, 784, 1);   // many stages of one tile
  expect_exact(3, 129, 784, 2);   // a tile of one row
  expect_exact(8, 384, 256, 3);   // tiles that are not cut
  expect_exact(8, 128, 2080, 7);  // one tile, cut often, by blocks that neither begin nor end it
  expect_exact(12, 300, 1104, 5);
}

TEST_P(LinearStreamTest, IsRightForNormalValues) {
  for (std::int64_t m : {std::int64_t{1}, std::int64_t{16}, kernel().most_tokens}) {
    const Linear linear(shape(m, 250, 656), Distribution::kNormal);
    linear.expect_right(linear.run(kernel(), 5));
  }
}

TEST_P(LinearStreamTest, LeavesTheWorkspaceReadyForOtherShapesAndGivesTheSameBitsAgain) {
  const Linear linear(shape(4, 256, 1024), Distribution::kNormal);
  const Linear wider(shape(std::min(std::int64_t{20}, kernel().most_tokens), 640, 512),
                     Distribution::kNormal);
  Bytes workspace = wider.workspace(7);
  const Bytes first = linear.run(kernel(), 7, workspace);
  linear.expect_right(first);
  wider.expect_right(wider.run(kernel(), 7, workspace));
  EXPECT_EQ(linear.run(kernel(), 7, workspace), first);
}

INSTANTIATE_TEST_SUITE_P(Kernels, LinearStreamTest,
                         testing::Combine(testing::ValuesIn(kKernels), testing::ValuesIn(kTypes)),
                         [](const auto& each) {
                           return std::string(std::get<0>(each.param).name) + "_" +
                                  std::get<1>(each.param).name;
                         });

}  // namespace
}  // namespace gpugauge
