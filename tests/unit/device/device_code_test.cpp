#include "harness/device/device_code.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gpugauge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const ProgramCode kCode = parse_program_code("80 89+PTX 90a 100");

TEST(DeviceCode, ReadsWhatTheBuildSays) {
  EXPECT_THAT(kCode.machine, ElementsAre("80", "89", "90a", "100"));
  EXPECT_THAT(kCode.ptx, ElementsAre("89"));
  EXPECT_THAT(parse_program_code("90-virtual").machine, ElementsAre());
  EXPECT_THAT(parse_program_code("90-virtual").ptx, ElementsAre("90"));
  EXPECT_THAT(parse_program_code("").machine, ElementsAre());
}

TEST(DeviceCode, MachineCodeRunsFromItsMinorVersionOnWithinTheMajor) {
  for (const auto& [capability, architecture] :
       std::vector<std::pair<int, std::string>>{{80, "80"},
                                                {86, "80"},
                                                {87, "80"},
                                                {89, "89"},
                                                {90, "90a"},
                                                {100, "100"},
                                                {103, "100"}}) {
    const CodeForCard code = code_for(capability, kCode);
    EXPECT_EQ(code.kind, CodeKind::kMachineCode) << capability;
    EXPECT_EQ(code.architecture, architecture) << capability;
  }
}

TEST(DeviceCode, PtxIsForWhatComesLater) {
  EXPECT_EQ(code_for(120, kCode).kind, CodeKind::kPtx);
  EXPECT_EQ(code_for(120, kCode).architecture, "89");
}

TEST(DeviceCode, WhatIsOfOneCapabilityAloneRunsOnNoOther) {
  const ProgramCode hopper = parse_program_code("90a");
  EXPECT_EQ(code_for(90, hopper).kind, CodeKind::kMachineCode);
  EXPECT_EQ(code_for(100, hopper).kind, CodeKind::kNone);
}

TEST(DeviceCode, AnOlderCardHasNone) { EXPECT_EQ(code_for(75, kCode).kind, CodeKind::kNone); }

TEST(DeviceCode, AnOlderCardIsToldSoAndOfferedTheCpu) {
  DeviceInfo card;
  card.name = "Tesla T4";
  card.compute_capability = 75;
  EXPECT_TRUE(is_too_old(card));
  EXPECT_THAT(too_old_message(card),
              AllOf(HasSubstr("Tesla T4 has compute capability 7.5"), HasSubstr("--device cpu")));
  card.compute_capability = 80;
  EXPECT_FALSE(is_too_old(card));
  EXPECT_FALSE(is_too_old(DeviceInfo{}));  // a CPU has none
}

TEST(DeviceCode, CapabilitiesAreWrittenWithAPoint) {
  EXPECT_EQ(format_capability("89"), "8.9");
  EXPECT_EQ(format_capability("90a"), "9.0a");
  EXPECT_EQ(format_capability("120"), "12.0");
}

}  // namespace
}  // namespace gpugauge
