#include "harness/analyze/step/op_times.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

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
  EXPECT_EQ(source_of(time), record.measurements[0].name);
}

TEST(OpTimes, BetweenTwoBatchesTheTimeIsLinearInTheLogarithms) {
  const Record record =
      fake::record({measurement(linear(4), 100'000), measurement(linear(16), 400'000)});
  const OpTime time = OpTimes(record, kReadGbps, Engine::kBest).at(linear(8));
  EXPECT_EQ(time.origin, Origin::kInterpolated);
  EXPECT_NEAR(time.time_ns.value, 200'000, 1e-6);
  EXPECT_DOUBLE_EQ(time.time_ns.low, 99'000);  // everything that the neighbours span
  EXPECT_DOUBLE_EQ(time.time_ns.high, 404'000);
  EXPECT_THAT(source_of(time), HasSubstr("m:4/"));
  EXPECT_THAT(source_of(time), HasSubstr("… m:16"));
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
  EXPECT_EQ(source_of(gpu), "roofline: 1000 GB/s");
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
  EXPECT_EQ(source_of(times.at(large)), "roofline: 100 TFLOPS");
  EXPECT_DOUBLE_EQ(times.at(linear(1)).time_ns.value, work_of(linear(1)).bytes / kReadGbps);
}

TEST(OpTimes, AGemmThatWasBoundByMemoryGivesNoArithmeticRateToModelBy) {
  Record record = fake::record({fake::at_gbps(fake::memory(MemoryPattern::kRead), kReadGbps),
                                fake::at_gbps(gemm_of(DType::kFp8E4m3, 1, 4096, 4096), 900)});
  record.device.backend = Backend::kCpu;
  EXPECT_DOUBLE_EQ(OpTimes(record, kReadGbps, Engine::kBest).at(linear(64)).time_ns.value,
                   work_of(linear(64)).bytes / kReadGbps);
}

Measurement imported(const Op& op, double time_ns) {
  Measurement m = measurement(op, time_ns);
  m.origin = Origin::kImported;
  return m;
}

Gemm layer(std::int64_t m, std::int64_t n, std::int64_t k) {
  return gemm_of(DType::kBf16, m, n, k);
}

TEST(OpTimes, WhatTheRecordImportedStaysImported) {
  const Record record = fake::record({imported(linear(8), 120'000)});
  EXPECT_EQ(OpTimes(record, kReadGbps, Engine::kLibrary).at(linear(8)).origin, Origin::kImported);
}

TEST(OpTimes, BetweenTwoOfWhichOneIsImportedItIsInterpolatedBetweenImported) {
  const auto origin_at_16 = [](Measurement a, Measurement b) {
    const Record record = fake::record({std::move(a), std::move(b)});
    return OpTimes(record, kReadGbps, Engine::kLibrary).at(linear(16)).origin;
  };
  const Measurement lower = measurement(linear(8), 120'000), upper = measurement(linear(32), 2e5);
  EXPECT_EQ(origin_at_16(lower, upper), Origin::kInterpolated);
  EXPECT_EQ(origin_at_16(lower, imported(linear(32), 2e5)), Origin::kInterpolatedImported);
  EXPECT_EQ(origin_at_16(imported(linear(8), 120'000), upper), Origin::kInterpolatedImported);
}

TEST(OpTimes, BetweenTwoWidthsTheTimePerWeightIsWhatTheNeighboursSpan) {
  const Record record = fake::record(
      {imported(layer(1, 1000, 4096), 10'000), imported(layer(1, 4000, 4096), 20'000)});
  const OpTime time = OpTimes(record, kReadGbps, Engine::kBest).at(layer(1, 2000, 4096));
  EXPECT_EQ(time.origin, Origin::kInterpolatedImported);
  EXPECT_NEAR(time.time_ns.value, std::sqrt(10'000.0 * 20'000), 1e-6);  // half way in log n
  EXPECT_NEAR(time.time_ns.low, 0.99 * 20'000 / 2, 1e-6);   // as fast a weight as at n 4000
  EXPECT_NEAR(time.time_ns.high, 1.01 * 10'000 * 2, 1e-6);  // as slow a weight as at n 1000
  EXPECT_THAT(source_of(time), HasSubstr("n:1000/"));
  EXPECT_THAT(source_of(time), HasSubstr("… n:4000"));
}

TEST(OpTimes, InsideACellOfTheGridAllEightCornersCount) {
  std::vector<Measurement> corners;
  for (const std::int64_t m : {4, 16})
    for (const std::int64_t n : {1024, 4096})
      for (const std::int64_t k : {2048, 8192})
        corners.push_back(imported(
            layer(m, n, k), 1e-3 * static_cast<double>(n * k) + 100 * static_cast<double>(m)));
  const Record record = fake::record(corners);
  const OpTimes times(record, kReadGbps, Engine::kBest);
  double logs = 0, low = 1e99, high = 0;
  for (const Measurement& corner : corners) {
    const auto& g = std::get<Gemm>(corner.c.op);
    const double to_middle = 2048.0 * 4096 / static_cast<double>(g.n * g.k);
    logs += std::log(corner.time_ns.value) / 8;
    low = std::min(low, corner.time_ns.low * to_middle);
    high = std::max(high, corner.time_ns.high * to_middle);
  }
  const OpTime time = times.at(layer(8, 2048, 4096));
  EXPECT_EQ(time.origin, Origin::kInterpolatedImported);
  EXPECT_NEAR(time.time_ns.value, std::exp(logs), 1e-6 * std::exp(logs));
  EXPECT_NEAR(time.time_ns.low, low, 1e-6 * low);
  EXPECT_NEAR(time.time_ns.high, high, 1e-6 * high);
}

TEST(OpTimes, OutsideTheGridAndInACellWithoutACornerItIsModelled) {
  const Record record =
      fake::record({imported(layer(1, 1024, 2048), 5'000), imported(layer(1, 4096, 2048), 20'000),
                    imported(layer(1, 1024, 8192), 20'000)});
  const OpTimes times(record, kReadGbps, Engine::kBest);
  EXPECT_EQ(times.at(layer(1, 2048, 2048)).origin, Origin::kInterpolatedImported);
  EXPECT_EQ(times.at(layer(1, 1024, 4096)).origin, Origin::kInterpolatedImported);
  EXPECT_EQ(times.at(layer(1, 2048, 4096)).origin, Origin::kModelled);  // no n 4096, k 8192
  EXPECT_EQ(times.at(layer(1, 8192, 2048)).origin, Origin::kModelled);
  EXPECT_EQ(times.at(layer(1, 1024, 1024)).origin, Origin::kModelled);
  EXPECT_EQ(times.at(layer(2, 2048, 2048)).origin, Origin::kModelled);
}

AttentionDecode decode(std::int64_t batch, std::int64_t context, std::int64_t heads = 32) {
  return {.batch = batch,
          .context = context,
          .heads = heads,
          .kv_heads = 8,
          .head_dim = 128,
          .kv = DType::kBf16};
}

TEST(OpTimes, DecodeAttentionIsInterpolatedInBatchAndContext) {
  const Record record =
      fake::record({imported(decode(4, 1024), 10'000), imported(decode(4, 4096), 20'000),
                    imported(decode(16, 1024), 20'000), imported(decode(16, 4096), 80'000)});
  const OpTimes times(record, kReadGbps, Engine::kLibrary);
  const OpTime middle = times.at(decode(8, 2048));
  EXPECT_EQ(middle.origin, Origin::kInterpolatedImported);
  EXPECT_NEAR(middle.time_ns.value, std::pow(10'000.0 * 20'000 * 20'000 * 80'000, 0.25), 1e-6);
  EXPECT_DOUBLE_EQ(middle.time_ns.low, 0.99 * 10'000);
  EXPECT_DOUBLE_EQ(middle.time_ns.high, 1.01 * 80'000);
  EXPECT_NEAR(times.at(decode(4, 2048)).time_ns.value, std::sqrt(10'000.0 * 20'000), 1e-6);
  EXPECT_EQ(times.at(decode(4, 1024)).origin, Origin::kImported);
  EXPECT_EQ(times.at(decode(8, 8192)).origin, Origin::kModelled);
  EXPECT_EQ(times.at(decode(2, 2048)).origin, Origin::kModelled);
  EXPECT_EQ(times.at(decode(8, 2048, 64)).origin, Origin::kModelled);
}

TEST(OpTimes, PrefillAttentionIsInterpolatedInTokens) {
  const auto prefill = [](std::int64_t tokens) {
    return AttentionPrefill{.batch = 1,
                            .tokens = tokens,
                            .heads = 32,
                            .kv_heads = 8,
                            .head_dim = 128,
                            .dtype = DType::kBf16};
  };
  const Record record =
      fake::record({measurement(prefill(512), 20'000), measurement(prefill(2048), 180'000)});
  const OpTimes times(record, kReadGbps, Engine::kBest);
  EXPECT_NEAR(times.at(prefill(1024)).time_ns.value, 60'000, 1e-6);
  EXPECT_EQ(times.at(prefill(4096)).origin, Origin::kModelled);
}

TEST(ReadRate, IsMeasuredElseStatedOfAnImportedFileElseUnknown) {
  Record record = fake::record({imported(linear(8), 120'000)});
  EXPECT_FALSE(read_rate(record));
  record.device.pin_rate_gbps = 864;
  EXPECT_EQ(read_rate(record)->origin, Origin::kQuoted);
  EXPECT_DOUBLE_EQ(read_rate(record)->rate.value, 864);
  record.measurements[0].origin = Origin::kMeasured;  // then it can be measured as well
  EXPECT_FALSE(read_rate(record));
  record.measurements.push_back(fake::at_gbps(fake::memory(MemoryPattern::kRead), 750));
  EXPECT_EQ(read_rate(record)->origin, Origin::kMeasured);
  EXPECT_NEAR(read_rate(record)->rate.value, 750, 1e-6);
}

}  // namespace
}  // namespace gpugauge
