#include "harness/analyze/rates/datasheet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using fake::at_gbps;
using fake::at_tflops;
using fake::memory;
using fake::square;
using testing::ElementsAre;
using testing::HasSubstr;

const DatasheetFinding& finding(const DatasheetReport& report, std::string_view metric) {
  const auto found = std::find_if(report.findings.begin(), report.findings.end(),
                                  [&](const auto& f) { return f.metric == metric; });
  if (found == report.findings.end()) throw std::runtime_error("no such metric");
  return *found;
}

DatasheetReport check(std::vector<Measurement> measurements) {
  const Datasheet sheet = fake::datasheet();
  return check_datasheet(fake::record(std::move(measurements)), &sheet);
}

TEST(CheckDatasheet, ACardThatDeliversIsOk) {
  const DatasheetReport report = check(
      {at_gbps(memory(MemoryPattern::kRead), 930), at_tflops(square(DType::kBf16, 8192), 80)});
  const DatasheetFinding& read = finding(report, "memory read");
  EXPECT_EQ(read.verdict, Verdict::kOk);
  EXPECT_DOUBLE_EQ(read.share().value, 0.93);
  EXPECT_EQ(read.unit, "GB/s");
  EXPECT_EQ(read.case_name, "memory/read/4GiB/lib/cold");
  EXPECT_EQ(read.datasheet->source, "Fake H1 datasheet, 2024");
  EXPECT_DOUBLE_EQ(read.published->value, 950);
  EXPECT_EQ(finding(report, "bf16 dense GEMM").verdict, Verdict::kOk);
  EXPECT_EQ(status_of({&report, 1}), ExitStatus::kDone);
  EXPECT_EQ(report.datasheet, "Fake H1");
  EXPECT_EQ(report.file, "results/run.json");
}

TEST(CheckDatasheet, BelowThePassMarkFailsTheCheckAndSaysWhy) {
  Measurement gemm = at_tflops(square(DType::kBf16, 8192), 60);
  gemm.flags = {Flag::kPowerCapped, Flag::kNotConverged};
  gemm.mean_power_w = 698.4;
  gemm.clock_mhz = 1410;
  const DatasheetReport report = check({at_gbps(memory(MemoryPattern::kRead), 930), gemm});
  const DatasheetFinding& f = finding(report, "bf16 dense GEMM");
  EXPECT_EQ(f.verdict, Verdict::kBelowPassMark);
  EXPECT_EQ(f.reason, "power-capped at 698 W, not converged, clock 1410 MHz");
  EXPECT_EQ(status_of({&report, 1}), ExitStatus::kCheckFailed);

  gemm.kernel_clock_mhz = 1395;  // which the driver told too late
  EXPECT_THAT(finding(check({gemm}), "bf16 dense GEMM").reason, HasSubstr("clock 1395 MHz"));
}

TEST(CheckDatasheet, APassMarkInsideTheIntervalIsUndecidedAndFailsNothing) {
  const DatasheetReport report = check({at_gbps(memory(MemoryPattern::kRead), 898)});
  const DatasheetFinding& read = finding(report, "memory read");
  EXPECT_EQ(read.verdict, Verdict::kUndecided);
  EXPECT_THAT(read.reason, HasSubstr("inside the interval"));
  EXPECT_EQ(status_of({&report, 1}), ExitStatus::kDone);
}

TEST(CheckDatasheet, AFileOfSmallBatchesIsNotASlowCard) {
  const DatasheetReport report = check({at_gbps(memory(MemoryPattern::kRead), 930),
                                        at_gbps(gemm_of(DType::kBf16, 1, 28672, 4096), 900)});
  const DatasheetFinding& f = finding(report, "bf16 dense GEMM");
  EXPECT_EQ(f.verdict, Verdict::kNotMeasured);
  EXPECT_FALSE(f.measured);
  EXPECT_THAT(f.reason, HasSubstr("memory-bound"));
  EXPECT_EQ(status_of({&report, 1}), ExitStatus::kDone);
}

TEST(CheckDatasheet, WhatWasNotMeasuredNamesTheReasonOfTheRunElseTheRemedy) {
  Record record = fake::record({});
  record.not_measured = {{.name = "gemm/bf16/m:4096/n:4096/k:4096/cublaslt/cold",
                          .status = NotMeasuredStatus::kUnsupported,
                          .reason = "sm_70 has no bf16"}};
  const Datasheet sheet = fake::datasheet();
  const DatasheetReport report = check_datasheet(record, &sheet);
  EXPECT_EQ(finding(report, "bf16 dense GEMM").reason, "unsupported: sm_70 has no bf16");
  EXPECT_THAT(finding(report, "memory read").reason, HasSubstr("gpugauge run --suite datasheet"));
  EXPECT_EQ(finding(report, "memory read").verdict, Verdict::kNotMeasured);
}

TEST(CheckDatasheet, OtherPatternsAreShownAndNotJudged) {
  const DatasheetReport report = check(
      {at_gbps(memory(MemoryPattern::kRead), 930), at_gbps(memory(MemoryPattern::kTriad), 500)});
  const DatasheetFinding& triad = finding(report, "memory triad");
  EXPECT_EQ(triad.verdict, Verdict::kNoPassMark);
  EXPECT_DOUBLE_EQ(triad.share().value, 0.5);
  EXPECT_EQ(status_of({&report, 1}), ExitStatus::kDone);
}

TEST(CheckDatasheet, ATypeThatTheDatasheetDoesNotNameIsShownWithoutOne) {
  const DatasheetReport report = check(
      {at_gbps(memory(MemoryPattern::kRead), 930), at_tflops(square(DType::kFp16, 8192), 85)});
  const DatasheetFinding& f = finding(report, "fp16 dense GEMM");
  EXPECT_EQ(f.verdict, Verdict::kNoDatasheet);
  EXPECT_NEAR(f.measured->value, 85, 1e-9);
}

TEST(CheckDatasheet, ADeviceWithoutOneGetsItsOwnRoofline) {
  const Record record = fake::record({at_gbps(memory(MemoryPattern::kRead), 20),
                                      at_gbps(memory(MemoryPattern::kCopy), 18),
                                      at_tflops(square(DType::kFp32, 2048), 0.5)});
  const DatasheetReport report = check_datasheet(record, nullptr);
  std::vector<std::string> metrics;
  for (const DatasheetFinding& f : report.findings) {
    metrics.push_back(f.metric);
    EXPECT_EQ(f.verdict, Verdict::kNoDatasheet);
    EXPECT_FALSE(f.datasheet);
  }
  EXPECT_THAT(metrics, ElementsAre("memory read", "memory copy", "fp32 dense GEMM"));
  EXPECT_NEAR(finding(report, "fp32 dense GEMM").ridge_flops_per_byte.value(), 25, 1e-9);
  EXPECT_TRUE(report.datasheet.empty());
  EXPECT_EQ(status_of({&report, 1}), ExitStatus::kDone);
}

TEST(CheckDatasheet, WithoutDatasheetAndReadAGemmCannotBeCalledAPeak) {
  const Record record = fake::record({at_tflops(square(DType::kFp32, 2048), 0.5)});
  const DatasheetReport report = check_datasheet(record, nullptr);
  EXPECT_EQ(finding(report, "fp32 dense GEMM").verdict, Verdict::kNotMeasured);
  EXPECT_THAT(finding(report, "fp32 dense GEMM").reason, HasSubstr("--suite datasheet"));
}

}  // namespace
}  // namespace gpugauge
