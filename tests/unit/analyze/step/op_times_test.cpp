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
const MethodError kNoError;

Gemm linear(std::int64_t m) { return gemm_of(DType::kFp8E4m3, m, 28672, 4096); }

TEST(OpTimes, AnExactShapeIsMeasured) {
  const Record record = fake::record({measurement(linear(8), 120'000)});
  const OpTime time = OpTimes(record, kReadGbps, Engine::kBest, kNoError).at(linear(8));
  EXPECT_EQ(time.origin, Origin::kMeasured);
  EXPECT_DOUBLE_EQ(time.time_ns.value, 120'000);
  EXPECT_DOUBLE_EQ(time.time_ns.low, 0.99 * 120'000);
  EXPECT_EQ(source_of(time), record.measurements[0].name);
}

TEST(OpTimes, BetweenTwoBatchesTheTimeIsLinearInTheWork) {
  const Record record =
      fake::record({measurement(linear(4), 100'000), measurement(linear(16), 400'000)});
  const OpTime time = OpTimes(record, kReadGbps, Engine::kBest, kNoError).at(linear(8));
  EXPECT_EQ(time.origin, Origin::kInterpolated);
  EXPECT_NEAR(time.time_ns.value, 200'000, 1e-6);
  EXPECT_NEAR(time.time_ns.low, 198'000, 1e-6);  // 1% as the neighbours
  EXPECT_NEAR(time.time_ns.high, 202'000, 1e-6);
  EXPECT_THAT(source_of(time), HasSubstr("m:4/"));
  EXPECT_THAT(source_of(time), HasSubstr("… m:16"));
}

TEST(OpTimes, TheNearestNeighboursAreUsedEvenWhereALargerBatchIsFaster) {
  const Record record =
      fake::record({measurement(linear(1), 10'000), measurement(linear(16), 76'000),
                    measurement(linear(32), 20'000), measurement(linear(64), 900'000)});
  const OpTime time = OpTimes(record, kReadGbps, Engine::kBest, kNoError).at(linear(24));
  EXPECT_NEAR(time.time_ns.value, 48'000, 1e-6);
}

MethodError error_of(std::string family, OpErrors errors) {
  MethodError error;
  error.ops.emplace(std::move(family), std::move(errors));
  return error;
}

TEST(OpTimes, TheErrorOfAnInterpolationJoinsThatOfTheNeighbours) {
  const MethodError error = error_of(
      "gemm",
      {.interpolated = {{"m", {0.8, 1.3}}}, .extrapolated = {}, .imported = {}, .modelled = {}});
  const Record near =
      fake::record({measurement(linear(4), 100'000), measurement(linear(16), 400'000)});
  const Estimate time = OpTimes(near, kReadGbps, Engine::kBest, error).at(linear(8)).time_ns;
  EXPECT_NEAR(time.low, 159'962, 2);  // exp(-hypot(ln 0.99, ln 0.8)) = 0.79981
  EXPECT_NEAR(time.high, 260'049, 2);
  // Neighbours sixteen times apart err twice.
  const Record far =
      fake::record({measurement(linear(1), 25'000), measurement(linear(16), 400'000)});
  const Estimate wider = OpTimes(far, kReadGbps, Engine::kBest, error).at(linear(8)).time_ns;
  EXPECT_NEAR(wider.low / wider.value, 0.64, 0.001);
  EXPECT_NEAR(wider.high / wider.value, 1.69, 0.001);
}

TEST(OpTimes, ADifferentTypeOrShapeIsAnotherOp) {
  const Record record = fake::record({measurement(linear(8), 120'000)});
  const OpTimes times(record, kReadGbps, Engine::kBest, kNoError);
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
  EXPECT_DOUBLE_EQ(
      OpTimes(record, kReadGbps, Engine::kLibrary, kNoError).at(linear(8)).time_ns.value, 110'000);
  EXPECT_DOUBLE_EQ(OpTimes(record, kReadGbps, Engine::kBest, kNoError).at(linear(8)).time_ns.value,
                   90'000);
}

TEST(OpTimes, HotOrFlatteredCasesDoNotCount) {
  const Record record =
      fake::record({measurement(linear(8), 1'000, "lib", {.cache = CacheState::kHot}),
                    measurement(linear(8), 1'000, "lib", {.data = Distribution::kZeros})});
  EXPECT_EQ(OpTimes(record, kReadGbps, Engine::kBest, kNoError).at(linear(8)).origin,
            Origin::kModelled);
}

TEST(OpTimes, ATimeThatOverlappedWithItselfIsNoPartOfAStep) {
  Measurement overlapped = measurement(linear(8), 90'000, "own_pdl");
  overlapped.is_library = false;
  overlapped.overlaps_itself = true;
  Measurement own = measurement(linear(8), 100'000, "own");
  own.is_library = false;
  const Record both = fake::record({measurement(linear(8), 110'000), overlapped, own});
  EXPECT_DOUBLE_EQ(OpTimes(both, kReadGbps, Engine::kBest, kNoError).at(linear(8)).time_ns.value,
                   100'000);
  const Record alone = fake::record({overlapped});
  EXPECT_EQ(OpTimes(alone, kReadGbps, Engine::kBest, kNoError).at(linear(8)).origin,
            Origin::kModelled);
}

TEST(OpTimes, ATokenOpFindsItsInputInTheCacheAsInAStepButAnEmbeddingDoesNot) {
  for (const auto& [kind, expected] :
       {std::pair(TokenOpKind::kRmsNorm, 2'000.0), std::pair(TokenOpKind::kEmbedding, 2'300.0)}) {
    const TokenOp op = token_op_of(kind, 8, 4096);
    const Record record = fake::record(
        {measurement(op, 2'300), measurement(op, 2'000, "lib", {.cache = CacheState::kHot})});
    for (const Engine engine : all_of<Engine>)
      EXPECT_DOUBLE_EQ(OpTimes(record, kReadGbps, engine, kNoError).at(op).time_ns.value, expected);
  }
}

TEST(OpTimes, OtherOpsAreMeasuredWhereTheRecordHasThem) {
  const AttentionDecode attention{
      .batch = 8, .context = 1024, .heads = 32, .kv_heads = 8, .head_dim = 128, .kv = DType::kBf16};
  const TokenOp norm = token_op_of(TokenOpKind::kRmsNorm, 8, 4096);
  const Record record = fake::record({measurement(attention, 18'000), measurement(norm, 2'100)});
  const OpTimes times(record, kReadGbps, Engine::kBest, kNoError);
  EXPECT_DOUBLE_EQ(times.at(attention).time_ns.value, 18'000);
  EXPECT_DOUBLE_EQ(times.at(norm).time_ns.value, 2'100);
  AttentionDecode longer = attention;
  longer.context = 2048;
  EXPECT_EQ(times.at(longer).origin, Origin::kModelled);
}

TEST(OpTimes, ASmallOpIsModelledByItsBytesWithAWideInterval) {
  Record record = fake::record({});
  const TokenOp norm = token_op_of(TokenOpKind::kRmsNorm, 1000, 1000);  // 8 MB: 8 µs at 1000 GB/s
  const OpTime gpu = OpTimes(record, kReadGbps, Engine::kBest, kNoError).at(norm);
  EXPECT_EQ(gpu.origin, Origin::kModelled);
  EXPECT_DOUBLE_EQ(gpu.time_ns.value, 8'000 + 1'300);
  EXPECT_DOUBLE_EQ(gpu.time_ns.low, (8'000 + 1'300) / 2.0);
  EXPECT_DOUBLE_EQ(gpu.time_ns.high, 2 * 8'000 + 5'000);
  EXPECT_EQ(source_of(gpu), "roofline: 1000 GB/s");
  record.device.backend = Backend::kCpu;
  EXPECT_DOUBLE_EQ(OpTimes(record, kReadGbps, Engine::kBest, kNoError).at(norm).time_ns.value,
                   8'000);
}

TEST(OpTimes, AGemmIsModelledByTheArithmeticWhereThatBoundsIt) {
  Record record = fake::record({fake::at_gbps(fake::memory(MemoryPattern::kRead), kReadGbps),
                                fake::at_tflops(fake::square(DType::kFp8E4m3, 8192), 100)});
  record.device.backend = Backend::kCpu;
  const Gemm large = gemm_of(DType::kFp8E4m3, 4096, 28672, 4096);
  const OpTimes times(record, kReadGbps, Engine::kBest, kNoError);
  EXPECT_NEAR(times.at(large).time_ns.value, work_of(large).flops / 100e3, 1);
  EXPECT_NEAR(times.at(linear(1)).time_ns.value, work_of(linear(1)).bytes / kReadGbps, 1);
}

TEST(OpTimes, AGemmThatWasBoundByMemoryGivesNoArithmeticRateToModelBy) {
  Record record = fake::record({fake::at_gbps(fake::memory(MemoryPattern::kRead), kReadGbps),
                                fake::at_gbps(gemm_of(DType::kFp8E4m3, 1, 4096, 4096), 900)});
  record.device.backend = Backend::kCpu;
  // By its bytes, at the 900 GB/s of the one that was measured.
  const double time =
      OpTimes(record, kReadGbps, Engine::kBest, kNoError).at(linear(64)).time_ns.value;
  EXPECT_NEAR(time, work_of(linear(64)).bytes / 900, 0.05 * time);
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
  EXPECT_EQ(OpTimes(record, kReadGbps, Engine::kLibrary, kNoError).at(linear(8)).origin,
            Origin::kImported);
}

TEST(OpTimes, AnImportedEntryHasTheErrorOfItsKind) {
  Measurement entry = imported(linear(8), 100'000);
  entry.time_ns = {.value = 100'000, .low = 100'000, .high = 100'000};
  const MethodError error = error_of(
      "gemm", {.interpolated = {}, .extrapolated = {}, .imported = {0.9, 1.2}, .modelled = {}});
  const Record record = fake::record({entry});
  const Estimate time = OpTimes(record, kReadGbps, Engine::kLibrary, error).at(linear(8)).time_ns;
  EXPECT_DOUBLE_EQ(time.value, 100'000);
  EXPECT_NEAR(time.low, 90'000, 1e-6);
  EXPECT_NEAR(time.high, 120'000, 1e-6);
}

TEST(OpTimes, BetweenTwoOfWhichOneIsImportedItIsInterpolatedBetweenImported) {
  const auto origin_at_16 = [](Measurement a, Measurement b) {
    const Record record = fake::record({std::move(a), std::move(b)});
    return OpTimes(record, kReadGbps, Engine::kLibrary, kNoError).at(linear(16)).origin;
  };
  const Measurement lower = measurement(linear(8), 120'000), upper = measurement(linear(32), 2e5);
  EXPECT_EQ(origin_at_16(lower, upper), Origin::kInterpolated);
  EXPECT_EQ(origin_at_16(lower, imported(linear(32), 2e5)), Origin::kInterpolatedImported);
  EXPECT_EQ(origin_at_16(imported(linear(8), 120'000), upper), Origin::kInterpolatedImported);
}

TEST(OpTimes, BetweenTwoWidthsTheTimeIsLinearToo) {
  const Record record = fake::record(
      {imported(layer(1, 1000, 4096), 10'000), imported(layer(1, 4000, 4096), 20'000)});
  const OpTime time = OpTimes(record, kReadGbps, Engine::kBest, kNoError).at(layer(1, 2000, 4096));
  EXPECT_EQ(time.origin, Origin::kInterpolatedImported);
  EXPECT_NEAR(time.time_ns.value, 10'000 + 10'000 / 3.0, 1e-6);
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
  const OpTimes times(record, kReadGbps, Engine::kBest, kNoError);
  const OpTime time = times.at(layer(8, 2048, 4096));
  EXPECT_EQ(time.origin, Origin::kInterpolatedImported);
  EXPECT_NEAR(time.time_ns.value, 1e-3 * 2048 * 4096 + 100 * 8, 1e-6);
}

TEST(OpTimes, OutsideTheGridAndInACellWithoutACornerItIsModelled) {
  const Record record =
      fake::record({imported(layer(1, 1024, 2048), 5'000), imported(layer(1, 4096, 2048), 20'000),
                    imported(layer(1, 1024, 8192), 20'000)});
  const OpTimes times(record, kReadGbps, Engine::kBest, kNoError);
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
  const OpTimes times(record, kReadGbps, Engine::kLibrary, kNoError);
  const OpTime middle = times.at(decode(8, 2048));
  EXPECT_EQ(middle.origin, Origin::kInterpolatedImported);
  EXPECT_NEAR(middle.time_ns.value, 13'333.33 + (40'000 - 13'333.33) / 3, 0.01);
  EXPECT_NEAR(times.at(decode(4, 2048)).time_ns.value, 13'333.33, 0.01);
  EXPECT_EQ(times.at(decode(4, 1024)).origin, Origin::kImported);
  EXPECT_EQ(times.at(decode(8, 8192)).origin, Origin::kModelled);
  EXPECT_EQ(times.at(decode(2, 2048)).origin, Origin::kModelled);
  EXPECT_EQ(times.at(decode(8, 2048, 64)).origin, Origin::kModelled);
}

/// 33.6 MB are read at context 1024, and as much more with each further 1024.
Record attention_to_4096() {
  return fake::record(
      {measurement(decode(8, 1024), 50'000), measurement(decode(8, 4096), 150'000)});
}

TEST(OpTimes, BeyondTheGridTheTimeGoesOnAsItDidInside) {
  const Record record = attention_to_4096();
  const MethodError error = error_of(
      "attention_decode",
      {.interpolated = {}, .extrapolated = {{"c", {0.9, 1.2}}}, .imported = {}, .modelled = {}});
  const OpTimes times(record, kReadGbps, Engine::kBest, error);
  const OpTime twice = times.at(decode(8, 8192));
  EXPECT_EQ(twice.origin, Origin::kModelled);
  EXPECT_EQ(source_of(twice), "scaled from " + record.measurements[1].name);
  EXPECT_NEAR(twice.time_ns.value, 150'000 + 100'000 * 4096.0 / 3072, 1e-6);
  EXPECT_NEAR(twice.time_ns.low / twice.time_ns.value, 0.89957, 1e-4);  // of 1% and of 0.9
  EXPECT_NEAR(twice.time_ns.high / twice.time_ns.value, 1.20032, 1e-4);
  const OpTime four_times = times.at(decode(8, 16384));
  EXPECT_NEAR(four_times.time_ns.value, 150'000 + 100'000 * 12288.0 / 3072, 1e-6);
  EXPECT_NEAR(four_times.time_ns.low / four_times.time_ns.value, 0.8098, 1e-4);  // 0.9 twice
}

TEST(OpTimes, BeforeTheGridItShrinksAsItDidInside) {
  const Record record = attention_to_4096();
  const OpTimes times(record, kReadGbps, Engine::kBest, kNoError);
  EXPECT_NEAR(times.at(decode(8, 512)).time_ns.value, 50'000 - 100'000 * 512.0 / 3072, 1e-6);
  EXPECT_DOUBLE_EQ(times.at(decode(8, 32)).time_ns.value, 50'000 - 100'000 * 992.0 / 3072);
}

TEST(OpTimes, OnePlaceIsScaledByItsBytesAndNotFarther) {
  const Record record = fake::record({measurement(decode(8, 1024), 50'000)});
  const OpTimes times(record, kReadGbps, Engine::kBest, kNoError);
  // Beside the cache there are queries and outputs, 0.2% at context 1024.
  EXPECT_NEAR(times.at(decode(8, 2048)).time_ns.value, 100'000, 500);
  EXPECT_NEAR(times.at(decode(16, 2048)).time_ns.value, 200'000, 1000);
  EXPECT_NEAR(times.at(decode(8, 512)).time_ns.value, 25'000, 100);
  EXPECT_EQ(source_of(times.at(decode(8, 65 * 1024))), "roofline: 1000 GB/s");
}

TEST(OpTimes, NothingIsScaledBelowTheRoofline) {
  // The weights of 117 MB take 117 µs: what is faster at m 4 was not, at m 1.
  const Record record =
      fake::record({measurement(linear(4), 120'000), measurement(linear(16), 140'000)});
  const OpTimes times(record, kReadGbps, Engine::kBest, kNoError);
  EXPECT_EQ(source_of(times.at(linear(1))), "roofline: 1000 GB/s");
  EXPECT_THAT(source_of(times.at(linear(2))), HasSubstr("roofline"));
  EXPECT_THAT(source_of(times.at(linear(32))), HasSubstr("scaled from"));
}

TEST(OpTimes, ARooflineHasTheErrorThatWasMeasuredOfOnesOf10us) {
  const MethodError error = error_of(
      "gemm",
      {.interpolated = {}, .extrapolated = {}, .imported = {}, .modelled = ErrorFactors{0.9, 3}});
  const Record record = fake::record({});
  const OpTimes times(record, kReadGbps, Engine::kBest, error);
  const Estimate large = times.at(linear(8)).time_ns;
  EXPECT_NEAR(large.low / large.value, 0.9, 1e-9);
  EXPECT_NEAR(large.high / large.value, 3, 1e-9);
  EXPECT_NEAR(times.at(gemm_of(DType::kFp8E4m3, 8, 64, 64)).time_ns.high, 30'000, 1e-6);
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
  const OpTimes times(record, kReadGbps, Engine::kBest, kNoError);
  // Of causal attention the operations grow as t(t + 1).
  EXPECT_NEAR(times.at(prefill(1024)).time_ns.value, 20'000 + 160'000 * 786944.0 / 3933696, 1e-6);
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
