#include "harness/analyze/money/own_prices.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/error.hpp"

namespace gpugauge {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;
using testing::ThrowsMessage;

const std::vector<std::string> kCards{"l40s", "h100-sxm5"};

std::vector<std::optional<double>> prices(std::vector<std::string> words,
                                          const std::vector<std::string>& cards = kCards) {
  return OwnPrices(words).of(cards);
}

TEST(OwnPrices, OnePriceIsThatOfEveryCard) {
  EXPECT_THAT(prices({"2.49"}), ElementsAre(Optional(2.49), Optional(2.49)));
  EXPECT_TRUE(OwnPrices(std::vector<std::string>{"2.49"}).cover_every_card());
}

TEST(OwnPrices, SeveralAreOfTheCardsInTheirOrder) {
  EXPECT_THAT(prices({"0.89", "2.49"}), ElementsAre(Optional(0.89), Optional(2.49)));
  EXPECT_THAT(
      [] {
        prices({"1", "2", "3"});
      },
      ThrowsMessage<UsageError>(AllOf(HasSubstr("found 3"), HasSubstr("l40s, h100-sxm5"))));
}

TEST(OwnPrices, ANamePricesItsCardAloneWhereverItStands) {
  const std::vector<std::string> words{"h100-sxm5=2.49"};
  EXPECT_FALSE(OwnPrices(words).cover_every_card());
  EXPECT_THAT(prices(words, {"h100-sxm5", "l40s", "h100-sxm5"}),
              ElementsAre(Optional(2.49), std::nullopt, Optional(2.49)));
  EXPECT_THAT(prices({"a=b=1"}, {"a=b"}), ElementsAre(Optional(1.0)));
}

TEST(OwnPrices, WithoutAnyNoCardHasOne) {
  EXPECT_TRUE(OwnPrices().empty());
  EXPECT_THAT(OwnPrices().of(kCards), ElementsAre(std::nullopt, std::nullopt));
}

TEST(OwnPrices, WhatIsNoPriceIsRefused) {
  const auto refuses = [](std::vector<std::string> words, const std::string& reason) {
    EXPECT_THAT([&] { prices(words); }, ThrowsMessage<UsageError>(HasSubstr(reason)));
  };
  refuses({"cheap"}, "CARD=DOLLARS");
  refuses({"l40s="}, "--hourly l40s=");
  refuses({"0"}, "positive");
  refuses({"-1"}, "positive");
  refuses({"nan"}, "hourly");
  refuses({"1e9"}, "at most");
  refuses({"l40s=1", "l40s=2"}, "already");
  refuses({"l40s=1", "2"}, "CARD=DOLLARS for all");
  refuses({"l40=1"}, "did you mean 'l40s'");
}

}  // namespace
}  // namespace gpugauge
