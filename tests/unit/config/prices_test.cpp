#include "harness/config/prices.hpp"
#include "harness/config/iso_date.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/time.h>

#include "tests/unit/config/load_prices.hpp"
#include "tests/unit/config/temporary_folder.hpp"

namespace gpugauge {
namespace {

constexpr std::string_view kHeader =
    "InstanceType,AcceleratorName,AcceleratorCount,Price,SpotPrice,Provider,form_factor,min_gpus,"
    "observed_at,source,notes\n";

std::vector<PriceOffer> prices_of(std::string_view text) {
  const TemporaryFolder folder;
  return load_prices(folder.write("p.csv", text));
}
std::string prices_error(std::string_view text) {
  return TemporaryFolder().error_of(load_prices, "p.csv", text);
}
/// The error of one row under the header.
std::string row_error(std::string_view row) {
  return prices_error(std::string(kHeader) + std::string(row));
}

TEST(LoadPrices, DividesTheInstancePriceByItsCount) {
  const auto offers = prices_of(
      std::string(kHeader) + "node,L40S,8,5.76,8.56,Spheron,PCIe,8,2026-05-26,a blog,\"a, b\"\n");
  ASSERT_EQ(offers.size(), 1U);
  EXPECT_EQ(offers[0].instance, "node");
  EXPECT_EQ(offers[0].accelerator, "L40S");
  EXPECT_EQ(offers[0].gpu_count, 8);
  EXPECT_DOUBLE_EQ(offers[0].on_demand_per_gpu_hour.value(), 0.72);
  EXPECT_DOUBLE_EQ(offers[0].spot_per_gpu_hour.value(), 1.07);
  EXPECT_EQ(offers[0].provider, "Spheron");
  EXPECT_EQ(offers[0].form_factor, "PCIe");
  EXPECT_EQ(offers[0].min_gpus, 8);
  EXPECT_EQ(offers[0].observed_at, "2026-05-26");
  EXPECT_EQ(offers[0].source, "a blog");
  EXPECT_EQ(offers[0].notes, "a, b");
}

TEST(LoadPrices, ReadsSkyPilotsOwnColumnsInAnyOrder) {
  const auto offers = prices_of(
      "AvailabilityZone,SpotPrice,Price,AcceleratorCount,AcceleratorName,InstanceType\n"
      "us-east-1a,,98.32,8.0,H100,p5.48xlarge\n");
  ASSERT_EQ(offers.size(), 1U);
  EXPECT_DOUBLE_EQ(offers[0].on_demand_per_gpu_hour.value(), 12.29);
  EXPECT_FALSE(offers[0].spot_per_gpu_hour);
  EXPECT_EQ(offers[0].min_gpus, 8);  // the whole instance
  EXPECT_EQ(offers[0].observed_at, "");
}

TEST(LoadPrices, RefusesPricesThatAreNone) {
  for (const char* price : {"-1", "nan", "inf", "-inf", "abc", "$3.84", "3.84/h", "1e999"}) {
    EXPECT_EQ(row_error(std::string("i,H100,1,") + price + ",,,,,,,"),
              std::string("p.csv:2: Price is '") + price +
                  "', expected dollars an hour above 0, like 3.84");
    EXPECT_EQ(row_error(std::string("i,H100,1,3.84,") + price + ",,,,,,"),
              std::string("p.csv:2: SpotPrice is '") + price +
                  "', expected dollars an hour above 0, like 3.84");
  }
  for (const char* prices : {",", "0,", "0.0,99999999"})
    EXPECT_EQ(row_error(std::string("i,H100,1,") + prices + ",,,,,,"),
              "p.csv:2: neither Price nor SpotPrice, expected at least one");
}

TEST(LoadPrices, RefusesAPriceThatNobodyPays) {
  EXPECT_EQ(prices_of(std::string(kHeader) + "i,H100,8,8000,,,,,,,")[0].on_demand_per_gpu_hour,
            1000);
  EXPECT_EQ(row_error("i,H100,8,8001,,,,,,,"),
            "p.csv:2: Price is '8001', $1000.12 for each of 8 GPUs, expected at most $1000 a "
            "GPU-hour");
  for (const char* none : {"99998", "9999", "1e300", "1e6"})
    EXPECT_THAT(row_error(std::string("i,H100,1,") + none + ",,,,,,,"),
                testing::HasSubstr("expected at most $1000"));
  EXPECT_EQ(row_error("i,H100,1,3,1e6,,,,,,"),
            "p.csv:2: SpotPrice is '1e6', $1000000.00 for each of 1 GPUs, expected at most $1000 a "
            "GPU-hour");
}

TEST(LoadPrices, HoldsThePriceOfAGpuAgainstThatOfItsInstance) {
  const std::string header =
      "AcceleratorName,AcceleratorCount,Price,SpotPrice,price_per_gpu,spot_per_gpu\n";
  const auto agreeing = prices_of(header + "H100,8,98.32,,12.30,\nH100,8,,,9,4\n");
  EXPECT_DOUBLE_EQ(agreeing[0].on_demand_per_gpu_hour.value(), 12.29);
  EXPECT_DOUBLE_EQ(agreeing[1].on_demand_per_gpu_hour.value(), 9);
  EXPECT_DOUBLE_EQ(agreeing[1].spot_per_gpu_hour.value(), 4);
  EXPECT_EQ(prices_of(header + "H100,8,80,,10.1,\n").size(), 1U);
  EXPECT_EQ(prices_error(header + "H100,8,98.32,,9.80,\n"),
            "p.csv:2: price_per_gpu is $9.8, but Price over 8 GPUs is $12.29, expected them within "
            "1%");
  EXPECT_EQ(prices_error(header + "H100,8,80,,10.11,\n"),
            "p.csv:2: price_per_gpu is $10.11, but Price over 8 GPUs is $10, expected them within "
            "1%");
  EXPECT_EQ(prices_error(header + "H100,8,80,16,10,1.9\n"),
            "p.csv:2: spot_per_gpu is $1.9, but SpotPrice over 8 GPUs is $2, expected them within "
            "1%");
}

TEST(LoadPrices, DatesAListByItsNameElseByItsLastChange) {
  const TemporaryFolder folder;
  const std::string row = "i,H100,1,3,,,,,,,\n";
  const auto dated = load_prices(folder.write("2026-01-31-mine.csv", std::string(kHeader) + row));
  EXPECT_EQ(dated[0].file_date, "2026-01-31");
  EXPECT_EQ(price_date(dated[0]), "2026-01-31");
  const auto file =
      folder.write("mine.csv", std::string(kHeader) + "i,H100,1,3,,,,,2025-12-24,,\n");
  const timeval moment{1709210096, 0};  // 29 February 2024, 12:34:56 UTC
  const timeval times[2] = {moment, moment};
  ASSERT_EQ(utimes(file.c_str(), times), 0);
  const auto undated = load_prices(file);
  EXPECT_EQ(undated[0].file_date, "2024-02-29");
  EXPECT_EQ(price_date(undated[0]), "2025-12-24");
}

TEST(LoadPrices, RefusesCountsThatAreNone) {
  for (const char* count : {"0", "-8", "0.5", "1025", "eight"}) {
    EXPECT_EQ(row_error(std::string("i,H100,") + count + ",3.84,,,,,,,"),
              std::string("p.csv:2: AcceleratorCount is '") + count +
                  "', expected a whole number from 1 to 1024");
  }
  EXPECT_EQ(row_error("i,H100,,3.84,,,,,,,"),
            "p.csv:2: AcceleratorCount is empty, expected a whole number from 1 to 1024");
  EXPECT_EQ(row_error("i,H100,1,3.84,,,,0,,,"),
            "p.csv:2: min_gpus is '0', expected a whole number from 1 to 1024");
}

TEST(LoadPrices, RefusesDatesThatAreNone) {
  for (const char* date :
       {"2026-02-30", "26-05-2026", "2026-5-26", "2026-05-26T00:00", "+026-05-26"}) {
    EXPECT_EQ(
        row_error(std::string("i,H100,1,3.84,,,,,") + date + ",,"),
        std::string("p.csv:2: observed_at is '") + date + "', expected a date like 2026-05-26");
  }
}

TEST(LoadPrices, RefusesRowsThatDoNotFitTheHeader) {
  EXPECT_EQ(row_error("i,H100,1,3.84"), "p.csv:2: 4 cells, expected 11 as in the header");
  EXPECT_EQ(row_error("i,,1,3.84,,,,,,,"),
            "p.csv:2: AcceleratorName is empty, expected a name like H100");
}

TEST(LoadPrices, RefusesWrongColumns) {
  EXPECT_EQ(prices_error("AcceleratorName,AcceleratorCount,Price,Price,SpotPrice\n"),
            "p.csv:1: duplicate column 'Price'");
  EXPECT_EQ(prices_error("AcceleratorName,AcceleratorCount,Prise,SpotPrice\n"),
            "p.csv:1: unknown column 'Prise'; did you mean 'Price'?");
  EXPECT_EQ(prices_error("AcceleratorName,AcceleratorCount,Price,SpotPrice,min_gpu\n"),
            "p.csv:1: unknown column 'min_gpu'; did you mean 'min_gpus'?");
  EXPECT_EQ(prices_error("AcceleratorName,AcceleratorCount,SpotPrice\n"),
            "p.csv:1: column 'Price' is missing, expected at least AcceleratorName, "
            "AcceleratorCount, Price, SpotPrice");
}

TEST(LoadPrices, RefusesAFileWithoutOffers) {
  EXPECT_EQ(prices_error(""), "p.csv: is empty, expected a price list");
  EXPECT_EQ(prices_error(kHeader), "p.csv: has a header and no offers");
}

constexpr std::string_view kMergedHeader =
    "Provider,InstanceType,AcceleratorName,AcceleratorCount,form_factor,Region,Price,SpotPrice,"
    "observed_at\n";

/// `provider instance count region on-demand date` of what these lists hold together.
std::vector<std::string> merged(const std::vector<std::pair<const char*, std::string>>& lists) {
  const TemporaryFolder folder;
  std::vector<std::filesystem::path> files;
  for (const auto& [name, rows] : lists)
    files.push_back(folder.write(name, std::string(kMergedHeader) + rows));
  std::vector<std::string> lines;
  for (const PriceOffer& o : load_price_list(files).offers)
    lines.push_back(fmt::format("{} {} x{} {} ${} {}", o.provider, o.instance, o.gpu_count,
                                o.region, o.on_demand_per_gpu_hour.value_or(0), price_date(o)));
  return lines;
}

TEST(MergedLists, HoldTheNewestOfferOfEachInstanceWhateverFileItStandsIn) {
  const std::string old_rows =
      "AWS,p5,H100,8,SXM5,us-east,80,16,\n"
      "AWS,p5,H100,8,SXM5,us-west,88,,\n"
      "Spheron,,H100,1,SXM5,,3,,2026-06-02\n"
      "Spheron,,H100,1,PCIe,,2,,\n";
  const std::string new_rows =
      "aws,P5,H100,8,,us-east,72,,\n"          // another spelling; no form factor, no spot price
      "AWS,p5,H100,4,SXM5,us-east,40,,\n"      // another size
      "Spheron,,H100,1,SXM5,,4,,2026-05-31\n"  // an older price in the newer file
      "Spheron,,L40S,1,PCIe,,1,,\n";
  for (const bool newest_first : {false, true}) {
    std::vector<std::pair<const char*, std::string>> lists{{"2026-05-26-a.csv", old_rows},
                                                           {"2026-06-01-b.csv", new_rows}};
    if (newest_first) std::swap(lists[0], lists[1]);
    EXPECT_THAT(merged(lists),
                testing::UnorderedElementsAre(
                    "AWS p5 x8 us-west $11 2026-05-26", "Spheron  x1  $3 2026-06-02",
                    "Spheron  x1  $2 2026-05-26", "aws P5 x8 us-east $9 2026-06-01",
                    "AWS p5 x4 us-east $10 2026-06-01", "Spheron  x1  $1 2026-06-01"));
  }
}

TEST(MergedLists, TakeTheLaterFileOfOneDayAndAllRowsOfAFile) {
  const std::string row = "AWS,p5,H100,8,SXM5,us-east,";
  EXPECT_THAT(
      merged({{"2026-06-01-a.csv", row + "80,,\n"},
              {"2026-06-01-b.csv", row + "72,,\n" + row + "64,,\n"}}),
      testing::ElementsAre("AWS p5 x8 us-east $9 2026-06-01", "AWS p5 x8 us-east $8 2026-06-01"));
}

TEST(MergedLists, KeepWhatNamesNoProvider) {
  EXPECT_EQ(
      merged({{"2026-05-26-a.csv", ",i,H100,1,,,3,,\n"}, {"2026-06-01-b.csv", ",i,H100,1,,,2,,\n"}})
          .size(),
      2U);
}

PriceOffer offer(std::string provider, std::string form_factor, std::optional<double> price) {
  PriceOffer result;
  result.provider = std::move(provider);
  result.accelerator = "H100";
  result.form_factor = std::move(form_factor);
  result.on_demand_per_gpu_hour = price;
  return result;
}

std::string providers_for(const std::vector<PriceOffer>& offers, const std::string& form_factor) {
  Datasheet sheet;
  sheet.accelerator = "H100";
  sheet.form_factor = form_factor;
  std::string providers;
  for (const PriceOffer& found : offers_for(offers, sheet)) providers += found.provider;
  return providers;
}

TEST(OffersFor, SortsByOnDemandPriceWithSpotOnlyOffersLast) {
  EXPECT_EQ(
      providers_for(
          {offer("c", "SXM5", std::nullopt), offer("b", "SXM5", 3), offer("a", "SXM5", 2)}, "SXM5"),
      "abc");
}

TEST(OffersFor, KeepsVariantsOfACardApart) {
  const std::vector<PriceOffer> offers{offer("sxm", "SXM5", 3.84), offer("pcie", "PCIe", 2.01),
                                       offer("unstated", "", 1.0)};
  EXPECT_EQ(providers_for(offers, "SXM5"), "sxm");
  EXPECT_EQ(providers_for(offers, "NVL"), "unstated");
  EXPECT_EQ(providers_for(offers, ""), "unstatedpciesxm");
}

TEST(OffersFor, MarksAGuessAtTheFormFactor) {
  Datasheet pcie;
  pcie.accelerator = "H100";
  pcie.form_factor = "PCIe";
  const auto guessed = offers_for({offer("a", "", 1.0)}, pcie);
  ASSERT_EQ(guessed.size(), 1U);
  EXPECT_TRUE(guessed[0].is_form_factor_guessed);
  EXPECT_FALSE(offers_for({offer("a", "pcie", 1.0)}, pcie).at(0).is_form_factor_guessed);
  pcie.form_factor.clear();  // a card with one variant
  EXPECT_FALSE(offers_for({offer("a", "", 1.0)}, pcie).at(0).is_form_factor_guessed);
}

TEST(OffersFor, KnowsTheNamesOfDriversAndSellers) {
  Datasheet sxm, pcie;
  sxm.accelerator = pcie.accelerator = "H100";
  sxm.match_names = {"NVIDIA H100 80GB HBM3"};
  pcie.match_names = {"NVIDIA H100 PCIe"};
  sxm.form_factor = "SXM5";
  pcie.form_factor = "PCIe";
  sxm.memory_gib_min = pcie.memory_gib_min = 79;
  sxm.memory_gib_max = pcie.memory_gib_max = 80;
  const auto offers = prices_of(
      "AcceleratorName,AcceleratorCount,Price,SpotPrice\nh100-sxm5-80gb,1,1,\n"
      "NVIDIA H100 80GB HBM3,1,2,\nnvidia_h100_pcie,1,3,\nH100-94GB-SXM5,1,4,\nL40s,1,5,\n"
      "NVIDIA H100 NVL,1,6,\nH100-MEGA,1,7,\nGH200,1,8,\n");
  const auto dollars = [&](const Datasheet& sheet) {
    std::string found;
    for (const PriceOffer& o : offers_for(offers, sheet))
      found += fmt::format("{} ", o.on_demand_per_gpu_hour.value_or(0));
    return found;
  };
  EXPECT_EQ(dollars(sxm), "1 2 ");
  EXPECT_EQ(dollars(pcie), "3 ");
  EXPECT_THAT(names_nearest_first(offers, sxm),
              testing::ElementsAre("H100-94GB SXM5", "H100-MEGA", "NVIDIA H100 80GB HBM3",
                                   "NVIDIA H100 NVL", "h100-sxm5-80gb SXM5", "nvidia_h100 PCIe",
                                   "GH200", "L40s"));
}

TEST(OffersFor, TakesSxmWithoutItsGeneration) {
  EXPECT_EQ(providers_for({offer("a", "SXM", 2), offer("b", "", 1)}, "SXM5"), "a");
  EXPECT_EQ(providers_for({offer("a", "SXM", 2)}, "PCIe"), "");
}

TEST(MisspeltAccelerator, IsTheNearestNameOfNoCardWhereTheCardHasNoOffer) {
  Datasheet h100, h200;
  h100.accelerator = "H100";
  h200.accelerator = "H200";
  const std::vector<Datasheet> known{h100, h200};
  const auto named = [](const char* accelerator) {
    PriceOffer result = offer("a", "", 1.0);
    result.accelerator = accelerator;
    return result;
  };
  EXPECT_EQ(misspelt_accelerator({named("H2OO"), named("H2O0")}, h200, known), "H2O0");
  EXPECT_EQ(misspelt_accelerator({named("H100")}, h200, known), std::nullopt);  // another card's
  EXPECT_EQ(misspelt_accelerator({named("H2O0"), named("h200")}, h200, known), std::nullopt);
  EXPECT_EQ(misspelt_accelerator({named("MI300X")}, h200, known), std::nullopt);
}

TEST(LoadPrices, SaysHowManyOffersNameNoSource) {
  const TemporaryFolder folder;
  const auto warnings = [&](const std::string& rows) {
    return load_price_list({folder.write("p.csv", std::string(kHeader) + rows)}).warnings;
  };
  const std::string without = ",H100,1,2,,a,,1,2026-05-26,,\n", with = ",H100,1,2,,b,,1,,a page,\n";
  EXPECT_THAT(warnings(with), testing::IsEmpty());
  EXPECT_THAT(
      warnings(with + without),
      testing::ElementsAre(testing::EndsWith("p.csv: 1 of 2 offers do not name their source")));
}

TEST(BillableGpus, AreWholeBundles) {
  EXPECT_EQ(billable_gpus(1, 1), 1);
  EXPECT_EQ(billable_gpus(1, 8), 8);
  EXPECT_EQ(billable_gpus(8, 8), 8);
  EXPECT_EQ(billable_gpus(9, 8), 16);
  EXPECT_EQ(billable_gpus(5, 2), 6);
}

TEST(DaysBetween, CountsOverMonthsAndLeapDays) {
  EXPECT_EQ(days_between("2026-05-26", "2026-06-25"), 30);
  EXPECT_EQ(days_between("2024-02-28", "2024-03-01"), 2);
  EXPECT_EQ(days_between("2026-05-26", "2026-05-25"), -1);
  EXPECT_FALSE(days_between("", "2026-05-25"));
  EXPECT_FALSE(days_between("2026-02-30", "2026-05-25"));
  EXPECT_EQ(utc_date(0), "1970-01-01");
  EXPECT_EQ(utc_date(86399), "1970-01-01");
  EXPECT_EQ(utc_date(86400), "1970-01-02");
}

TEST(OffersFor, HasNoneForAnotherCard) {
  Datasheet l40s;
  l40s.accelerator = "L40S";
  EXPECT_TRUE(offers_for({offer("a", "SXM5", 2)}, l40s).empty());
}

}  // namespace
}  // namespace gpugauge
