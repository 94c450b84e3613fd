#include "harness/render/answers/datasheet_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using fake::at_gbps;
using fake::at_tflops;
using fake::memory;
using fake::square;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string rendered_datasheets(const std::vector<DatasheetReport>& reports, Format format) {
  std::ostringstream out;
  render(out, {to_table(reports)}, format);
  return out.str();
}

DatasheetReport throttled() {
  Measurement gemm = at_tflops(square(DType::kBf16, 8192), 60);
  gemm.flags = {Flag::kPowerCapped};
  gemm.mean_power_w = 698;
  const Datasheet sheet = fake::datasheet();
  return check_datasheet(fake::record({at_gbps(memory(MemoryPattern::kRead), 930), gemm}), &sheet);
}

TEST(DatasheetTable, ShowsMeasuredBesideStatedWithTheVerdictAndTheSources) {
  EXPECT_EQ(rendered_datasheets({throttled()}, Format::kTable),
            "datasheet\n"
            "  metric           at                        measured      ±  datasheet      %  best "
            "published  "
            "verdict\n"
            "  memory read      4GiB                    930.0 GB/s  ±1.0%       1000  93.0%        "
            "   950.0  "
            "ok, pass mark 90%\n"
            "  bf16 dense GEMM  m:8192/n:8192/k:8192  60.00 TFLOPS  ±1.0%      100.0  60.0%        "
            "          "
            "below pass mark 70%: power-capped at 698 W\n"
            "  datasheet of Fake H1: Fake H1 datasheet, 2024\n"
            "  best published, memory read: a blog, 4 GiB read\n");
}

TEST(DatasheetTable, CarriesEveryNumberForPrograms) {
  const auto rows =
      nlohmann::json::parse(rendered_datasheets({throttled()}, Format::kJson))["datasheet"];
  ASSERT_EQ(rows.size(), 2u);
  const auto& gemm = rows[1];
  EXPECT_EQ(gemm["verdict"], "below pass mark");
  EXPECT_EQ(gemm["reason"], "power-capped at 698 W");
  EXPECT_NEAR(gemm["measured"].get<double>(), 60, 1e-9);
  EXPECT_LT(gemm["measured_low"].get<double>(), 60);
  EXPECT_EQ(gemm["unit"], "TFLOPS");
  EXPECT_NEAR(gemm["percent_of_datasheet"].get<double>(), 60, 1e-9);
  EXPECT_NEAR(gemm["pass_mark_percent"].get<double>(), 70, 1e-9);
  EXPECT_EQ(gemm["datasheet_source"], "Fake H1 datasheet, 2024");
  EXPECT_TRUE(gemm["best_published"].is_null());
  EXPECT_EQ(gemm["device"], "Fake H1");
}

TEST(DatasheetTable, TellsADeviceThatHasNone) {
  const Record record = fake::record(
      {at_gbps(memory(MemoryPattern::kRead), 20), at_tflops(square(DType::kFp32, 2048), 0.5)});
  const std::string text = rendered_datasheets({check_datasheet(record, nullptr)}, Format::kTable);
  EXPECT_THAT(text, HasSubstr("measured roofline\n"));
  EXPECT_THAT(text, HasSubstr("no datasheet for Fake H1"));
  EXPECT_THAT(text, HasSubstr("FLOP/byte"));
  EXPECT_THAT(text, HasSubstr("25.00"));
}

TEST(DatasheetTable, AFlagOnAGoodCardIsNotACause) {
  Measurement read = at_gbps(memory(MemoryPattern::kRead), 930);
  read.flags = {Flag::kNotConverged};
  const Datasheet sheet = fake::datasheet();
  EXPECT_THAT(rendered_datasheets({check_datasheet(fake::record({read}), &sheet)}, Format::kTable),
              HasSubstr("ok, pass mark 90%; not converged\n"));
}

TEST(DatasheetTable, SeveralFilesAreToldApart) {
  const std::string one = rendered_datasheets({throttled()}, Format::kTable);
  const std::string two = rendered_datasheets({throttled(), throttled()}, Format::kTable);
  EXPECT_THAT(one, Not(HasSubstr("run.json")));
  EXPECT_THAT(two, HasSubstr("run.json  Fake H1"));
}

}  // namespace
}  // namespace gpugauge
