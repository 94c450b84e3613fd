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
              ElementsAre("datasheet", "full", "goals", "nightly", "quick", "side_by_side"));
  for (const std::string& name : catalog().suite_names()) {
    SCOPED_TRACE(name);
    EXPECT_EQ(load_suite(catalog(), name).name, name);
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
  EXPECT_EQ(cases_in(load_suite(catalog(), "quick"), Backend::kCpu), 22U);
  EXPECT_EQ(cases_in(load_suite(catalog(), "quick"), Backend::kCuda), 79U);
  EXPECT_EQ(cases_in(load_suite(catalog(), "datasheet"), Backend::kCpu), 14U);
  EXPECT_EQ(cases_in(load_suite(catalog(), "datasheet"), Backend::kCuda), 94U);
  EXPECT_EQ(cases_in(load_suite(catalog(), "goals"), Backend::kCuda), 207U);
  EXPECT_EQ(cases_in(load_suite(catalog(), "nightly"), Backend::kCpu), 115U);
  EXPECT_EQ(cases_in(load_suite(catalog(), "nightly"), Backend::kCuda), 452U);
  EXPECT_EQ(cases_in(load_suite(catalog(), "full"), Backend::kCpu), 267U);
  EXPECT_EQ(cases_in(load_suite(catalog(), "full"), Backend::kCuda), 1186U);
  EXPECT_EQ(cases_in(load_suite(catalog(), "side_by_side"), Backend::kCpu), 3U);
  EXPECT_EQ(cases_in(load_suite(catalog(), "side_by_side"), Backend::kCuda), 66U);
}

TEST(ShippedSuites, LeaveRoomForSetUpInTheTimeThatTheyPromise) {
  // On a GPU the searches for an algorithm come on top of set-up and verification.
  EXPECT_LE(longest_seconds(load_suite(catalog(), "quick"), Backend::kCpu), 50);
  EXPECT_LE(longest_seconds(load_suite(catalog(), "quick"), Backend::kCuda), 30);
  EXPECT_LE(longest_seconds(load_suite(catalog(), "goals"), Backend::kCuda), 80);
  EXPECT_LE(longest_seconds(load_suite(catalog(), "nightly"), Backend::kCuda), 8 * 60);
  EXPECT_LE(longest_seconds(load_suite(catalog(), "full"), Backend::kCuda), 35 * 60);
}

TEST(ShippedModels, HaveTheirPublishedTotals) {
  struct Published {
    std::int64_t parameters, kv_bytes_bf16;
    auto operator<=>(const Published&) const = default;
  };
  const std::map<std::string, Published> published{
      {"llama-2-13b", {13'015'864'320, 819'200}},  {"llama-3.1-70b", {70'553'706'496, 327'680}},
      {"llama-3.1-8b", {8'030'261'248, 131'072}},  {"mistral-7b-v0.3", {7'248'023'552, 131'072}},
      {"mixtral-8x7b", {46'702'792'704, 131'072}}, {"qwen3-14b", {14'768'307'200, 163'840}},
      {"qwen3-32b", {32'762'123'264, 262'144}},    {"qwen3-8b", {8'190'735'360, 147'456}}};
  std::map<std::string, Published> shipped;
  for (const std::string& name : catalog().model_names()) {
    const ModelConfig model = catalog().model(name);
    shipped[name] = {model.parameters(), model.kv_bytes_per_token(DType::kBf16)};
  }
  EXPECT_EQ(shipped, published);
}

TEST(ShippedEncoders, HaveTheirPublishedTotal) {
  EXPECT_THAT(catalog().encoder_names(), ElementsAre("bge-large", "gte-large"));
  for (const std::string& name : catalog().encoder_names())
    EXPECT_EQ(catalog().encoder(name).parameters(), 335'141'888);
}

TEST(ShippedDiffusionModels, DoTheArithmeticOfTheirBlocks) {
  EXPECT_THAT(catalog().diffusion_names(), ElementsAre("flux.1-dev", "sdxl"));
  const DiffusionConfig flux = catalog().diffusion("flux.1-dev");
  EXPECT_NEAR(flops_per_image(flux, 1024, 1) / 1e12, 74.4, 0.05);
  EXPECT_NEAR(static_cast<double>(flux.parameters()) / 1e9, 11.9, 0.1);  // "12B", less the edges
  // By hand, a pass: 10 blocks of 104.6 GFLOP at 640 channels and 60 of 67.0 at 1280.
  EXPECT_NEAR(flops_per_image(catalog().diffusion("sdxl"), 1024, 1) / 1e12,
              2 * (10 * 0.1046 + 60 * 0.0670), 0.05);
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
