#include "harness/analyze/op_times.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using fake::measurement;
using testing::HasSubstr;

constexpr double kReadGbps = 1000;

Gemm linear(std::int64_t m) { return gemm_of(DType::kFp8E4m3, m, 28672, 4096); }

TEST(OpTimes, AnExactShapeIsMeasured) {
  const Record record = fake::record({measurement(linear(8), 120'000)});
  const OpTime time = OpTimes(record, kReadGbps, Engine::kBest).at(linear(8));
  EXPECT_EQ(time.origin, Origin::kMeasured);
  EXPECT_DOUBLE_EQ(time.time_ns.value, 120'000);
  EXPECT_DOUBLE_EQ(time.time_ns.low, 0.99 * 120'000);
  EXPECT_EQ(time.source, record.measurements[0].name);
}

TEST(OpTimes, BetweenTwoBatchesTheTimeIsLinearInTheLogarithms) {
  const Record record =
      fake::record({measurement(linear(4), 100'000), measurement(linear(16), 400'000)});
  const OpTime time = OpTimes(record, kReadGbps, Engine::kBest).at(linear(8));
  EXPECT_EQ(time.origin, Origin::kInterpolated);
  EXPECT_NEAR(time.time_ns.value, 200'000, 1e-6);
  EXPECT_DOUBLE_EQ(time.time_ns.low, 99'000);  // everything that the neighbours span
  EXPECT_DOUBLE_EQ(time.time_ns.high, 404'000);
  EXPECT_THAT(time.source, HasSubstr("m:4/"));
  EXPECT_THAT(time.source, HasSubstr("… m:16"));
}

TEST(OpTimes, TheNearestNeighboursAreUsedEvenWhereALargerBatchIsFaster) {
  const Record record =
      fake::record({measurement(linear(1), 10'000), measurement(linear(16), 76'000),
                    measurement(linear(32), 20'000), measurement(linear(64), 900'000)});
  const OpTime time = OpTimes(record, kReadGbps, Engine::kBest).at(linear(24));
  EXPECT_LT(time.time_ns.value, 76'000);
  EXPECT_GT(time.time_ns.value, 20'000);
  EXPECT_DOUBLE_EQ(time.time_ns.low, 0.99 * 20'000);
  EXPECT_DOUBLE_EQ(time.time_ns.high, 1.01 * 76'000);
}

TEST(OpTimes, NothingIsExtrapolated) {
  const Record record =
      fake::record({measurement(linear(4), 100'000), measurement(linear(16), 400'000)});
  const OpTimes times(record, kReadGbps, Engine::kBest);
  EXPECT_EQ(times.at(linear(2)).origin, Origin::kModelled);
  EXPECT_EQ(times.at(linear(32)).origin, Origin::kModelled);
}

TEST(OpTimes, ADifferentTypeOrShapeIsAnotherOp) {
  const Record record = fake::record({measurement(linear(8), 120'000)});
  const OpTimes times(record, kReadGbps, Engine::kBest);
  EXPECT_EQ(times.at(gemm_of(DType::kBf16, 8, 28672, 4096)).origin, Origin::kModelled);
  EXPECT_EQ(times.at(gemm_of(DType::kFp8E4m3, 8, 4096, 4096)).origin, Origin::kModelled);
  Gemm other_output = linear(8);
  other_output.output = DType::kFp16;
  EXPECT_EQ(times.at(other_output).origin, Origin::kModelled);
}

TEST(OpTimes, TheLibraryEngineKnowsOnlyLibraryCasesAndBestTheFastest) {
  Measurement own = measurement(linear(8), 90'000, "own");
  own.is_library = false;
  const Record record = fake::record(
      {measurement(linear(8), 120'000, "slow_lib"), measurement(linear(8), 110'000, "lib"), own});
  EXPECT_DOUBLE_EQ(OpTimes(record, kReadGbps, Engine::kLibrary).at(linear(8)).time_ns.value,
                   110'000);
  EXPECT_DOUBLE_EQ(OpTimes(record, kReadGbps, Engine::kBest).at(linear(8)).time_ns.value, 90'000);
}

TEST(OpTimes, HotOrFlatteredCasesDoNotCount) {
  const Record record =
      fake::record({measurement(linear(8), 1'000, "lib", {.cache = CacheState::kHot}),
                    measurement(linear(8), 1'000, "lib", {.data = Distribution::kZeros})});
  EXPECT_EQ(OpTimes(record, kReadGbps, Engine::kBest).at(linear(8)).origin, Origin::kModelled);
}

TEST(OpTimes, OtherOpsAreMeasuredWhereTheRecordHasThem) {
  const AttentionDecode attention{
      .batch = 8, .context = 1024, .heads = 32, .kv_heads = 8, .head_dim = 128, .kv = DType::kBf16};
  const TokenOp norm = token_op_of(TokenOpKind::kRmsNorm, 8, 4096);
  const Record record = fake::record({measurement(attention, 18'000), measurement(norm, 2'100)});
  const OpTimes times(record, kReadGbps, Engine::kBest);
  EXPECT_DOUBLE_EQ(times.at(attention).time_ns.value, 18'000);
  EXPECT_DOUBLE_EQ(times.at(norm).time_ns.value, 2'100);
  AttentionDecode longer = attention;
  longer.context = 2048;
  EXPECT_EQ(times.at(longer).origin, Origin::kModelled);
}

TEST(OpTimes, ASmallOpIsModelledByItsBytesWithAWideInterval) {
  Record record = fake::record({});
  const TokenOp norm = token_op_of(TokenOpKind::kRmsNorm, 1000, 1000);  // 8 MB: 8 µs at 1000 GB/s
  const OpTime gpu = OpTimes(record, kReadGbps, Engine::kBest).at(norm);
  EXPECT_EQ(gpu.origin, Origin::kModelled);
  EXPECT_DOUBLE_EQ(gpu.time_ns.value, 8'000 + 1'300);
  EXPECT_DOUBLE_EQ(gpu.time_ns.low, (8'000 + 1'300) / 2.0);
  EXPECT_DOUBLE_EQ(gpu.time_ns.high, 2 * 8'000 + 5'000);
  EXPECT_EQ(gpu.source, "roofline: 1000 GB/s");
  record.device.backend = Backend::kCpu;
  EXPECT_DOUBLE_EQ(OpTimes(record, kReadGbps, Engine::kBest).at(norm).time_ns.value, 8'000);
}

TEST(OpTimes, AGemmIsModelledByTheArithmeticWhereThatBoundsIt) {
  Record record = fake::record({fake::at_gbps(fake::memory(MemoryPattern::kRead), kReadGbps),
                                fake::at_tflops(fake::square(DType::kFp8E4m3, 8192), 100)});
  record.device.backend = Backend::kCpu;
  const Gemm large = gemm_of(DType::kFp8E4m3, 4096, 28672, 4096);
  const OpTimes times(record, kReadGbps, Engine::kBest);
  EXPECT_NEAR(times.at(large).time_ns.value, work_of(large).flops / 100e3, 1);
  EXPECT_EQ(times.at(large).source, "roofline: 100 TFLOPS");
  EXPECT_DOUBLE_EQ(times.at(linear(1)).time_ns.value, work_of(linear(1)).bytes / kReadGbps);
}

TEST(OpTimes, AGemmThatWasBoundByMemoryGivesNoArithmeticRateToModelBy) {
  Record record = fake::record({fake::at_gbps(fake::memory(MemoryPattern::kRead), kReadGbps),
                                fake::at_gbps(gemm_of(DType::kFp8E4m3, 1, 4096, 4096), 900)});
  record.device.backend = Backend::kCpu;
  EXPECT_DOUBLE_EQ(OpTimes(record, kReadGbps, Engine::kBest).at(linear(64)).time_ns.value,
                   work_of(linear(64)).bytes / kReadGbps);
}

}  // namespace
}  // namespace gpugauge
