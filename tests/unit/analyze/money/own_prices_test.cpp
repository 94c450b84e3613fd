#include "harness/analyze/money/own_prices.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/error.hpp"

namespace gpugauge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;
using testing::ThrowsMessage;

const PricedCard kL40s{{"l40s", {"NVIDIA L40S"}}, {"mine.json"}};
const PricedCard kH100{{"h100-sxm5", {"NVIDIA H100 80GB HBM3"}}, {"h100.json", "again.json"}};
const PricedCard kPcie{{"h100-pcie", {"NVIDIA H100 PCIe"}}, {"pcie.json"}};

std::vector<std::optional<double>> prices(std::vector<std::string> words,
                                          std::vector<PricedCard> cards = {kL40s, kH100}) {
  return OwnPrices(words).of(cards);
}

TEST(OwnPrices, OnePriceWithoutANameIsOfOneKindOfCard) {
  EXPECT_THAT(prices({"$2.49"}, {kH100, kH100}), ElementsAre(Optional(2.49), Optional(2.49)));
  EXPECT_TRUE(OwnPrices(std::vector<std::string>{"2.49"}).cover_every_card());
}

TEST(OwnPrices, ANamePricesItsCardAloneWhereverItStands) {
  const std::vector<std::string> words{"h100-sxm5=2.49"};
  EXPECT_FALSE(OwnPrices(words).cover_every_card());
  EXPECT_THAT(prices(words, {kH100, kL40s, kH100}),
              ElementsAre(Optional(2.49), std::nullopt, Optional(2.49)));
  EXPECT_THAT(prices({"a=b=1"}, {{{"a=b"}, {}}}), ElementsAre(Optional(1.0)));
}

TEST(OwnPrices, ACardIsNamedInEveryWayThatPeopleUse) {
  for (const char* name : {"h100-sxm5", "H100-SXM5", "H100", "h100 sxm", "h100_sxm5",
                           "NVIDIA H100 80GB HBM3", "again.json"})
    EXPECT_THAT(prices({std::string(name) + "=$3"}), ElementsAre(std::nullopt, Optional(3)))
        << name;
}

TEST(OwnPrices, AFileHasItsOwnBesideItsCard) {
  const PricedCard twin{{"l40s", {}}, {"twin.json"}};
  EXPECT_THAT(prices({"twin.json=1", "l40s=2"}, {kL40s, twin}),
              ElementsAre(Optional(2), Optional(1)));
}

TEST(OwnPrices, WithoutAnyNoCardHasOne) {
  EXPECT_TRUE(OwnPrices().empty());
  EXPECT_THAT(prices({}), ElementsAre(std::nullopt, std::nullopt));
}

TEST(OwnPrices, WhatIsNoPriceIsRefused) {
  const auto refuses = [](std::vector<std::string> words, const std::string& reason,
                          std::vector<PricedCard> cards = {kL40s, kH100}) {
    EXPECT_THAT([&] { prices(words, cards); }, ThrowsMessage<UsageError>(HasSubstr(reason)));
  };
  for (const char* word : {"cheap", "l40s=", "=1", "0", "-1", "nan", "1e9", "$"}) {
    EXPECT_FALSE(is_own_price(word)) << word;
    refuses({word}, std::string("--hourly is '") + word + "', expected CARD=DOLLARS");
  }
  refuses({"l40s=1", "L40S=2"}, "l40s has two prices");
  refuses({"l40s=1", "2"}, "CARD=DOLLARS for all");
  refuses({"l40=1"}, "did you mean 'l40s'");
  refuses({"2.49"}, "which card costs $2.49? --hourly l40s=…,h100-sxm5=…");
  refuses({"1", "2"}, "which card costs $1 and which $2? --hourly l40s=…");
  refuses({"1", "2"}, "found 2 prices of one kind of card (l40s)", {kL40s, kL40s});
  refuses({"h100=2"}, "h100: h100-sxm5 or h100-pcie? --hourly h100-sxm5=…,h100-pcie=…",
          {kH100, kPcie});
  refuses({"2"}, "--hourly 'h100-sxm5=…,Other Card=…'", {kH100, {{"Other Card"}, {}}});
}

}  // namespace
}  // namespace gpugauge
