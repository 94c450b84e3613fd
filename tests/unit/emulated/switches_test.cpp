#include "tests/emulated/switches.hpp"

#include <gmock/gmock.h>

#include <set>
#include <stdexcept>

namespace gpugauge::emulated {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

Switches parse(std::vector<std::string> environment) { return parse_switches(environment); }

TEST(Switches, EveryOneIsReadWhereItIsSet) {
  const Switches found =
      parse({"HOME=/root", "EMULATED_CARD=l40s", "EMULATED_L2_BYTES=65536", "EMULATED_DEVICES=8",
             "EMULATED_ECC_ERRORS=3:1", "EMULATED_NVML_NOT_SUPPORTED=GetPowerUsage,field82",
             "EMULATED_THROTTLE=0x8000000000000000"});
  EXPECT_EQ(found.card->key, "l40s");
  EXPECT_EQ(found.l2_bytes, 65536);
  EXPECT_EQ(found.devices, 8);
  EXPECT_EQ(found.corrected_errors, 3U);
  EXPECT_EQ(found.uncorrected_errors, 1U);
  EXPECT_THAT(found.nvml_not_supported, ElementsAre("GetPowerUsage", "field82"));
  EXPECT_TRUE(found.nvml_lacks("field82"));
  EXPECT_FALSE(found.nvml_lacks("GetEccMode"));
  EXPECT_EQ(found.throttle_reasons, std::uint64_t{1} << 63);
}

TEST(Switches, AWrongNameOrValueIsRefusedInOneLine) {
  const auto refusal = [](const std::string& line, auto message) {
    EXPECT_THAT([&] { parse({line}); }, ThrowsMessage<std::invalid_argument>(message)) << line;
  };
  refusal("EMULATED_CRSH=mma", HasSubstr("did you mean 'EMULATED_CRASH'"));
  refusal("EMULATED_CARD=h20", AllOf(HasSubstr("EMULATED_CARD"), HasSubstr("did you mean 'h200'")));
  refusal("EMULATED_DEVICES=0",
          HasSubstr("EMULATED_DEVICES: found '0', expected a number from 1 to 8"));
  refusal("EMULATED_XID=seventy", HasSubstr("a number of at least 1"));
  refusal("EMULATED_TIME_SCALE=nan", HasSubstr("a number from"));
  refusal("EMULATED_NVML_NOT_SUPPORTED=a,,b", HasSubstr("commas"));
  refusal("EMULATED_CRASH=", HasSubstr("a text"));
}

TEST(Cards, SayThatTheyAreEmulatedAndDifferFromEachOther) {
  std::set<std::string_view> names;
  for (const Card& each : cards()) {
    EXPECT_TRUE(each.name.starts_with("emulated ")) << each.name;
    EXPECT_TRUE(names.insert(each.name).second) << each.name;
    EXPECT_EQ(&card_named(each.key), &each);
    // A slice is of a card that can be cut; only HBM tells its temperature, and it is wide.
    EXPECT_TRUE(each.has_mig || !each.is_mig_slice) << each.name;
    EXPECT_EQ(each.has_memory_temperature, each.memory_bus_bits > 512) << each.name;
  }
  EXPECT_NE(identity_of(0).gpu_uuid, identity_of(7).gpu_uuid);
  EXPECT_EQ(identity_of(7).pci_bus_id, "0000:8B:00.0");
}

}  // namespace
}  // namespace gpugauge::emulated
