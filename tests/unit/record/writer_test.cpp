#include "harness/record/writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "tests/unit/record/synthetic.hpp"

namespace gpugauge {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;
using testing::Not;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Json written(const Record& record) { return Json::parse(format_result(record)); }

std::vector<std::string> keys_of(const Json& object) {
  std::vector<std::string> keys;
  for (auto member = object.begin(); member != object.end(); ++member) keys.push_back(member.key());
  return keys;
}

TEST(FormatResult, HasTheContextOfGoogleBenchmarkAndOneKeyOfOurs) {
  const Json file = written(test::synthetic_full_record());
  EXPECT_THAT(keys_of(file), testing::ElementsAre("context", "benchmarks"));
  const Json& context = file["context"];
  EXPECT_THAT(keys_of(context), testing::ElementsAre("date", "host_name", "executable", "num_cpus",
                                                     "mhz_per_cpu", "cpu_scaling_enabled", "caches",
                                                     "load_avg", "library_build_type", "gpugauge"));
  EXPECT_EQ(context["date"], "2025-01-01T00:00:00Z");
  EXPECT_EQ(context["executable"], "gpugauge");
  EXPECT_EQ(context["mhz_per_cpu"].dump(), "2100");
  EXPECT_EQ(context["caches"][1].dump(),
            R"({"type":"Unified","level":3,"size":110100480,"num_sharing":16})");
  EXPECT_EQ(context["library_build_type"], "release");
  EXPECT_EQ(context["gpugauge"]["schema_version"], 1);
  EXPECT_EQ(context["gpugauge"]["complete"], true);
}

TEST(FormatResult, OfARunWithoutFactsStillHasAListOfCaches) {
  const Json context = written(test::synthetic_bare_record())["context"];
  EXPECT_EQ(context["caches"], Json::array());
  EXPECT_EQ(context["library_build_type"], "debug");
  EXPECT_FALSE(context.contains("cpu_scaling_enabled"));
}

TEST(FormatResult, WritesAnEntryAsGoogleBenchmarkDoes) {
  const Record record = test::synthetic_full_record();
  const Json entry = written(record)["benchmarks"][1];
  const Measurement& m = record.measurements[1];
  EXPECT_EQ(entry["name"],
            "gemm/fp8_e4m3/llama-3.1-8b/gate_up/m:8/n:28672/k:4096/synthetic/hot/"
            "small_integers/burst");
  EXPECT_EQ(entry["run_name"], entry["name"]);
  EXPECT_EQ(entry["run_type"], "iteration");
  EXPECT_EQ(entry["family_index"], 1);
  EXPECT_EQ(entry["per_family_instance_index"], 0);
  EXPECT_EQ(entry["threads"], 1);
  EXPECT_EQ(entry["iterations"], 200);
  EXPECT_EQ(entry["real_time"], 5123.455);
  EXPECT_EQ(entry["cpu_time"], 5123.455);
  EXPECT_EQ(entry["time_unit"], "ns");
  EXPECT_DOUBLE_EQ(entry["bytes_per_second"], m.work.bytes / 5123.455e-9);
  EXPECT_DOUBLE_EQ(entry["flops_per_second"], m.work.flops / 5123.455e-9);
  EXPECT_EQ(entry["gpugauge"]["case"]["op"].dump(),
            R"({"kind":"gemm","m":8,"n":28672,"k":4096,"activations":"fp8_e4m3",)"
            R"("weights":"fp8_e4m3","output":"bf16"})");
  EXPECT_EQ(entry["gpugauge"]["time_ns"].dump(),
            R"({"median":5123.455,"low":5100.25,"high":5150.0,"confidence":0.95})");
}

TEST(FormatResult, LeavesOutARateOfZero) {
  Record record = test::synthetic_bare_record();
  record.measurements[0].work = {.flops = 0, .bytes = 1};
  const Json entry = written(record)["benchmarks"][0];
  EXPECT_TRUE(entry.contains("bytes_per_second"));
  EXPECT_FALSE(entry.contains("flops_per_second"));
}

TEST(FormatResult, CountsTheRepetitionsOfACase) {
  const Json entries = written(test::synthetic_full_record())["benchmarks"];
  EXPECT_EQ(entries[0]["repetitions"], 1);
  EXPECT_EQ(entries[4]["repetitions"], 2);
  EXPECT_EQ(entries[4]["repetition_index"], 0);
  EXPECT_EQ(entries[5]["repetitions"], 2);
  EXPECT_EQ(entries[5]["repetition_index"], 1);
  EXPECT_EQ(entries[5]["family_index"], entries[4]["family_index"]);
  EXPECT_EQ(entries[6]["family_index"], 5);
}

TEST(FormatResult, KeepsWhatWasNotMeasuredOutOfTheBenchmarks) {
  const Record record = test::synthetic_full_record();
  const Json file = written(record);
  EXPECT_EQ(file["benchmarks"].size(), record.measurements.size());
  const Json& not_measured = file["context"]["gpugauge"]["not_measured"];
  ASSERT_EQ(not_measured.size(), 4U);
  EXPECT_EQ(not_measured[1].dump(), R"({"name":"gemm/fp16/m:1/n:1/k:1/synthetic/cold",)"
                                    R"("status":"failed","reason":"out of memory"})");
}

TEST(FormatResult, RoundsSamplesToWhatTheyCanMean) {
  Record record = test::synthetic_bare_record();
  SampleColumns& samples = record.measurements[0].samples;
  samples.time_ns = {1234.56789, 0.004999, 1e9 + 1.0 / 3, 5};
  samples.clock_mhz = {1980.04F, 1755.06F, 0, 0};
  samples.power_w = {333.333F, 0, 0, 0};
  const Json written_samples = written(record)["benchmarks"][0]["gpugauge"]["samples"];
  EXPECT_EQ(written_samples["time_ns"].dump(), "[1234.57,0.0,1000000000.33,5.0]");
  EXPECT_EQ(written_samples["clock_mhz"].dump(), "[1980.0,1755.1,0.0,0.0]");
  EXPECT_EQ(written_samples["power_w"].dump(), "[333.33,0.0,0.0,0.0]");
  EXPECT_FALSE(written_samples.contains("temperature_c"));
}

TEST(FormatResult, WritesEachColumnOfSamplesOnOneLine) {
  Record record = test::synthetic_bare_record();
  record.measurements[0].samples.time_ns.assign(1000, 123.25);
  const std::string text = format_result(record);
  const std::size_t column = text.find("\"time_ns\": [123.25, 123.25");
  ASSERT_NE(column, std::string::npos);
  EXPECT_EQ(text[text.find('\n', column) - 1], ']');
}

TEST(FormatResult, NeverHasTheVersionKeyOfCompareTools) {
  EXPECT_THAT(format_result(test::synthetic_full_record()), Not(HasSubstr("json_schema_version")));
}

TEST(FormatResult, NamesANumberThatIsNotFinite) {
  Record record = test::synthetic_bare_record();
  const auto message = [&] {
    return test::message_of<std::logic_error>([&] { format_result(record); });
  };
  record.measurements[0].samples.time_ns = {1, 2, kNan};
  EXPECT_EQ(message(),
            "memory/read/1GiB/synthetic/cold: gpugauge.samples.time_ns[2] is not a "
            "finite number");
  record = test::synthetic_bare_record();
  record.measurements[0].mean_power_w = kInfinity;
  EXPECT_THAT(message(), HasSubstr("gpugauge.telemetry.mean_power_w"));
  record = test::synthetic_bare_record();
  record.measurements[0].time_ns.value = kNan;
  EXPECT_THAT(message(), HasSubstr("real_time"));
  record = test::synthetic_bare_record();
  record.device.pin_rate_gbps = kInfinity;
  EXPECT_THAT(message(), HasSubstr("context.gpugauge.device.pin_rate_gbps"));
  record = test::synthetic_bare_record();
  record.provenance.benchmark_host.mhz_per_cpu = kNan;
  EXPECT_THAT(message(), HasSubstr("context.mhz_per_cpu"));
}

TEST(FormatResult, RefusesAMeasurementThatWasNotVerified) {
  Record record = test::synthetic_bare_record();
  record.measurements[0].verification.passed = false;
  EXPECT_EQ(test::message_of<std::logic_error>([&] { format_result(record); }),
            "memory/read/1GiB/synthetic/cold: measured, but not verified");
  record.measurements[0].origin = Origin::kImported;
  EXPECT_NO_THROW(format_result(record));
}

TEST(FormatResult, MatchesTheFilesKeptAsSamples) {
  const std::string data = GPUGAUGE_TEST_DATA "/record/";
  EXPECT_EQ(format_result(test::synthetic_full_record()),
            test::text_of(data + "synthetic_full.json"));
  EXPECT_EQ(format_result(test::synthetic_bare_record()),
            test::text_of(data + "synthetic_bare.json"));
}

TEST(FormatJournal, WritesOneLineForEachOutcome) {
  const Record record = test::synthetic_full_record();
  for (const std::string& line :
       {format_journal_header(record), format_journal_line(record.measurements[0]),
        format_journal_line(record.not_measured[0]),
        format_journal_line(record.provenance.sessions[0])}) {
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    EXPECT_NO_THROW(static_cast<void>(Json::parse(line).size()));
  }
  EXPECT_THAT(format_journal_header(record), testing::StartsWith(kJournalMark));
}

TEST(FormatJournal, NamesANumberThatIsNotFinite) {
  Measurement m = test::synthetic_bare_record().measurements[0];
  m.time_ns.high = kInfinity;
  EXPECT_THAT(test::message_of<std::logic_error>([&] { format_journal_line(m); }),
              HasSubstr("gpugauge.time_ns.high is not a finite number"));
  m = test::synthetic_bare_record().measurements[0];
  m.verification.passed = false;
  EXPECT_THROW(format_journal_line(m), std::logic_error);
}

}  // namespace
}  // namespace gpugauge
