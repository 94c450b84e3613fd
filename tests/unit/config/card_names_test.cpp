#include "harness/config/card_names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gpugauge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<CardNames> kCards{{"l40s", {"NVIDIA L40S", "NVIDIA L40S 48 GB"}},
                                    {"h100-pcie", {"NVIDIA H100 PCIe"}},
                                    {"h100-sxm5", {"NVIDIA H100 80GB HBM3"}},
                                    {"h200", {"NVIDIA H200"}}};

TEST(CardNames, CaseSeparatorsAndTheMakerAreAside) {
  for (const char* given : {"h100-sxm5", "H100-SXM5", "h100_sxm5", "NVIDIA H100 SXM5",
                            "nvidia h100 80gb hbm3", "H100 80GB HBM3"})
    EXPECT_THAT(cards_meant(given, kCards), ElementsAre("h100-sxm5")) << given;
  EXPECT_THAT(cards_meant("L40S 48GB", kCards), ElementsAre("l40s"));
}

TEST(CardNames, AShortNameIsOfEveryCardThatItBegins) {
  EXPECT_THAT(cards_meant("H100", kCards), ElementsAre("h100-pcie", "h100-sxm5"));
  EXPECT_THAT(cards_meant("h100 sxm", kCards), ElementsAre("h100-sxm5"));
}

/// An L40 and an L4 are no L40S, nor is an H20 an H200.
TEST(CardNames, ANameOfAnotherCardIsNotShortForOne) {
  for (const char* given : {"l40", "l4", "h20", "h10", "h", "", "nvidia", "h100-"})
    EXPECT_THAT(cards_meant(given, std::vector<CardNames>{kCards[0], kCards[3]}), IsEmpty())
        << given;
}

}  // namespace
}  // namespace gpugauge
