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
  for (const char* price : {"nan", "-1", "0", "", "free"}) {
    const std::string found = *price == '\0' ? "empty" : std::string("'") + price + "'";
    EXPECT_EQ(csv_error(header + price + ",False,H100,1\n"),
              "p.csv:2: price is " + found + ", expected dollars an hour above 0, like 3.84");
  }
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
  for (const char* price : {"0", "-1", "\"3.5\"", "true", "[3]"}) {
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
  EXPECT_EQ(offer_error(R"("gpuCount": 1)"),
            "p.json:3: /data/0/offers/0: neither price nor spot_price, expected at least one");
  EXPECT_EQ(offer_error(R"("gpuCount": 1, "price": 5, "available": "no")"),
            "p.json:3: /data/0/offers/0/available is '\"no\"', expected true or false");
  EXPECT_EQ(offer_error(R"("gpuCount": 1, "price": 5, "region": 7)"),
            "p.json:3: /data/0/offers/0/region is '7', expected a text");
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

TEST(SplitCardName, KnowsHowTheCardIsBuilt) {
  const auto split = [](const char* name) {
    const NamedCard card = split_card_name(name);
    return card.accelerator + "|" + card.form_factor;
  };
  EXPECT_EQ(split("H100"), "H100|");
  EXPECT_EQ(split("H100-SXM5"), "H100|SXM5");
  EXPECT_EQ(split("H100_SXM"), "H100|SXM");
  EXPECT_EQ(split("H100 pcie"), "H100|PCIe");
  EXPECT_EQ(split("H100NVL"), "H100|NVL");
  EXPECT_EQ(split("A100-80GB-SXM4"), "A100-80GB|SXM4");
  EXPECT_EQ(split("A100-80GB"), "A100-80GB|");
  EXPECT_EQ(split("NVL"), "NVL|");
  EXPECT_EQ(split("L40S"), "L40S|");
  EXPECT_EQ(split(""), "|");
  EXPECT_EQ(form_factor_in("NVIDIA H100 (SXM5)"), "SXM5");
  EXPECT_EQ(form_factor_in("NVLink"), "");
}

}  // namespace
}  // namespace gpugauge
