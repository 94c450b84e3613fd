// Links what is in builds with CUDA only.
#if GPUGAUGE_HAS_CUDA

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <string>

#include "kernels/cuda/linear/linear_plan.hpp"
#include "kernels/cuda/token_ops/token_ops.hpp"

namespace gpugauge {
namespace {

// Of an SM of Hopper: each of its four quarters has its own registers, given to a warp in units of
// 256. CUDA C++ Programming Guide, "Compute Capabilities"; cuda_occupancy.h.
constexpr int kQuarterRegisters = 16384, kUnit = 256;
constexpr int kSharedBytes = 228 * 1024, kSystemBytes = 1024;
constexpr int kLinearWarps = 9;

/// The most registers that a thread of a kernel of that name takes for sm_90a, in the checked
/// table.
int registers_of(const std::string& kernel) {
  std::ifstream table(GPUGAUGE_TEST_DATA "/machine_code.csv");
  const std::regex row("[^,]*,\"?" + kernel + "\"?,sm_90a,(\\d+),.*");
  int most = 0;
  std::smatch match;
  for (std::string line; std::getline(table, line);) {
    if (std::regex_match(line, match, row)) most = std::max(most, std::stoi(match[1]));
  }
  EXPECT_GT(most, 0) << "no kernel " << kernel << " in the table";
  return most;
}

/// What `warps` warps of a kernel take of the quarter that has the most of them.
int quarter_registers(const std::string& kernel, int warps) {
  const int of_warp = (registers_of(kernel) * 32 + kUnit - 1) / kUnit * kUnit;
  return (warps + 3) / 4 * of_warp;
}

/// Of types 0 (BF16), 1 (FP8) or 2, for whole tiles.
std::string linear(int types, int tokens) {
  return R"(linear_bulk_kernel<linear::Sizes<\(linear::Types\))" + std::to_string(types) + ", " +
         std::to_string(tokens) + R"(, 4, \(linear::Cut\)1>>)";
}

bool fits_beside_two(const std::string& linear, const std::string& small, int warps) {
  return quarter_registers(linear, 2 * kLinearWarps) + quarter_registers(small, warps) <=
         kQuarterRegisters;
}

constexpr char kNorm[] = R"(rms_norm_kernel<\(DType\)[24], 2>)";

TEST(Residency, SmallKernelsOfAStepFindRegistersBesideTwoLinearsForUpToEightTokens) {
  const int token_op = kTokenOpThreads / 32;
  for (int types : {0, 1, 2}) {
    EXPECT_TRUE(fits_beside_two(linear(types, 8), kNorm, norm_threads(4096) / 32)) << types;
    EXPECT_TRUE(fits_beside_two(linear(types, 8), R"(gated_activation_kernel<.*>)", token_op));
    EXPECT_TRUE(fits_beside_two(linear(types, 8), R"(rope_append_kernel<.*>)", token_op));
    EXPECT_TRUE(fits_beside_two(linear(types, 8), "quantize_kernel", token_op));
  }
  EXPECT_TRUE(fits_beside_two(linear(1, 8), kNorm, norm_threads(5120) / 32));
}

/// What is not hidden today: the norm of a wide model, and of 9 to 16 tokens.
TEST(Residency, WiderNormsAndMoreTokensWait) {
  EXPECT_FALSE(fits_beside_two(linear(1, 8), kNorm, norm_threads(8192) / 32));
  EXPECT_FALSE(fits_beside_two(linear(1, 16), kNorm, norm_threads(4096) / 32));
}

TEST(Residency, TwoLinearsLeaveSharedMemoryForASmallKernel) {
  EXPECT_LE(2 * (kLinearSharedBytes + kSystemBytes) + kSmallSharedBytes, kSharedBytes);
  EXPECT_GE(kSmallSharedBytes, kSystemBytes + kNormMaxThreads / 32 * 4);
}

}  // namespace
}  // namespace gpugauge

#endif  // GPUGAUGE_HAS_CUDA
