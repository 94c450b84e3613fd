#include "harness/config/datasheet.hpp"

#include <gtest/gtest.h>

#include "tests/unit/config/temporary_folder.hpp"

namespace gpugauge {
namespace {

constexpr std::string_view kSheet = R"(name: card
title: A card
match: {names: [NVIDIA Card, NVIDIA Card 2], memory_gib_min: 78, memory_gib_max: 80.5}
accelerator: CARD
form_factor: SXM5
compute_capability: 90
tdp_w: {value: 700, source: a sheet}
metrics:
  memory_gbps:
    datasheet: {value: 3352, source: a sheet}
    published: {value: 3241, source: a blog}
    pass_mark: 0.9
  bf16_tflops: {datasheet: {value: 989, source: a sheet}, pass_mark: 0.7}
)";

std::string datasheet_error(std::string_view from, std::string_view to) {
  std::string text(kSheet);
  text.replace(text.find(from), from.size(), to);
  return TemporaryFolder().error_of(load_datasheet, "card.yaml", text);
}

Datasheet card() {
  const TemporaryFolder folder;
  return load_datasheet(folder.write("card.yaml", kSheet));
}

TEST(LoadDatasheet, ReadsValuesWithTheirSources) {
  const Datasheet sheet = card();
  EXPECT_EQ(sheet.title, "A card");
  EXPECT_EQ(sheet.accelerator, "CARD");
  EXPECT_EQ(sheet.form_factor, "SXM5");
  EXPECT_EQ(sheet.compute_capability, 90);
  EXPECT_EQ(sheet.tdp_w.value().value, 700);
  EXPECT_EQ(sheet.tdp_w.value().source, "a sheet");
  EXPECT_FALSE(sheet.sm_count);
  ASSERT_EQ(sheet.metrics.size(), 2U);
  EXPECT_EQ(sheet.metrics[0].dtype, std::nullopt);
  EXPECT_EQ(sheet.metrics[0].datasheet.value, 3352);
  EXPECT_EQ(sheet.metrics[0].published.value().value, 3241);
  EXPECT_EQ(sheet.metrics[0].published.value().source, "a blog");
  EXPECT_EQ(sheet.metrics[0].pass_mark, 0.9);
  EXPECT_EQ(sheet.metrics[1].dtype, DType::kBf16);
  EXPECT_FALSE(sheet.metrics[1].published);
}

TEST(LoadDatasheet, RefusesWrongValues) {
  EXPECT_EQ(datasheet_error("bf16_tflops", "bf61_tflops"),
            "card.yaml:13:3: unknown key 'bf61_tflops', expected one of memory_gbps, fp32_tflops, "
            "tf32_tflops, bf16_tflops, fp16_tflops, fp8_e4m3_tflops, fp8_e5m2_tflops, int8_tflops; "
            "did you mean "
            "'bf16_tflops'?");
  EXPECT_EQ(
      datasheet_error("pass_mark: 0.7", "pass_mark: 70"),
      "card.yaml:13:70: 'metrics.bf16_tflops.pass_mark' is '70', expected a number from 0.01 to 1");
  EXPECT_EQ(datasheet_error("{value: 700, source: a sheet}", "700"),
            "card.yaml:7:8: 'tdp_w' is '700', expected a mapping");
  EXPECT_EQ(datasheet_error("{value: 700, source: a sheet}", "{value: 700}"),
            "card.yaml:7:8: 'tdp_w.source' is missing");
  EXPECT_EQ(datasheet_error("memory_gib_max: 80.5", "memory_gib_max: 77"),
            "card.yaml:3:82: 'match.memory_gib_max' is '77', expected a number from 78 to 1000000");
}

TEST(LoadDatasheet, RefusesAMeasurementAboveTheDatasheet) {
  EXPECT_EQ(datasheet_error("3241", "6704"),
            "card.yaml:10:5: 'metrics.memory_gbps' has a published value above its datasheet, "
            "expected both dense and of the same card");
}

TEST(LoadDatasheet, HoldsAPeakAgainstItsFactors) {
  const auto memory = [](std::string_view factors) {
    return datasheet_error("{value: 3352, source: a sheet}",
                           "{value: 3352, source: a sheet, " + std::string(factors) + "}");
  };
  EXPECT_EQ(memory("bus_bits: 5120, mhz: 2619"), "no error");
  EXPECT_EQ(memory("bus_bits: 6144, mhz: 2619"),
            "card.yaml:10:24: 'metrics.memory_gbps.datasheet.value' is '3352', expected 3902 to "
            "4043: 2 x 2619 MHz x 6144 bit / 8 is 4023");
  EXPECT_EQ(memory("bus_bits: 5120"),
            "card.yaml:10:16: 'metrics.memory_gbps.datasheet.mhz' is missing");
  EXPECT_EQ(memory("mhz: 2619"),
            "card.yaml:10:16: 'metrics.memory_gbps.datasheet.bus_bits' is missing");
  EXPECT_EQ(memory("mhz: 2619, bus_bit: 5120"),
            "card.yaml:10:58: unknown key 'bus_bit', expected one of value, source, bus_bits, mhz; "
            "did you mean 'bus_bits'?");
  const auto bf16 = [](std::string_view value, std::string_view sm_count) {
    std::string text(kSheet);
    text.replace(text.find("value: 989, source: a sheet"), 27,
                 std::string(value) + ", source: a sheet, flop_per_sm_clock: 4096, mhz: 1830");
    text.replace(text.find("metrics:"), 0, sm_count);
    return TemporaryFolder().error_of(load_datasheet, "card.yaml", text);
  };
  constexpr std::string_view kSms = "sm_count: {value: 132, source: s}\n";
  EXPECT_EQ(bf16("value: 989", kSms), "no error");
  EXPECT_EQ(bf16("value: 1979", kSms),  // the rate with sparsity
            "card.yaml:14:36: 'metrics.bf16_tflops.datasheet.value' is '1979', expected 959.7 to "
            "994.4: 132 SMs x 4096 FLOP x 1830 MHz is 989.4");
  EXPECT_EQ(bf16("value: 989", ""),
            "card.yaml:13:77: 'metrics.bf16_tflops.datasheet.flop_per_sm_clock' is given, expected "
            "sm_count with it");
}

TEST(LoadDatasheet, HoldsWhatTheDriverReportsAgainstTheMemoryThatIsMatched) {
  const auto reported = [](std::string_view mib) {
    return datasheet_error("memory_gib_max: 80.5",
                           "memory_gib_max: 80.5, reported_mib: " + std::string(mib));
  };
  EXPECT_EQ(reported("[81559]"), "no error");
  EXPECT_EQ(reported("[81559, 46068]"),
            "card.yaml:3:110: 'match.reported_mib[1]' is '46068', expected a number from 79872 to "
            "82432");
}

TEST(MatchDatasheet, NeedsTheNameAndTheMemory) {
  const std::vector<Datasheet> sheets{card()};
  DeviceInfo device;
  device.name = "NVIDIA Card 2";
  device.memory_bytes = std::int64_t{81559} << 20;
  EXPECT_EQ(match_datasheet(sheets, device), &sheets[0]);
  device.memory_bytes = std::int64_t{96} << 30;
  EXPECT_EQ(match_datasheet(sheets, device), nullptr);
  device.memory_bytes = std::int64_t{81559} << 20;
  device.name = "NVIDIA Card 2 MIG 1g.10gb";
  EXPECT_EQ(match_datasheet(sheets, device), nullptr);
  EXPECT_EQ(match_datasheet({}, device), nullptr);
}

}  // namespace
}  // namespace gpugauge
