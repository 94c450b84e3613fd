#include "harness/render/answers/cases_table.hpp"

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
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

std::string rendered_cases(const std::vector<Table>& tables, Format format) {
  std::ostringstream out;
  render(out, tables, format);
  return out.str();
}

TEST(CasesTable, ShowsTimeRateShareClockAndFlags) {
  Measurement gemm = at_tflops(square(DType::kBf16, 8192), 60);
  gemm.flags = {Flag::kPowerCapped, Flag::kClockDropped};
  gemm.clock_mhz = 1410;
  const Record record = fake::record({at_gbps(memory(MemoryPattern::kRead), 930), gemm});
  const Datasheet sheet = fake::datasheet();
  const RecordToShow shown{&record, &sheet};
  const auto tables = cases_tables({&shown, 1});
  ASSERT_THAT(tables, SizeIs(1));
  const std::string text = rendered_cases(tables, Format::kTable);
  EXPECT_THAT(text, AllOf(HasSubstr("memory/read/4GiB/lib/cold"), HasSubstr("930.0"),
                          HasSubstr("93.0%"), HasSubstr("60.00"), HasSubstr("60.0%"),
                          HasSubstr("1410"), HasSubstr("power-capped, clock-dropped"),
                          Not(HasSubstr("run.json")), Not(HasSubstr("rep"))));
  const auto rows = nlohmann::json::parse(rendered_cases(tables, Format::kJson))["cases"];
  EXPECT_TRUE(rows[0]["tflops"].is_null());
  EXPECT_NEAR(rows[0]["gbps"].get<double>(), 930, 1e-9);
  EXPECT_EQ(rows[0]["verified"], true);
  EXPECT_EQ(rows[1]["samples"], 20);
}

TEST(CasesTable, ListsWhatHasNoNumberWithItsReason) {
  Record record = fake::record({});
  record.not_measured = {{.name = "gemm/fp8_e4m3/m:1/n:1/k:1/onednn/cold",
                          .status = NotMeasuredStatus::kUnsupported,
                          .reason = "no fp8 on a CPU"}};
  const RecordToShow shown{&record, nullptr};
  const auto tables = cases_tables({&shown, 1});
  ASSERT_THAT(tables, SizeIs(2));
  EXPECT_THAT(rendered_cases(tables, Format::kTable),
              AllOf(HasSubstr("(none)"), HasSubstr("not measured\n"), HasSubstr("unsupported"),
                    HasSubstr("no fp8 on a CPU")));
}

TEST(CasesTable, ShowsRepetitionsAndFilesWhereThereAreSeveral) {
  Record record = fake::record(
      {at_gbps(memory(MemoryPattern::kRead), 930), at_gbps(memory(MemoryPattern::kRead), 920)});
  record.measurements[1].repetition = 1;
  const std::vector<RecordToShow> shown{{&record, nullptr}, {&record, nullptr}};
  EXPECT_THAT(rendered_cases(cases_tables(shown), Format::kTable),
              AllOf(HasSubstr("rep"), HasSubstr("run.json")));
}

}  // namespace
}  // namespace gpugauge
