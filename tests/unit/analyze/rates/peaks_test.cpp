#include "harness/analyze/rates/peaks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using fake::at_gbps;
using fake::at_tflops;
using fake::kGiB;
using fake::memory;
using fake::square;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Representative, LeavesOutWhatDoesNotSpeakForTheDevice) {
  const Op read = memory(MemoryPattern::kRead);
  Measurement unverified = at_gbps(read, 100, "unverified");
  unverified.verification.passed = false;
  Measurement no_time = at_gbps(read, 100, "no_time");
  no_time.time_ns = {};
  Measurement infinite = at_gbps(read, 100, "infinite");
  infinite.time_ns.high = std::numeric_limits<double>::infinity();
  const Record record = fake::record(
      {fake::measurement(read, 1, "hot", {.cache = CacheState::kHot}),
       fake::measurement(read, 1, "zeros", {.data = Distribution::kZeros}),
       fake::measurement(read, 1, "burst", {.pace = Pace::kBurst}), unverified, no_time, infinite});
  EXPECT_THAT(representative(record), IsEmpty());
}

TEST(Representative, WhatWasImportedSpeaksWithoutOurVerification) {
  Record record = fake::record({at_gbps(memory(MemoryPattern::kRead), 100)});
  record.measurements[0].verification.passed = false;
  EXPECT_THAT(representative(record), IsEmpty());
  record.measurements[0].origin = Origin::kImported;
  EXPECT_THAT(representative(record), ElementsAre(&record.measurements[0]));
}

TEST(Representative, TakesTheRepetitionOfMedianTime) {
  const Op read = memory(MemoryPattern::kRead);
  const Record record = fake::record(
      {fake::measurement(read, 30), fake::measurement(read, 10), fake::measurement(read, 20)});
  EXPECT_THAT(representative(record), ElementsAre(&record.measurements[2]));
}

TEST(Representative, TakesTheSlowerOfTwoRepetitions) {
  const Op read = memory(MemoryPattern::kRead);
  const Record record = fake::record({fake::measurement(read, 30), fake::measurement(read, 10)});
  EXPECT_THAT(representative(record), ElementsAre(&record.measurements[0]));
}

TEST(BestBandwidth, PrefersTheLargestFootprintThenTheFastest) {
  const Record record = fake::record({at_gbps(memory(MemoryPattern::kRead, kGiB), 990),
                                      at_gbps(memory(MemoryPattern::kRead, 4 * kGiB), 900, "slow"),
                                      at_gbps(memory(MemoryPattern::kRead, 4 * kGiB), 950, "fast"),
                                      at_gbps(memory(MemoryPattern::kWrite, 8 * kGiB), 999)});
  const auto peak = best_bandwidth(record, MemoryPattern::kRead);
  ASSERT_TRUE(peak);
  EXPECT_EQ(peak->measurement, &record.measurements[2]);
  EXPECT_DOUBLE_EQ(peak->rate.value, 950);
  EXPECT_DOUBLE_EQ(peak->rate.low, 950 / 1.01);
  EXPECT_DOUBLE_EQ(peak->rate.high, 950 / 0.99);
  EXPECT_FALSE(best_bandwidth(record, MemoryPattern::kTriad));
}

TEST(BestGemm, IsTheFastestOfItsTypeAboveTheGivenIntensity) {
  const Record record = fake::record({at_tflops(square(DType::kBf16, 4096), 80),
                                      at_tflops(square(DType::kBf16, 1024), 95),
                                      at_tflops(square(DType::kFp16, 4096), 99)});
  EXPECT_DOUBLE_EQ(best_gemm(record, DType::kBf16)->rate.value, 95);
  // 2n³ operations over 3n² elements of 2 bytes: n/3 FLOP a byte.
  EXPECT_DOUBLE_EQ(best_gemm(record, DType::kBf16, 1000)->rate.value, 80);
  EXPECT_FALSE(best_gemm(record, DType::kBf16, 2000));
  EXPECT_FALSE(best_gemm(record, DType::kInt8));
}

TEST(BestGemm, IgnoresMixedOperands) {
  Gemm mixed = square(DType::kBf16, 4096);
  mixed.weights = DType::kInt8;
  const Record record = fake::record({at_tflops(mixed, 80)});
  EXPECT_FALSE(best_gemm(record, DType::kInt8));
  EXPECT_FALSE(best_gemm(record, DType::kBf16));
  EXPECT_THAT(gemm_dtypes(record), IsEmpty());
}

TEST(BestArithmetic, RefusesAGemmThatOnlyMeasuredTheMemory) {
  const Measurement read = at_gbps(memory(MemoryPattern::kRead), 1000);
  const Measurement streamed = at_gbps(gemm_of(DType::kBf16, 1, 4096, 4096), 900);
  EXPECT_FALSE(best_arithmetic(fake::record({read, streamed}), DType::kBf16));
}

TEST(BestArithmetic, AcceptsALargeSquareAndNeedsAReadToTell) {
  const Measurement read = at_gbps(memory(MemoryPattern::kRead), 1000);
  const Measurement large = at_tflops(square(DType::kBf16, 4096), 80);
  const auto peak = best_arithmetic(fake::record({read, large}), DType::kBf16);
  ASSERT_TRUE(peak);
  EXPECT_DOUBLE_EQ(peak->rate.value, 80);
  EXPECT_FALSE(best_arithmetic(fake::record({large}), DType::kBf16));
}

TEST(RidgePoint, IsTheRateOverTheBandwidth) {
  EXPECT_DOUBLE_EQ(ridge_flops_per_byte(989, 3352), 989e12 / 3352e9);
}

TEST(GemmDtypes, AreListedOnceInTheOrderOfTheEnum) {
  const Record record = fake::record({at_tflops(square(DType::kInt8, 512), 1),
                                      at_tflops(square(DType::kBf16, 512), 1),
                                      at_tflops(square(DType::kBf16, 1024), 1)});
  EXPECT_THAT(gemm_dtypes(record), ElementsAre(DType::kBf16, DType::kInt8));
}

TEST(BestArithmetic, OfAnImportedFileTheRidgeIsThatOfTheStatedBandwidth) {
  Record record = fake::record({at_tflops(square(DType::kBf16, 8192), 100)});
  record.measurements[0].origin = Origin::kImported;
  EXPECT_FALSE(best_arithmetic(record, DType::kBf16));
  record.device.pin_rate_gbps = 1000;
  ASSERT_TRUE(best_arithmetic(record, DType::kBf16));
  EXPECT_NEAR(best_arithmetic(record, DType::kBf16)->rate.value, 100, 1e-9);
}

}  // namespace
}  // namespace gpugauge
