#include "harness/record/silicon.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/units.hpp"
#include "harness/device/matrix_rate.hpp"

namespace gpugauge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// An H100 SXM: 132 SMs x 4096 FLOP x 1980 MHz are 1070.5 TFLOPS in BF16.
DeviceInfo h100() {
  DeviceInfo device;
  device.backend = Backend::kCuda;
  device.name = "NVIDIA H100 80GB HBM3";
  device.memory_bytes = std::int64_t{79} << 30;
  device.compute_units = 132;
  device.compute_capability = 90;
  device.max_clock_mhz = 1980;
  device.pin_rate_gbps = 3352.32;
  return device;
}

Datasheet h100_sheet() {
  Datasheet sheet;
  sheet.name = "h100";
  sheet.match_names = {"NVIDIA H100 80GB HBM3"};
  sheet.memory_gib_min = 78;
  sheet.memory_gib_max = 80.5;
  sheet.compute_capability = 90;
  sheet.sm_count = SourcedValue{132, "whitepaper"};
  sheet.max_clock_mhz = SourcedValue{1980, "nvidia-smi"};
  sheet.metrics = {{std::nullopt, {3352, "sheet"}, std::nullopt, 0.9, 3352.32},
                   {DType::kBf16, {989, "sheet"}, std::nullopt, 0.7, 989.4}};
  return sheet;
}

Measurement measured(const Op& op, double ns, CacheState cache = CacheState::kCold) {
  Measurement m;
  m.c = {.op = op, .implementation = "it", .options = {.cache = cache}, .model = {}, .role = {}};
  m.name = case_name(m.c);
  m.work = work_of(op);
  m.time_ns = {.value = ns, .low = ns, .high = ns};
  m.verification.passed = true;
  return m;
}
Measurement at_tflops(const Op& op, double tflops) {
  return measured(op, work_of(op).flops / tflops / kFlopsPerNsPerTflops);
}
Measurement read_at(double gbps, CacheState cache = CacheState::kCold) {
  const MemoryStream op{MemoryPattern::kRead, std::int64_t{4} << 30};
  return measured(op, work_of(op).bytes / gbps, cache);
}
Gemm square(DType dtype) { return gemm_of(dtype, 8192, 8192, 8192); }

const Silicon kH100 = silicon_of(h100(), nullptr);

TEST(AboveSilicon, HoldsArithmeticAgainstTheMultiprocessorsAtTheHighestClock) {
  EXPECT_EQ(above_silicon(at_tflops(square(DType::kBf16), 1070), kH100), std::nullopt);
  EXPECT_EQ(
      above_silicon(at_tflops(square(DType::kBf16), 100'002), kH100),
      "100002 TFLOPS is above the 1071 TFLOPS of 132 SMs at 1980 MHz: not all of the work was "
      "done");
  const std::pair<DType, double> limits[] = {
      {DType::kFp32, 535},  {DType::kTf32, 535},     {DType::kBf16, 1070},   {DType::kFp16, 1070},
      {DType::kInt8, 2141}, {DType::kFp8E4m3, 2141}, {DType::kFp8E5m2, 2141}};
  for (const auto& [dtype, tflops] : limits) {
    SCOPED_TRACE(name_of(dtype));
    EXPECT_EQ(above_silicon(at_tflops(square(dtype), tflops), kH100), std::nullopt);
    EXPECT_NE(above_silicon(at_tflops(square(dtype), tflops + 1), kH100), std::nullopt);
  }
}

TEST(AboveSilicon, SparseProductsAreHeldAgainstTwiceTheDenseRate) {
  const TensorPeak dense{DType::kBf16, false, std::int64_t{1} << 40};
  const TensorPeak sparse{DType::kBf16, true, std::int64_t{1} << 40};
  EXPECT_NE(above_silicon(at_tflops(dense, 1100), kH100), std::nullopt);
  EXPECT_EQ(above_silicon(at_tflops(sparse, 2140), kH100), std::nullopt);
  EXPECT_NE(above_silicon(at_tflops(sparse, 2142), kH100), std::nullopt);
}

TEST(AboveSilicon, AStepIsHeldAgainstTheFastestOfItsTypes) {
  DecodeStep step{.batch = 4096,
                  .context = 1,
                  .layers = 2,
                  .hidden = 8192,
                  .intermediate = 28672,
                  .heads = 64,
                  .kv_heads = 8,
                  .head_dim = 128,
                  .vocab = 128256,
                  .qk_norm = false,
                  .linears = DType::kFp8E4m3,
                  .head = DType::kBf16,
                  .kv = DType::kBf16};
  EXPECT_EQ(above_silicon(at_tflops(step, 2000), silicon_of(h100(), nullptr)), std::nullopt);
  step.linears = DType::kBf16;
  EXPECT_NE(above_silicon(at_tflops(step, 2000), silicon_of(h100(), nullptr)), std::nullopt);
}

TEST(AboveSilicon, AClockThatWasReadBesideTheSamplesCountsWhereItIsHigher) {
  Measurement m = at_tflops(square(DType::kBf16), 1100);
  EXPECT_NE(above_silicon(m, kH100), std::nullopt);
  m.clock_mhz = 2100;
  EXPECT_EQ(above_silicon(m, kH100), std::nullopt);
  m.clock_mhz = 1500;
  m.samples.clock_mhz = {1500, 2100, 1500};
  EXPECT_EQ(above_silicon(m, kH100), std::nullopt);
}

TEST(AboveSilicon, HoldsColdBytesAgainstThePins) {
  EXPECT_EQ(above_silicon(read_at(3352), kH100), std::nullopt);
  EXPECT_EQ(above_silicon(read_at(6156), kH100),
            "6156 GB/s is above the 3352 GB/s of the memory pins: a cache was measured");
  EXPECT_EQ(above_silicon(read_at(6156, CacheState::kHot), kH100), std::nullopt);
  const Transfer link{TransferKind::kPeerToPeer, 1 << 20};
  EXPECT_EQ(above_silicon(measured(link, 1), kH100), std::nullopt) << "no bytes of memory";
}

TEST(AboveSilicon, WhatNobodySaysIsNoLimit) {
  DeviceInfo cpu;
  cpu.compute_units = 2;
  cpu.max_clock_mhz = 3000;
  for (const DeviceInfo& device : {cpu, DeviceInfo{}}) {
    const Silicon silicon = silicon_of(device, nullptr);
    EXPECT_EQ(above_silicon(at_tflops(square(DType::kBf16), 1e6), silicon), std::nullopt);
    EXPECT_EQ(above_silicon(read_at(1e6), silicon), std::nullopt);
  }
  DeviceInfo unknown = h100();
  unknown.compute_capability = 130;
  unknown.pin_rate_gbps.reset();
  EXPECT_EQ(above_silicon(at_tflops(square(DType::kBf16), 1e6), silicon_of(unknown, nullptr)),
            std::nullopt);
}

TEST(SiliconOf, TakesWhatTheFileDoesNotSayFromTheDatasheet) {
  DeviceInfo bare;
  bare.name = h100().name;
  const Datasheet sheet = h100_sheet();
  const Silicon silicon = silicon_of(bare, &sheet);
  EXPECT_EQ(silicon.tflops(DType::kBf16), kH100.tflops(DType::kBf16));
  EXPECT_EQ(silicon.pin_rate_gbps, 3352.32) << "not the rounded rate of the datasheet";
}

TEST(SiliconOf, TakesTheHigherOfTwoRatesAndClocks) {
  DeviceInfo device = h100();
  device.max_clock_mhz = 1755;
  device.pin_rate_gbps = 3000;
  const Datasheet sheet = h100_sheet();
  EXPECT_EQ(silicon_of(device, &sheet).max_clock_mhz, 1980);
  EXPECT_EQ(silicon_of(device, &sheet).pin_rate_gbps, 3352.32);
}

Record record_of(DeviceInfo device, std::vector<Measurement> measurements) {
  Record record;
  record.path = "run.json";
  record.device = std::move(device);
  for (const Measurement& m : measurements) record.planned.push_back(m.name);
  record.measurements = std::move(measurements);
  return record;
}

TEST(RefuseAboveSilicon, MakesRefusedCasesWithEveryRepetitionAndSaysSo) {
  Measurement slow = read_at(3000);
  Record record = record_of(h100(), {slow, read_at(6156), at_tflops(square(DType::kBf16), 100'002),
                                     at_tflops(square(DType::kFp8E4m3), 1300)});
  refuse_above_silicon(record, {});
  ASSERT_EQ(record.measurements.size(), 1U);
  EXPECT_THAT(record.measurements.front().name, HasSubstr("gemm/fp8_e4m3"));
  ASSERT_EQ(record.not_measured.size(), 2U);
  EXPECT_EQ(record.not_measured[0].status, NotMeasuredStatus::kRefused);
  EXPECT_THAT(record.not_measured[1].reason, HasSubstr("100002 TFLOPS"));
  EXPECT_TRUE(record.complete());
  EXPECT_THAT(
      record.warnings,
      ElementsAre("run.json: memory/read/4GiB/it/cold: 6156 GB/s is above the 3352 GB/s of "
                  "the memory pins: a cache was measured; not used, likewise 1 other case"));
}

TEST(RefuseAboveSilicon, LeavesAnHonestFileAlone) {
  Record record = record_of(h100(), {read_at(3241), at_tflops(square(DType::kBf16), 808)});
  refuse_above_silicon(record, {h100_sheet()});
  EXPECT_EQ(record.measurements.size(), 2U);
  EXPECT_THAT(record.not_measured, IsEmpty());
  EXPECT_THAT(record.warnings, IsEmpty());
}

TEST(RefuseAboveSilicon, SaysWhereARateAboveTheDatasheetCannotBeChecked) {
  Datasheet sheet = h100_sheet();
  sheet.max_clock_mhz.reset();
  DeviceInfo bare = h100();
  bare.max_clock_mhz.reset();
  Record record = record_of(bare, {at_tflops(square(DType::kBf16), 1200)});
  refuse_above_silicon(record, {sheet});
  EXPECT_EQ(record.measurements.size(), 1U);
  EXPECT_THAT(record.warnings,
              ElementsAre("run.json: gemm/bf16/m:8192/n:8192/k:8192/it/cold: 1200 TFLOPS is above "
                          "the datasheet's 989; what the SMs can do is not known; used all the "
                          "same"));
  record.warnings.clear();
  record.measurements = {at_tflops(square(DType::kBf16), 900)};
  refuse_above_silicon(record, {sheet});
  EXPECT_THAT(record.warnings, IsEmpty()) << "said where it does not matter";
}

}  // namespace
}  // namespace gpugauge
