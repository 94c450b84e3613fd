// What stands in configs/: every file loads, and carries what it is checked by. A new file needs no
// change here.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/config/catalog.hpp"
#include "harness/config/prices.hpp"
#include "harness/config/yaml_reader.hpp"
#include "harness/device/matrix_rate.hpp"
#include "tests/unit/config/temporary_folder.hpp"

namespace gpugauge {
namespace {

/// What holds of configs/, and of a copy of it with one more file of each kind.
class EveryFile : public testing::TestWithParam<const char*> {
 protected:
  EveryFile() {
    namespace fs = std::filesystem;
    for (const char* source : {GPUGAUGE_SOURCE_DIR "/configs", GetParam()})
      fs::copy(source, folder_.path(),
               fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  }
  const Catalog& catalog() const { return catalog_; }

 private:
  TemporaryFolder folder_;
  Catalog catalog_{folder_.path()};
};
INSTANTIATE_TEST_SUITE_P(Shipped, EveryFile, testing::Values(GPUGAUGE_SOURCE_DIR "/configs"));
INSTANTIATE_TEST_SUITE_P(Extended, EveryFile, testing::Values(GPUGAUGE_TEST_DATA "/additions"));

/// The loader holds what stands there against the shapes.
void expect_published(const std::filesystem::path& folder, const std::string& name,
                      const char* totals) {
  const auto file = folder / (name + ".yaml");
  EXPECT_TRUE(read_yaml(file).mapping().has("published"))
      << file << ": add 'published:' with its 'source' and " << totals;
}

TEST_P(EveryFile, OfAModelHoldsItsPublishedTotals) {
  for (const std::string& name : catalog().model_names()) {
    EXPECT_EQ(catalog().model(name).name, name);
    expect_published(catalog().root() / "models", name,
                     "'parameters', 'weight_bytes' or 'kv_bytes_per_token'");
  }
  for (const std::string& name : catalog().encoder_names()) {
    EXPECT_EQ(catalog().encoder(name).name, name);
    expect_published(catalog().root() / "encoders", name, "'parameters'");
  }
  for (const std::string& name : catalog().diffusion_names()) {
    EXPECT_EQ(catalog().diffusion(name).name, name);
    expect_published(catalog().root() / "diffusion", name, "'parameters' or 'flops_per_step'");
  }
}

TEST_P(EveryFile, OfAServingEngineLoads) {
  ASSERT_FALSE(catalog().serving_engine_names().empty());
  for (const std::string& name : catalog().serving_engine_names())
    EXPECT_EQ(catalog().serving_engine(name).name, name);
}

TEST_P(EveryFile, OfACardMatchesTheDevicesThatItNamesAndNoOther) {
  const std::vector<Datasheet> sheets = catalog().datasheets();
  for (const Datasheet& sheet : sheets) {
    SCOPED_TRACE(sheet.name);
    for (const std::string& name : sheet.match_names) {
      for (const double gib : {sheet.memory_gib_min, sheet.memory_gib_max}) {
        DeviceInfo device;
        device.name = name;
        device.memory_bytes = static_cast<std::int64_t>(gib * 1024) << 20;
        EXPECT_EQ(match_datasheet(sheets, device), &sheet) << name << ", " << gib << " GiB";
      }
    }
  }
}

TEST_P(EveryFile, OfACardStatesNoArithmeticThatItsArchitectureCannotDo) {
  for (const Datasheet& sheet : catalog().datasheets()) {
    if (!sheet.sm_count || !sheet.compute_capability) continue;
    for (const DatasheetMetric& metric : sheet.metrics) {
      if (!metric.dtype || !metric.product) continue;
      const auto most = most_flop_per_sm_clock(*sheet.compute_capability, *metric.dtype);
      ASSERT_TRUE(most) << sheet.name << " " << name_of(*metric.dtype)
                        << ": add its rate to harness/device/matrix_rate.hpp";
      if (sheet.max_clock_mhz) {  // which is not below the boost clock of the product
        EXPECT_GE(sheet.sm_count->value * *most * sheet.max_clock_mhz->value / 1e6, *metric.product)
            << sheet.name << " " << name_of(*metric.dtype);
      }
    }
  }
}

TEST_P(EveryFile, OfACardGivesTheFactorsOfItsPeaksAndPassMarksThatAGoodOneClears) {
  for (const Datasheet& sheet : catalog().datasheets()) {
    SCOPED_TRACE(sheet.name);
    EXPECT_TRUE(sheet.compute_capability) << "add compute_capability";
    const auto file = catalog().root() / "devices" / (sheet.name + ".yaml");
    YamlMapping root = read_yaml(file).mapping();
    YamlMapping metrics = root.required("metrics").mapping();
    for (const std::string& key : metrics.keys()) {
      YamlMapping metric = metrics.required(key).mapping();
      const bool is_memory = key == "memory_gbps";
      EXPECT_TRUE(
          metric.required("datasheet").mapping().has(is_memory ? "bus_bits" : "flop_per_sm_clock"))
          << key << ": add beside its datasheet's value "
          << (is_memory ? "'bus_bits' and 'mhz'" : "'flop_per_sm_clock', dense, and 'mhz'");
    }
    for (const DatasheetMetric& metric : sheet.metrics) {
      if (metric.published) {
        EXPECT_GE(metric.published->value, metric.pass_mark * metric.datasheet.value);
      }
    }
  }
}

TEST_P(EveryFile, OfPricesSaysWhoseTheyAreAndOfWhichDay) {
  const std::vector<PriceOffer> offers = catalog().prices({}).offers;
  EXPECT_FALSE(offers.empty());
  for (const PriceOffer& offer : offers) {
    SCOPED_TRACE(offer.provider + " " + offer.instance + " " + offer.accelerator);
    EXPECT_FALSE(offer.provider.empty());
    EXPECT_FALSE(offer.source.empty());
    EXPECT_FALSE(price_date(offer).empty());
  }
}

/// As the page prints them, which the file holds against the price of the instance.
TEST(ShippedPrices, OfTheBlogAreThoseOfItsTables) {
  const Catalog catalog(GPUGAUGE_SOURCE_DIR "/configs");
  const auto offers = load_price_list({catalog.root() / "prices/2026-05-26-spheron.csv"}).offers;
  const auto cheapest = [&](const char* card) {
    return offers_for(offers, catalog.datasheet(card)).at(0);
  };
  EXPECT_DOUBLE_EQ(cheapest("l40s").on_demand_per_gpu_hour.value(), 0.72);
  EXPECT_DOUBLE_EQ(cheapest("l40s").spot_per_gpu_hour.value(), 1.07);
  EXPECT_EQ(cheapest("l40s").min_gpus, 8);
  EXPECT_DOUBLE_EQ(cheapest("h100-sxm5").on_demand_per_gpu_hour.value(), 3.84);
  EXPECT_DOUBLE_EQ(cheapest("h100-sxm5").spot_per_gpu_hour.value(), 1.69);
  EXPECT_DOUBLE_EQ(cheapest("h100-pcie").on_demand_per_gpu_hour.value(), 2.01);
}

}  // namespace
}  // namespace gpugauge
