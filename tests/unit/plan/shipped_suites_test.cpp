// What the suites of configs/ measure, and how long they take at most.

#include <gtest/gtest.h>

#include "harness/config/catalog.hpp"
#include "harness/device/matrix_rate.hpp"
#include "harness/plan/plan.hpp"
#include "harness/plan/suite.hpp"
#include "tests/unit/config/temporary_folder.hpp"

namespace gpugauge {
namespace {

const Catalog& shipped_catalog() {
  static const Catalog shipped(GPUGAUGE_SOURCE_DIR "/configs");
  return shipped;
}

TEST(ShippedSuites, LoadWithOneMoreOfEachKindBesideThem) {
  const TemporaryFolder folder;
  for (const char* source : {GPUGAUGE_SOURCE_DIR "/configs", GPUGAUGE_TEST_DATA "/additions"})
    std::filesystem::copy(source, folder.path(), std::filesystem::copy_options::recursive);
  const Catalog extended(folder.path());
  EXPECT_GT(extended.suite_names().size(), shipped_catalog().suite_names().size());
  for (const std::string& name : extended.suite_names())
    EXPECT_EQ(load_suite(extended, name).name, name);
}

DeviceInfo any_device(Backend backend) {
  DeviceInfo info;
  info.backend = backend;
  info.name = "any";
  return info;
}

/// Cases of the suite on a backend, those that the device cannot do among them.
std::size_t cases_in(const Suite& suite, Backend backend) {
  std::vector<ModelConfig> models;
  for (const std::string& name : shipped_catalog().model_names())
    models.push_back(shipped_catalog().model(name));
  return make_plan(suite, models, any_device(backend)).cases.size();
}

/// The seconds that warm-up and sampling of all its cases take at most.
double longest_seconds(const Suite& suite, Backend backend) {
  double seconds = suite.settle_seconds;
  for (const SuiteEntry& entry : suite.entries) {
    Suite alone;
    alone.entries = {entry};
    seconds += static_cast<double>(cases_in(alone, backend)) *
               (entry.policy.warmup_seconds + entry.policy.case_seconds);
  }
  return seconds;
}

TEST(ShippedSuites, HaveTheCountsThatTheirTimeIsWorkedOutFrom) {
  EXPECT_EQ(cases_in(load_suite(shipped_catalog(), "quick"), Backend::kCpu), 22U);
  EXPECT_EQ(cases_in(load_suite(shipped_catalog(), "quick"), Backend::kCuda), 87U);
  EXPECT_EQ(cases_in(load_suite(shipped_catalog(), "datasheet"), Backend::kCpu), 14U);
  EXPECT_EQ(cases_in(load_suite(shipped_catalog(), "datasheet"), Backend::kCuda), 94U);
  EXPECT_EQ(cases_in(load_suite(shipped_catalog(), "goals"), Backend::kCuda), 209U);
  EXPECT_EQ(cases_in(load_suite(shipped_catalog(), "nightly"), Backend::kCpu), 115U);
  EXPECT_EQ(cases_in(load_suite(shipped_catalog(), "nightly"), Backend::kCuda), 492U);
  EXPECT_EQ(cases_in(load_suite(shipped_catalog(), "full"), Backend::kCpu), 267U);
  EXPECT_EQ(cases_in(load_suite(shipped_catalog(), "full"), Backend::kCuda), 1266U);
  EXPECT_EQ(cases_in(load_suite(shipped_catalog(), "side_by_side"), Backend::kCpu), 3U);
  EXPECT_EQ(cases_in(load_suite(shipped_catalog(), "side_by_side"), Backend::kCuda), 74U);
}

/// What a launch costs besides its products, 12 µs, is half a percent of it at most.
TEST(ShippedSuites, TensorPeakGoalsAreOfLaunchesThatAreLongOnAnH100) {
  constexpr double kBoostHz = 1.83e9;
  int cases = 0;
  for (const PlannedCase& planned :
       make_plan(load_suite(shipped_catalog(), "goals"), {shipped_catalog().model("llama-3.1-8b")},
                 any_device(Backend::kCuda))
           .cases) {
    const auto* peak = std::get_if<TensorPeak>(&planned.c.op);
    if (peak == nullptr) continue;
    const double rate = 132 * *most_flop_per_sm_clock(90, peak->dtype) * (peak->sparse ? 2 : 1);
    EXPECT_GE(static_cast<double>(peak->flops) / (rate * kBoostHz), 12e-6 / 0.005) << planned.name;
    ++cases;
  }
  EXPECT_EQ(cases, 10);
}

TEST(ShippedSuites, LeaveRoomForSetUpInTheTimeThatTheyPromise) {
  // On a GPU the searches for an algorithm come on top of set-up and verification.
  EXPECT_LE(longest_seconds(load_suite(shipped_catalog(), "quick"), Backend::kCpu), 50);
  EXPECT_LE(longest_seconds(load_suite(shipped_catalog(), "quick"), Backend::kCuda), 30);
  EXPECT_LE(longest_seconds(load_suite(shipped_catalog(), "goals"), Backend::kCuda), 140);
  EXPECT_LE(longest_seconds(load_suite(shipped_catalog(), "nightly"), Backend::kCuda), 8 * 60);
  EXPECT_LE(longest_seconds(load_suite(shipped_catalog(), "full"), Backend::kCuda), 35 * 60);
}

}  // namespace
}  // namespace gpugauge
