#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

#include "kernels/implementation.hpp"
#include "tests/unit/simt/host_device.hpp"

// The token ops as the program runs them, their buffers and their verification, in the emulation.
// The other tests of this program define the launch functions.
namespace gpugauge {

std::span<const Implementation> cuda_token_ops();

namespace {

const Implementation& implementation(std::string_view name) {
  const auto all = cuda_token_ops();
  return *std::find_if(all.begin(), all.end(), [&](const auto& i) { return i.name == name; });
}

void run_and_verify(std::string_view name, const TokenOp& op) {
  for (CacheState cache : {CacheState::kHot, CacheState::kCold}) {
    SCOPED_TRACE(testing::Message()
                 << name << " " << kind_path(op) << " " << shape_path(op) << " " << name_of(cache));
    HostDevice device(90);
    ASSERT_EQ(implementation(name).supports(op, device.info()), std::nullopt);
    const auto workload = implementation(name).make(op, device, {.cache = cache});
    EXPECT_EQ(workload->slots() > 1, cache == CacheState::kCold);
    const auto replay = device.capture(*workload, 2 * workload->slots());
    (void)replay->run();
    const Verification verification = verify_replay(*workload, *replay);
    EXPECT_TRUE(verification.passed) << verification.reason;
    EXPECT_GT(verification.checked, 0);
  }
}

TEST(SimtTokenOps, AreVerified) {
  run_and_verify("plain", token_op_of(TokenOpKind::kRmsNorm, 3, 512));
  run_and_verify("plain", token_op_of(TokenOpKind::kGatedActivation, 3, 512));
  run_and_verify("plain", token_op_of(TokenOpKind::kQuantize, 3, 512));
  run_and_verify("plain", token_op_of(TokenOpKind::kEmbedding, 5, 512));
  run_and_verify("plain", token_op_of(TokenOpKind::kArgmax, 3, 1000));
  run_and_verify("plain", token_op_of(TokenOpKind::kHeadNorm, 3, 7 * 64, 2, 64));
  run_and_verify("plain", token_op_of(TokenOpKind::kRopeAppend, 3, 9 * 128, 2, 128));
}

TEST(SimtTokenOps, AreVerifiedInFp8) {
  for (const auto& [name, op] :
       {std::pair<std::string_view, TokenOp>{"fused", token_op_of(TokenOpKind::kRmsNorm, 2, 512)},
        {"fused", token_op_of(TokenOpKind::kGatedActivation, 2, 512)},
        {"plain", token_op_of(TokenOpKind::kRopeAppend, 2, 9 * 64, 2, 64)}}) {
    TokenOp quantised = op;
    quantised.output = DType::kFp8E4m3;
    run_and_verify(name, quantised);
  }
}

TEST(SimtTokenOps, SayWhatTheyCannotRun) {
  const HostDevice device(90);
  const auto reason = [&](std::string_view name, const TokenOp& op) {
    return implementation(name).supports(op, device.info()).value_or("");
  };
  EXPECT_NE(reason("plain", token_op_of(TokenOpKind::kRmsNorm, 1, 4100)), "");
  EXPECT_NE(reason("plain", token_op_of(TokenOpKind::kRmsNorm, 1, 65536)), "");
  EXPECT_NE(reason("plain", token_op_of(TokenOpKind::kRmsNorm, 0, 4096)), "");
  EXPECT_NE(reason("plain", token_op_of(TokenOpKind::kHeadNorm, 1, 960, 2, 96)), "");
  EXPECT_NE(reason("plain", token_op_of(TokenOpKind::kRopeAppend, 1, 256, 1, 128)), "");
  EXPECT_NE(reason("fused", token_op_of(TokenOpKind::kRmsNorm, 1, 4096)), "");
  TokenOp op = token_op_of(TokenOpKind::kQuantize, 1, 4096);
  op.output = DType::kInt8;
  EXPECT_NE(reason("plain", op), "");
}

}  // namespace
}  // namespace gpugauge
