#include "harness/config/price_formats.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "harness/base/text_file.hpp"
#include "tests/unit/config/load_prices.hpp"
#include "tests/unit/config/temporary_folder.hpp"

namespace gpugauge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::filesystem::path sample(const char* name) {
  return std::filesystem::path(GPUGAUGE_TEST_DATA) / "prices" / name;
}

/// `card form_factor count/min on-demand spot, provider instance region`; prices a GPU.
std::string line_of(const PriceOffer& offer) {
  const auto price = [](const std::optional<double>& dollars) {
    std::ostringstream text;
    if (dollars) text << *dollars;
    return dollars ? text.str() : "-";
  };
  return offer.accelerator + " " + (offer.form_factor.empty() ? "?" : offer.form_factor) + " " +
         std::to_string(offer.gpu_count) + "/" + std::to_string(offer.min_gpus) + " " +
         price(offer.on_demand_per_gpu_hour) + " " + price(offer.spot_per_gpu_hour) + ", " +
         offer.provider + " " + offer.instance + " " + offer.region;
}
std::vector<std::string> lines_of(const std::vector<PriceOffer>& offers) {
  std::vector<std::string> lines;
  for (const PriceOffer& offer : offers) lines.push_back(line_of(offer));
  return lines;
}

std::string csv_error(std::string_view text) {
  return TemporaryFolder().error_of(load_prices, "p.csv", text);
}
std::string json_error(std::string_view text) {
  return TemporaryFolder().error_of(load_prices, "p.json", text);
}

TEST(SkyPilotList, LeavesOutWhatRentsNoWholeGpu) {
  const auto offers = load_prices(sample("skypilot_vms.csv"));
  EXPECT_THAT(lines_of(offers), ElementsAre("H100 ? 8/8 6 2,  gpu.8xh100 us-east-1",
                                            "H100 SXM 1/1 3 -,  gpu.1xh100 us-west-2"));
  EXPECT_EQ(offers[0].source, "SkyPilot, skypilot_vms.csv");
  EXPECT_EQ(offers[0].observed_at, "");
}

TEST(SkyPilotList, RefusesAPriceThatIsNone) {
  const std::string header = "InstanceType,AcceleratorName,AcceleratorCount,Price,SpotPrice\n";
  EXPECT_EQ(csv_error(header + "cpu,,,0.1,\ni,H100,8.0,nan,1\n"),
            "p.csv:3: Price is 'nan', expected dollars an hour above 0, like 3.84");
  EXPECT_EQ(csv_error(header + "i,H100,-8,9,1\n"),
            "p.csv:2: AcceleratorCount is '-8', expected a number of GPUs above 0");
  EXPECT_EQ(csv_error(header + "cpu,,,0.1,\n"), "p.csv: has a header and no offers");
}

/// What a list of SkyPilot's columns becomes, and its warnings without the folder.
std::vector<std::string> skypilot(const std::string& rows) {
  const TemporaryFolder folder;
  const PriceList list = load_price_list({folder.write(
      "p.csv", "InstanceType,AcceleratorName,AcceleratorCount,GpuInfo,Price,SpotPrice\n" + rows)});
  std::vector<std::string> lines = lines_of(list.offers);
  for (const std::string& warning : list.warnings)
    lines.push_back(warning.substr(folder.path().string().size() + 1));
  return lines;
}

TEST(SkyPilotList, TakesZeroAndNinesForNoPrice) {
  EXPECT_THAT(skypilot("a,H100,1,,1.75,0.00\nb,H100,2,,0.0,4\nc,H100,1,,2,99999999\n"
                       "d,H100,8,,99999.0,0\n"),
              ElementsAre("H100 ? 1/1 1.75 -,  a ", "H100 ? 2/2 - 2,  b ", "H100 ? 1/1 2 -,  c ",
                          "p.csv: 1 of 4 rows is left out: 1 without a price (line 5)"));
}

TEST(SkyPilotList, LeavesOutAndCountsWhatCannotBeUsed) {
  EXPECT_THAT(skypilot("free,H100,1,,0,\n,H200,8,,74.5,29.8\nhost,,,,10.3,\nx,H100,1,,$3,\n"
                       "y,H100,1,{'a': \"b\"},3,\nshort,H100\nreal,L40S,1,,0.9,\n,,,\n"
                       "open,\"H100,1,,3,\nafter,H100,1,,3,\n"),
              ElementsAre("L40S ? 1/1 0.9 -,  real ", "H100 ? 1/1 3 -,  after ",
                          "p.csv: 7 of 9 rows are left out: 1 without a price (line 2); 1 of an "
                          "accelerator without its host (line 3); 5 wrong (line 5: Price is '$3', "
                          "expected dollars an hour above 0, like 3.84, …)"));
  EXPECT_EQ(csv_error("InstanceType,AcceleratorName,AcceleratorCount,Price,SpotPrice\n"
                      ",H200,8,74.5,29.8\n"),
            "p.csv:2: InstanceType is empty: the price is the accelerator's alone, its host has "
            "another");
}

TEST(SkyPilotList, TakesTheFormFactorFromTheInstanceWhereTheCardDoesNotSayIt) {
  EXPECT_THAT(skypilot("H100_PCIE_80GB::1,H100,1,,1,\n1x-H100_NVL-32-65536,H100,1,,2,\n"
                       "n3-sxm5x8,H100,8,,24,\nn3-H100x8-NVLink,H100,8,,8,\n"
                       "pcie,H100-SXM,1,,5,\ni,H100,1,{'Name': 'H100SXM5'},6,\n"),
              ElementsAre("H100 PCIe 1/1 1 -,  H100_PCIE_80GB::1 ",
                          "H100 NVL 1/1 2 -,  1x-H100_NVL-32-65536 ",
                          "H100 SXM5 8/8 3 -,  n3-sxm5x8 ", "H100 ? 8/8 1 -,  n3-H100x8-NVLink ",
                          "H100 SXM 1/1 5 -,  pcie ", "H100 SXM5 1/1 6 -,  i "));
}

TEST(SkyPilotList, WarnsOfSpotAboveOnDemand) {
  EXPECT_THAT(
      skypilot("a,L40S,1,,0.43,0.86\nb,L40S,1,,0.9,0.5\n").back(),
      "p.csv: of 1 of 2 offers the spot price is above the on-demand price: are the columns "
      "swapped?");
}

TEST(PriceCsv, NamesTheSeparatorThatIsNoComma) {
  EXPECT_EQ(csv_error("InstanceType;AcceleratorName;Price\n1x;H100;\"2,99\"\n"),
            "p.csv:1: the separator is ';', expected ','");
  EXPECT_EQ(csv_error("InstanceType\tAcceleratorName\n"),
            "p.csv:1: the separator is a tabulator, expected ','");
}

TEST(GpuhuntList, HasSpotInARowOfItsOwn) {
  const auto offers = load_prices(sample("gpuhunt.csv"));
  EXPECT_THAT(lines_of(offers), ElementsAre("H100 ? 8/8 5 -, cloud-a h100x8 us-east",
                                            "H100 ? 8/8 - 2, cloud-a h100x8 us-east",
                                            "H100 NVL 1/1 2.5 -, cloud-b nvl-1 eu-west",
                                            "L40S ? 1/1 1.25 -, cloud-b l40s-1 eu-west"));
  EXPECT_EQ(offers[0].source, "gpuhunt, gpuhunt.csv");
}

TEST(GpuhuntList, RefusesWhatIsWrong) {
  const std::string header = "price,spot,gpu_name,gpu_count\n";
  for (const char* price : {"nan", "-1", "free"})
    EXPECT_EQ(csv_error(header + price + ",False,H100,1\n"),
              std::string("p.csv:2: price is '") + price +
                  "', expected dollars an hour above 0, like 3.84");
  for (const char* price : {"0", "", "99999999"})
    EXPECT_EQ(csv_error(header + price + ",False,H100,1\n"),
              "p.csv:2: no price, expected dollars an hour above 0");
  EXPECT_EQ(csv_error(header + "5000,False,H100,2\n"),
            "p.csv:2: price is '5000', $2500.00 for each of 2 GPUs, expected at most $1000 a "
            "GPU-hour");
  EXPECT_EQ(csv_error(header + "5,perhaps,H100,1\n"),
            "p.csv:2: spot is 'perhaps', expected True or False");
  EXPECT_EQ(csv_error(header + "5,True,H100,1.5\n"),
            "p.csv:2: gpu_count is '1.5', expected a whole number from 1 to 1024");
  EXPECT_EQ(
      csv_error("price,gpu_name,gpu_count\n"),
      "p.csv:1: column 'spot' is missing, expected at least price, gpu_count, gpu_name, spot");
  EXPECT_EQ(csv_error("price,spot,gpu_name,gpu_coumt\n"),
            "p.csv:1: unknown column 'gpu_coumt'; did you mean 'gpu_count'?");
}

TEST(PriceCsv, RefusesWhatIsNoPriceList) {
  EXPECT_EQ(csv_error("<!DOCTYPE html>\n<p>hello</p>\n"),
            "p.csv:1: no column of a price list, expected SkyPilot's (AcceleratorName, "
            "AcceleratorCount, Price, SpotPrice), gpuhunt's (price, gpu_count, gpu_name, spot) or "
            "the JSON of Spheron's /api/gpu-offers");
}

TEST(SpheronPages, AreOneListAndTheSameAsTheRefreshedOne) {
  const PriceList list =
      load_price_list({sample("spheron_page_1.json"), sample("spheron_page_2.json")});
  EXPECT_THAT(lines_of(list.offers),
              ElementsAre("H100 SXM5 1/1 3.5 1.5, cloud-a a-h100-x1 us-east",
                          "H100 SXM5 8/8 - 1.8, cloud-b b-h100-x8-spot eu-north",
                          "L40S PCIe 8/8 0.8 -, cloud-a a-l40s-x8 us-east",
                          "H100 NVL 2/2 2.5 -, cloud-b b-nvl "));
  ASSERT_EQ(list.warnings.size(), 1U);
  EXPECT_THAT(list.warnings[0],
              HasSubstr("spheron_page_1.json: 1 offers were not available and are left out"));

  // What `gpugauge prices` makes of these pages for scripts/refresh_prices.py, but for the date.
  std::string refreshed = read_text_file(sample("spheron_refreshed.csv"));
  for (auto at = refreshed.find("TODAY"); at != std::string::npos; at = refreshed.find("TODAY"))
    refreshed.replace(at, 5, "2026-05-26");
  EXPECT_EQ(lines_of(load_prices(TemporaryFolder().write("p.csv", refreshed))),
            lines_of(list.offers));
}

TEST(SpheronPages, MayBeOneFile) {
  const std::string both = "\n [" + read_text_file(sample("spheron_page_1.json")) + "," +
                           read_text_file(sample("spheron_page_2.json")) + "]";
  const TemporaryFolder folder;
  const PriceList list = load_price_list({folder.write("both.json", both)});
  EXPECT_EQ(list.offers.size(), 4U);
  EXPECT_EQ(list.warnings.size(), 1U);
}

TEST(SpheronPages, SayThatOneIsMissing) {
  const PriceList list = load_price_list({sample("spheron_page_2.json")});
  EXPECT_EQ(list.offers.size(), 2U);
  ASSERT_EQ(list.warnings.size(), 1U);
  EXPECT_THAT(list.warnings[0],
              HasSubstr("spheron_page_2.json: 1 of 2 pages of offers; scripts/refresh_prices.py"));
}

TEST(SpheronPages, AreAnErrorWithoutAnOffer) {
  EXPECT_EQ(json_error(R"({"data": []})"), "p.json: no offer of a GPU that is available");
}

/// The error of one offer with these fields, on line 3.
std::string offer_error(std::string_view fields) {
  return json_error("{\"data\": [\n{\"baseGpuType\": \"H100\", \"offers\": [\n{" +
                    std::string(fields) + "}]}]}");
}

TEST(SpheronOffer, IsRefusedWithItsLineAndItsPlace) {
  for (const char* price : {"-1", "\"3.5\"", "true", "[3]"}) {
    const std::string message =
        offer_error(std::string(R"("gpuCount": 1, "spot_price": )") + price + " ");
    EXPECT_THAT(message, testing::StartsWith("p.json:3: /data/0/offers/0/spot_price"));
    EXPECT_THAT(message, testing::EndsWith("expected dollars an hour above 0, like 3.84"));
  }
  EXPECT_EQ(offer_error(R"("gpuCount": 2, "price": 5000)"),
            "p.json:3: /data/0/offers/0/price is '5000', $2500.00 for each of 2 GPUs, expected at "
            "most $1000 a GPU-hour");
  EXPECT_EQ(offer_error(R"("price": 5)"),
            "p.json:3: /data/0/offers/0: gpuCount is missing, expected a whole number from 1 to "
            "1024");
  for (const char* count : {"0", "-1", "1.5", "1025", "1e300", "\"1\""})
    EXPECT_EQ(offer_error(std::string(R"("price": 5, "gpuCount": )") + count),
              std::string("p.json:3: /data/0/offers/0/gpuCount is '") + count +
                  "', expected a whole number from 1 to 1024");
  for (const char* none : {"", R"(, "price": null)", R"(, "price": 0, "spot_price": 0.0)"})
    EXPECT_EQ(offer_error(std::string(R"("gpuCount": 1)") + none),
              "p.json:3: /data/0/offers/0: neither price nor spot_price, expected at least one");
  EXPECT_EQ(offer_error(R"("gpuCount": 1, "price": 5, "available": "no")"),
            "p.json:3: /data/0/offers/0/available is '\"no\"', expected true or false");
  EXPECT_EQ(offer_error(R"("gpuCount": 1, "price": 5, "region": 7)"),
            "p.json:3: /data/0/offers/0/region is '7', expected a text");
}

TEST(SpheronOffer, ThatCannotBeUsedIsLeftOutAndCounted) {
  const TemporaryFolder folder;
  const auto file = folder.write("p.json", R"({"data": [
{"baseGpuType": "H100", "offers": [{"gpuCount": 1, "price": null},
{"gpuCount": 1, "price": 3, "region": 7}, {"gpuCount": 2, "price": 6}]}, {"offers": [{}]}]})");
  const PriceList list = load_price_list({file});
  EXPECT_THAT(lines_of(list.offers), ElementsAre("H100 ? 2/2 3 -,   "));
  EXPECT_THAT(list.warnings,
              ElementsAre(file.string() +
                          ": 3 of 4 rows are left out: 1 without a price (line 2); 2 wrong (line "
                          "3: /data/0/offers/1/region is '7', expected a text, …)"));
}

TEST(SpheronPage, IsRefusedInAnyOtherShape) {
  EXPECT_EQ(
      json_error("{}"),
      "p.json:1: expected an answer of Spheron's /api/gpu-offers, or an array of them: 'data'");
  EXPECT_THAT(json_error("[\n1]"), HasSubstr("p.json:2: /0 is '1', expected an answer"));
  EXPECT_EQ(json_error("{\n\"data\": 3}"), "p.json:2: /data is '3', expected an array");
  EXPECT_EQ(json_error("{\"data\": [\n7]}"),
            "p.json:2: /data/0 is '7', expected a card with 'offers'");
  EXPECT_EQ(json_error("{\"data\": [{\"offers\":\n [{\"gpuCount\": 1, \"price\": 2}]}]}"),
            "p.json:1: /data/0: expected the name of a card in baseGpuType, gpuModel or gpuType");
  EXPECT_EQ(json_error("{\"data\": [], \"totalPages\": -1}"),
            "p.json:1: /totalPages is '-1', expected the number of a page");
}

TEST(SpheronPage, IsRefusedWhereItIsNoJson) {
  EXPECT_THAT(json_error("{\"data\": [\n{\"offers\": [\n{\"price\": NaN}]}]}"),
              HasSubstr("p.json:3: not valid JSON: "));
  EXPECT_THAT(json_error("{\"data\": [\n"), HasSubstr("p.json:2: not valid JSON: "));
  EXPECT_THAT(json_error("{\"data\": 1e999}"), HasSubstr("p.json: not valid JSON: "));
}

}  // namespace
}  // namespace gpugauge
