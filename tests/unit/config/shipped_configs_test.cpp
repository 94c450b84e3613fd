// What stands in configs/: every file loads, and says what it should.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "harness/config/catalog.hpp"
#include "harness/config/prices.hpp"
#include "harness/plan/plan.hpp"

namespace gpugauge {
namespace {

using testing::ElementsAre;

const Catalog& catalog() {
  static const Catalog shipped(GPUGAUGE_SOURCE_DIR "/configs");
  return shipped;
}

TEST(ShippedSuites, AllLoad) {
  EXPECT_THAT(catalog().suite_names(),
              ElementsAre("datasheet", "full", "goals", "nightly", "quick"));
  for (const std::string& name : catalog().suite_names()) {
    SCOPED_TRACE(name);
    EXPECT_EQ(catalog().suite(name).name, name);
  }
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
  for (const std::string& name : catalog().model_names()) models.push_back(catalog().model(name));
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
  EXPECT_EQ(cases_in(catalog().suite("quick"), Backend::kCpu), 22U);
  EXPECT_EQ(cases_in(catalog().suite("quick"), Backend::kCuda), 79U);
  EXPECT_EQ(cases_in(catalog().suite("datasheet"), Backend::kCpu), 14U);
  EXPECT_EQ(cases_in(catalog().suite("datasheet"), Backend::kCuda), 94U);
  EXPECT_EQ(cases_in(catalog().suite("goals"), Backend::kCuda), 207U);
  EXPECT_EQ(cases_in(catalog().suite("nightly"), Backend::kCpu), 115U);
  EXPECT_EQ(cases_in(catalog().suite("nightly"), Backend::kCuda), 452U);
  EXPECT_EQ(cases_in(catalog().suite("full"), Backend::kCpu), 267U);
  EXPECT_EQ(cases_in(catalog().suite("full"), Backend::kCuda), 1186U);
}

TEST(ShippedSuites, LeaveRoomForSetUpInTheTimeThatTheyPromise) {
  // On a GPU the searches for an algorithm come on top of set-up and verification.
  EXPECT_LE(longest_seconds(catalog().suite("quick"), Backend::kCpu), 50);
  EXPECT_LE(longest_seconds(catalog().suite("quick"), Backend::kCuda), 30);
  EXPECT_LE(longest_seconds(catalog().suite("goals"), Backend::kCuda), 80);
  EXPECT_LE(longest_seconds(catalog().suite("nightly"), Backend::kCuda), 8 * 60);
  EXPECT_LE(longest_seconds(catalog().suite("full"), Backend::kCuda), 35 * 60);
}

TEST(ShippedModels, HaveTheirPublishedTotals) {
  EXPECT_THAT(catalog().model_names(), ElementsAre("llama-3.1-8b", "qwen3-14b"));
  EXPECT_EQ(catalog().model("llama-3.1-8b").parameters(), 8'030'261'248);
  EXPECT_EQ(catalog().model("qwen3-14b").parameters(), 14'768'307'200);
}

DeviceInfo device(const char* name, std::int64_t memory_mib) {
  DeviceInfo info;
  info.name = name;
  info.memory_bytes = memory_mib << 20;
  return info;
}

TEST(ShippedDatasheets, MatchTheirDevices) {
  const std::vector<Datasheet> sheets = catalog().datasheets();
  const auto match = [&](const char* name, std::int64_t memory_mib) -> std::string {
    const Datasheet* sheet = match_datasheet(sheets, device(name, memory_mib));
    return sheet == nullptr ? "none" : sheet->name;
  };
  EXPECT_EQ(match("NVIDIA H100 80GB HBM3", 81559), "h100-sxm5");
  EXPECT_EQ(match("NVIDIA H100 PCIe", 81559), "h100-pcie");
  EXPECT_EQ(match("NVIDIA H200", 143771), "h200");
  EXPECT_EQ(match("NVIDIA L40S", 46068), "l40s");
  EXPECT_EQ(match("NVIDIA L40S", 49140), "l40s");  // ECC off
  EXPECT_EQ(match("NVIDIA H100 NVL", 95830), "none");
  EXPECT_EQ(match("NVIDIA L40", 46068), "none");
}

TEST(ShippedDatasheets, HoldDenseRatesOnly) {
  for (const Datasheet& sheet : catalog().datasheets()) {
    SCOPED_TRACE(sheet.name);
    std::map<std::optional<DType>, double> rates;
    for (const DatasheetMetric& metric : sheet.metrics) {
      EXPECT_TRUE(rates.emplace(metric.dtype, metric.datasheet.value).second);
      // A good card clears its floor.
      if (metric.published) {
        EXPECT_GE(metric.published->value, metric.floor * metric.datasheet.value);
      }
    }
    // A tensor core does FP8 at twice the rate of BF16 and TF32 at half of it: a sparse rate that
    // strayed in would break this.
    EXPECT_NEAR(rates.at(DType::kFp8E4m3) / rates.at(DType::kBf16), 2, 0.03);
    EXPECT_NEAR(rates.at(DType::kTf32) / rates.at(DType::kBf16), 0.5, 0.01);
    EXPECT_EQ(rates.at(DType::kInt8), rates.at(DType::kFp8E4m3));
    EXPECT_EQ(rates.at(DType::kFp16), rates.at(DType::kBf16));
    EXPECT_TRUE(rates.contains(std::nullopt));
    EXPECT_EQ(sheet.compute_capability, sheet.name == "l40s" ? 89 : 90);
  }
}

TEST(ShippedPrices, AreThoseOfTheirSource) {
  const auto offers = load_prices(catalog().default_prices());
  EXPECT_EQ(offers.size(), 5U);
  const auto cheapest = [&](const char* card) {
    return offers_for(offers, catalog().datasheet(card)).at(0);
  };
  const PriceOffer l40s = cheapest("l40s");
  EXPECT_DOUBLE_EQ(l40s.on_demand_per_gpu_hour.value(), 0.72);
  EXPECT_DOUBLE_EQ(l40s.spot_per_gpu_hour.value(), 1.07);
  EXPECT_EQ(l40s.min_gpus, 8);
  EXPECT_EQ(l40s.observed_at, "2026-05-26");
  const PriceOffer h100 = cheapest("h100-sxm5");
  EXPECT_DOUBLE_EQ(h100.on_demand_per_gpu_hour.value(), 3.84);
  EXPECT_DOUBLE_EQ(h100.spot_per_gpu_hour.value(), 1.69);
  EXPECT_EQ(h100.min_gpus, 1);
  EXPECT_DOUBLE_EQ(cheapest("h100-pcie").on_demand_per_gpu_hour.value(), 2.01);
  EXPECT_TRUE(offers_for(offers, catalog().datasheet("h200")).empty());
}

}  // namespace
}  // namespace gpugauge
