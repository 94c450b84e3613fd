#include "harness/render/export/export.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/base/error.hpp"
#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string exported(const char* format, const Record& record, const Datasheet* sheet = nullptr) {
  std::ostringstream out;
  exporter_named(format).write(out, export_input(record, sheet));
  return out.str();
}

/// A read, a GEMM and a pointer chase.
Record record() {
  Record r = fake::record(
      {fake::at_gbps(fake::memory(MemoryPattern::kRead), 950),
       fake::at_tflops(fake::square(DType::kBf16, 8192), 80),
       fake::measurement(Latency{LatencyKind::kPointerChase, 1000, 1 << 20}, 250'000)});
  r.provenance.sessions = {{"2026-05-26T01:02:03Z", "2026-05-26T01:10:03Z", {"run"}}};
  r.device.uuid = "GPU-1";
  return r;
}

int count_of(const std::string& text, const std::string& word) {
  int count = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1))
    ++count;
  return count;
}

TEST(Export, AnUnknownFormatNamesTheNearest) {
  try {
    exporter_named("juint");
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("juint"), HasSubstr("junit")));
  }
}

TEST(Export, GoogleBenchmarkHasOnlyWhatItsReadersKnow) {
  const json file = json::parse(exported("googlebenchmark", record()));
  EXPECT_FALSE(file["context"].contains("gpugauge"));
  EXPECT_FALSE(file["context"].contains("json_schema_version"));
  EXPECT_TRUE(file["context"]["caches"].is_array());
  ASSERT_EQ(file["benchmarks"].size(), 3u);
  for (const json& entry : file["benchmarks"]) {
    EXPECT_FALSE(entry.contains("gpugauge"));
    for (const char* key : {"name", "real_time", "cpu_time", "time_unit", "iterations", "threads"})
      EXPECT_TRUE(entry.contains(key)) << key;
  }
}

TEST(Export, BencherHasIntervalsTheRightWayRound) {
  const Record r = record();
  const json file = json::parse(exported("bencher", r));
  const json& read = file[r.measurements[0].name];
  EXPECT_NEAR(read["bandwidth-gbps"]["value"].get<double>(), 950, 1e-6);
  EXPECT_LT(read["bandwidth-gbps"]["lower_value"], read["bandwidth-gbps"]["value"]);
  EXPECT_GT(read["bandwidth-gbps"]["upper_value"], read["bandwidth-gbps"]["value"]);
  EXPECT_LT(read["latency"]["lower_value"], read["latency"]["upper_value"]);
  EXPECT_NEAR(file[r.measurements[1].name]["tflops"]["value"].get<double>(), 80, 1e-6);
  EXPECT_FALSE(file[r.measurements[2].name].contains("tflops"));
}

TEST(Export, WhatWasMeasuredCarriesNoOriginAndWhatWasImportedDoes) {
  for (const char* format : {"prometheus", "bencher", "github-action", "googlebenchmark"}) {
    Record r = record();
    EXPECT_THAT(exported(format, r), Not(HasSubstr("imported"))) << format;
    for (Measurement& m : r.measurements) m.origin = Origin::kImported;
    EXPECT_EQ(json::accept(exported(format, r)), std::string_view(format) != "prometheus");
    EXPECT_GE(count_of(exported(format, r), "imported"), 3) << format;  // once a case
  }
}

TEST(Export, ARepeatedCaseIsOneEntry) {
  Record r = record();
  r.measurements.push_back(r.measurements[0]);
  r.measurements.back().repetition = 1;
  r.measurements.back().time_ns.value *= 2;
  const json list = json::parse(exported("github-action", r));
  ASSERT_EQ(list.size(), 3u);
  EXPECT_NEAR(list[0]["value"].get<double>(), 475, 1e-6) << "of two the slower";
}

TEST(Export, GithubActionIsBiggerIsBetter) {
  const json list = json::parse(exported("github-action", record()));
  EXPECT_EQ(list[0]["unit"], "GB/s");
  EXPECT_EQ(list[1]["unit"], "TFLOPS");
  EXPECT_EQ(list[2]["unit"], "1/s");
  EXPECT_NEAR(list[2]["value"].get<double>(), 4e6, 1e-3) << "250 ns each";
}

TEST(Export, JunitCountsWhatItLists) {
  Record r = record();
  r.not_measured = {{"gemm/x", NotMeasuredStatus::kFailed, "<out> & \"of\" memory\x01"},
                    {"gemm/y", NotMeasuredStatus::kRefused, "a cache"},
                    {"gemm/z", NotMeasuredStatus::kUnsupported, "no fp8"}};
  const std::string xml = exported("junit", r);
  EXPECT_THAT(xml, HasSubstr("tests=\"4\" failures=\"1\" errors=\"1\" skipped=\"1\""));
  EXPECT_THAT(xml, HasSubstr("&lt;out&gt; &amp; &quot;of&quot; memory\\x01"));
  EXPECT_THAT(xml, HasSubstr("timestamp=\"2026-05-26T01:02:03\""));
  EXPECT_EQ(count_of(xml, "<testcase "), 6);
  EXPECT_EQ(count_of(xml, "<failure "), 1);
  EXPECT_EQ(count_of(xml, "<error "), 1);
  EXPECT_EQ(count_of(xml, "<skipped "), 1);
}

TEST(Export, PrometheusEscapesAndGroups) {
  Record r = record();
  r.device.name = "a \"b\" \\c\nd";
  const std::string text = exported("prometheus", r);
  EXPECT_THAT(text, HasSubstr(R"(device="a \"b\" \\c\nd")"));
  EXPECT_EQ(count_of(text, "# TYPE gpugauge_case_duration_seconds gauge"), 1);
  EXPECT_THAT(text, HasSubstr("gpugauge_run_timestamp_seconds{"));
  EXPECT_THAT(text, HasSubstr("} 1779757803\n")) << "2026-05-26T01:10:03Z";
  EXPECT_THAT(text, Not(HasSubstr("gpugauge_case_power_watts"))) << "no series, no metric";
}

TEST(Export, GithubEscapesWhatWouldEndACommand) {
  Record r = fake::record({});
  r.not_measured = {{"gemm/m:1,n:2", NotMeasuredStatus::kFailed, "50%\nof it"}};
  const std::string text = exported("github", r);
  EXPECT_THAT(text, HasSubstr("::error title=gemm/m%3A1%2Cn%3A2::failed: 50%25%0Aof it\n"));
}

TEST(Export, GithubStaysBelowItsLimitAndSaysSo) {
  Record r = fake::record({});
  for (int i = 0; i < 25; ++i)
    r.not_measured.push_back({"gemm/" + std::to_string(i), NotMeasuredStatus::kFailed, "why"});
  const std::string text = exported("github", r);
  EXPECT_EQ(count_of(text, "::error "), 10);
  EXPECT_THAT(text, HasSubstr("and 16 more"));
}

TEST(Export, ADatasheetBelowItsPassMarkIsAnError) {
  const Datasheet sheet = fake::datasheet();
  const Record slow = fake::record({fake::at_gbps(fake::memory(MemoryPattern::kRead), 500)});
  EXPECT_THAT(exported("github", slow, &sheet),
              HasSubstr("::error title=memory read::below pass mark"));
}

TEST(Export, GithubSaysNothingOfADatasheetValueThatIsReached) {
  const Datasheet sheet = fake::datasheet();
  const Record fast = fake::record({fake::at_gbps(fake::memory(MemoryPattern::kRead), 999)});
  EXPECT_THAT(exported("github", fast, &sheet), Not(HasSubstr("::warning")));
}

TEST(Export, TablesCarryEveryCase) {
  const Record r = record();
  for (const char* format : {"csv", "markdown"}) {
    for (const Measurement& m : r.measurements)
      EXPECT_THAT(exported(format, r), HasSubstr(m.name)) << format;
  }
}

}  // namespace
}  // namespace gpugauge
