#include "harness/config/seller_name.hpp"

#include <gtest/gtest.h>

namespace gpugauge {
namespace {

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
  EXPECT_EQ(split("H100SXM5"), "H100|SXM5");
  EXPECT_EQ(split("A100-80GB-SXM4"), "A100-80GB|SXM4");
  EXPECT_EQ(split("h100-sxm5-80gb"), "h100-sxm5-80gb|SXM5");
  EXPECT_EQ(split("A100-80GB"), "A100-80GB|");
  EXPECT_EQ(split("NVL"), "NVL|");
  EXPECT_EQ(split("L40S"), "L40S|");
  EXPECT_EQ(split(""), "|");
  EXPECT_EQ(split("--"), "--|");
}

TEST(FormFactorIn, ReadsTheWordsOfAnInstance) {
  EXPECT_EQ(form_factor_in("NVIDIA H100 (SXM5)"), "SXM5");
  EXPECT_EQ(form_factor_in("H100_PCIE_80GB::1"), "PCIe");
  EXPECT_EQ(form_factor_in("1x-H100_NVL-32-65536"), "NVL");
  EXPECT_EQ(form_factor_in("n3-H100-sxm5x8"), "SXM5");
  EXPECT_EQ(form_factor_in("gpu_8x_h100_sxmx8"), "SXM");
  for (const char* none : {"", "NVLink", "H100x8-NVLink", "gb200_nvl72", "p5.48xlarge", "::", "x8"})
    EXPECT_EQ(form_factor_in(none), "") << none;
}

TEST(MatchCardName, TellsTheDeviceFromItsKindAndFromOthers) {
  Datasheet sheet;
  sheet.accelerator = "A100-80GB";
  sheet.form_factor = "SXM4";
  sheet.match_names = {"NVIDIA A100-SXM4-80GB"};
  sheet.memory_gib_min = 78;
  sheet.memory_gib_max = 82;
  EXPECT_EQ(match_card_name("nvidia a100 sxm4 80gb", sheet), NameMatch::kDevice);
  EXPECT_EQ(match_card_name("A100-80GB", sheet), NameMatch::kKind);
  EXPECT_EQ(match_card_name("A100 80GB PCIe", sheet), NameMatch::kKind);
  for (const char* other : {"A100", "A100-40GB", "A100-80GB-MIG", "H100-80GB", ""})
    EXPECT_EQ(match_card_name(other, sheet), NameMatch::kNone) << other;
}

}  // namespace
}  // namespace gpugauge
