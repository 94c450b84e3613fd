#include "harness/record/reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/unit/record/read_record.hpp"

namespace gpugauge {
namespace {

using test::ReadRecord;
using testing::HasSubstr;
using testing::IsEmpty;
using Json = nlohmann::ordered_json;

TEST_F(ReadRecord, GivesBackWhatWasWritten) {
  const Record full = test::synthetic_full_record();
  const Record read = read_back(full);
  test::expect_same(read, full);
  EXPECT_EQ(read.path, file_);
  EXPECT_THAT(read.warnings, IsEmpty());
}

TEST_F(ReadRecord, GivesBackAFileWithoutAnythingOptional) {
  const Record bare = test::synthetic_bare_record();
  test::expect_same(read_back(bare), bare);
}

TEST_F(ReadRecord, MedianOfPowerReadingsInOlderFilesIsNoMeanPower) {
  Json json = Json::parse(format_result(test::synthetic_full_record()));
  Json& telemetry = json["benchmarks"][0]["gpugauge"]["telemetry"];
  telemetry["power_w"] = telemetry["mean_power_w"];
  telemetry.erase("mean_power_w");
  test::write_text(file_, json.dump());
  EXPECT_FALSE(read_record(file_).measurements.at(0).mean_power_w.has_value());
}

TEST_F(ReadRecord, GivesBackEveryKindOfOp) {
  Record record = test::synthetic_bare_record();
  record.measurements.clear();
  for (const MemoryPattern p : all_of<MemoryPattern>) {
    record.measurements.push_back(
        test::synthetic_measurement(MemoryStream{.pattern = p, .bytes = 1 << 20}, true));
  }
  for (const DType d : all_of<DType>) {
    record.measurements.push_back(test::synthetic_measurement(gemm_of(d, 1, 2, 3), false));
  }
  for (const TokenOpKind k : all_of<TokenOpKind>) {
    record.measurements.push_back(test::synthetic_measurement(token_op_of(k, 2, 3, 4, 5), true));
  }
  for (const LatencyKind l : all_of<LatencyKind>) {
    record.measurements.push_back(
        test::synthetic_measurement(Latency{.kind = l, .count = 7, .bytes = 1 << 12}, true));
  }
  for (const TransferKind t : all_of<TransferKind>) {
    record.measurements.push_back(
        test::synthetic_measurement(Transfer{.kind = t, .bytes = 1 << 20}, true));
  }
  record.measurements.push_back(test::synthetic_measurement(AllReduce{4, 1 << 20}, true));
  for (bool sparse : {false, true}) {
    record.measurements.push_back(
        test::synthetic_measurement(TensorPeak{DType::kInt8, sparse, 1'000'000'000}, true));
  }
  record.measurements.push_back(
      test::synthetic_measurement(AttentionPrefill{1, 2, 3, 4, 5, DType::kBf16}, true));
  record.measurements.push_back(test::synthetic_measurement(
      DecodeStep{1, 2, 3, 4, 5, 6, 7, 8, 9, true, DType::kFp8E4m3, DType::kBf16, DType::kFp8E4m3},
      true));
  record.measurements.push_back(
      test::synthetic_measurement(AttentionDecode{1, 2, 3, 4, 5, DType::kFp8E5m2}, true));
  test::expect_same(read_back(record), record);
}

TEST_F(ReadRecord, GivesBackEveryName) {
  Record record = test::synthetic_bare_record();
  const Measurement base = record.measurements[0];
  for (const Flag flag : all_of<Flag>) {
    record.measurements.push_back(base);
    record.measurements.back().flags = {flag};
  }
  for (const Origin origin : all_of<Origin>) {
    record.measurements.push_back(base);
    record.measurements.back().origin = origin;
  }
  for (const StopReason stop : all_of<StopReason>) {
    record.measurements.push_back(base);
    record.measurements.back().stop = stop;
  }
  for (const Distribution data : all_of<Distribution>) {
    record.measurements.push_back(base);
    record.measurements.back().c.options.data = data;
  }
  test::expect_same(read_back(record), record);
}

TEST_F(ReadRecord, LeavesTheSamplesOutOfASummary) {
  Record expected = test::synthetic_full_record();
  const Record read = read_back(expected, Detail::kSummary);
  for (Measurement& m : expected.measurements) m.samples = {};
  test::expect_same(read, expected);
}

TEST_F(ReadRecord, WarnsOfARunThatWasNotFinished) {
  Record record = test::synthetic_bare_record();
  record.planned.push_back("another");
  const Record read = read_back(record);
  EXPECT_FALSE(read.complete());
  EXPECT_THAT(
      read.warnings,
      testing::ElementsAre(file_.string() + ": the run was not finished: 1 of 2 planned cases"));
}

TEST_F(ReadRecord, TakesAFileOfOtherLayoutAndOrder) {
  const Record full = test::synthetic_full_record();
  test::write_text(file_, nlohmann::json::parse(format_result(full)).dump(4));
  Record read = read_record(file_);
  read.provenance.libraries = full.provenance.libraries;  // sorted by the other layout
  test::expect_same(read, full);
}

TEST_F(ReadRecord, IgnoresKeysThatItDoesNotKnow) {
  Json json = Json::parse(format_result(test::synthetic_full_record()));
  json["benchmarks"][0]["label"] = "x";
  json["context"]["gpugauge"]["device"]["new"] = Json::object();
  test::write_text(file_, json.dump());
  test::expect_same(read_record(file_), test::synthetic_full_record());
}

TEST_F(ReadRecord, SaysThatThereIsNoFile) {
  EXPECT_EQ(message(), "x.json: no such file");
  test::write_text(folder_ / "x.json.partial", "");
  EXPECT_EQ(message(), "x.json: no such file, but " + (folder_ / "x.json.partial").string() +
                           " of an unfinished run exists");
}

TEST_F(ReadRecord, SaysThatAFolderIsNoFile) {
  std::filesystem::create_directory(file_);
  EXPECT_EQ(message(), "x.json: is a folder, expected a result file");
  EXPECT_EQ(test::message_of<UsageError>([] { read_record("/dev/null"); }),
            "/dev/null: is not a regular file");
}

TEST_F(ReadRecord, SaysThatAFileIsEmpty) {
  EXPECT_EQ(message_about(""), "x.json: is empty, expected a result file");
}

TEST_F(ReadRecord, SaysWhereJsonEnds) {
  EXPECT_EQ(message_about("{\n  \"context\": {\n"),
            "x.json:3:1: not valid JSON: syntax error while parsing object key - unexpected end of "
            "input; expected string literal");
  const std::string whole = format_result(test::synthetic_full_record());
  for (std::size_t length : {whole.size() / 4, whole.size() / 2, whole.size() - 4})
    EXPECT_THAT(message_about(whole.substr(0, length)), HasSubstr(": not valid JSON: "));
}

TEST_F(ReadRecord, SaysWhereGarbageBegins) {
  EXPECT_EQ(message_about("{\"context\":\n  nonsense}"),
            "x.json:2:4: not valid JSON: syntax error while parsing value - invalid literal; last "
            "read: '\"context\":<U+000A>  no'");
  EXPECT_THAT(message_about(std::string("\0\1\2", 3)), HasSubstr("x.json:1:1: not valid JSON"));
  EXPECT_THAT(message_about("{\"a\":\"\xff\"}"), HasSubstr("x.json:1:7: not valid JSON"));
}

TEST_F(ReadRecord, SaysWhatSimdjsonSaysWhereTheOtherParserIsContent) {
  EXPECT_THAT(message_about("{\"context\": 1e999}"), HasSubstr("x.json: not valid JSON: "));
}

TEST_F(ReadRecord, SaysThatAnotherFileIsNoResult) {
  EXPECT_EQ(message_about("[]"), "x.json: found a list, expected an object");
  EXPECT_EQ(message_about("7"), "x.json: found '7', expected an object");
  EXPECT_EQ(message_about("{}"), "x.json: lacks 'context'");
  EXPECT_EQ(message_about(R"({"context": {"date": "", "caches": []}, "benchmarks": []})"),
            "x.json: context: has no 'gpugauge' part: `gpugauge run` did not write this Google "
            "Benchmark file");
}

TEST_F(ReadRecord, RefusesANewerSchema) {
  EXPECT_EQ(message_about("/context/gpugauge/schema_version", 2),
            "x.json: context.gpugauge.schema_version: found 2, written by a newer gpugauge; this "
            "one reads versions up to 1");
  EXPECT_EQ(message_about("/context/gpugauge/schema_version", 0),
            "x.json: context.gpugauge.schema_version: found 0, expected at least 1");
}

TEST_F(ReadRecord, NamesTheNearestOfTheNamesItKnows) {
  EXPECT_EQ(
      message_about("/benchmarks/3/gpugauge/case/op/kind", "gem"),
      "x.json: benchmarks[3].gpugauge.case.op.kind: found 'gem', expected one of memory, "
      "gemm, attention_decode, token_op, tensor_peak, attention_prefill, decode_step, latency, "
      "transfer, all_reduce; did you mean 'gemm'?");
  EXPECT_EQ(message_about("/benchmarks/1/gpugauge/case/op/weights", "fp8"),
            "x.json: benchmarks[1].gpugauge.case.op.weights: found 'fp8', expected one of fp32, "
            "tf32, bf16, fp16, fp8_e4m3, fp8_e5m2, int8, int32; did you mean 'fp8_e4m3'?");
  EXPECT_THAT(message_about("/benchmarks/0/gpugauge/flags/1", "power_caped"),
              HasSubstr("gpugauge.flags[1]: found 'power_caped', expected one of not_converged, "));
  EXPECT_THAT(message_about("/context/gpugauge/not_measured/2/status", "verification"),
              HasSubstr("context.gpugauge.not_measured[2].status: found 'verification'"));
  EXPECT_THAT(
      message_about("/context/gpugauge/device/backend", "rocm"),
      HasSubstr("context.gpugauge.device.backend: found 'rocm', expected one of cpu, cuda"));
}

TEST_F(ReadRecord, NamesAValueOfAnotherType) {
  EXPECT_EQ(message_about("/benchmarks/0/name", 5),
            "x.json: benchmarks[0].name: found '5', expected a string");
  EXPECT_EQ(message_about("/benchmarks/0/gpugauge/time_ns/median", "fast"),
            "x.json: benchmarks[0].gpugauge.time_ns.median: found '\"fast\"', expected a number");
  EXPECT_EQ(message_about("/benchmarks/0/gpugauge/samples/power_w/2", nullptr),
            "x.json: benchmarks[0].gpugauge.samples.power_w[2]: found 'null', expected a number");
  EXPECT_EQ(message_about("/benchmarks/0/gpugauge/case/library", 1),
            "x.json: benchmarks[0].gpugauge.case.library: found '1', expected true or false");
  EXPECT_EQ(message_about("/context/gpugauge/planned", Json::object()),
            "x.json: context.gpugauge.planned: found an object, expected a list");
  EXPECT_EQ(message_about("/context/gpugauge/software/libraries", Json::array()),
            "x.json: context.gpugauge.software.libraries: found a list, expected an object");
  EXPECT_EQ(message_about("/benchmarks/1/gpugauge/case/op/m", 1.5),
            "x.json: benchmarks[1].gpugauge.case.op.m: found '1.5', expected a whole number of at "
            "least 0");
}

TEST_F(ReadRecord, NamesANumberOutOfItsRange) {
  EXPECT_EQ(message_about("/benchmarks/1/gpugauge/case/op/m", -8),
            "x.json: benchmarks[1].gpugauge.case.op.m: found '-8', expected a whole number of at "
            "least 0");
  EXPECT_EQ(message_about("/context/num_cpus", 3000000000),
            "x.json: context.num_cpus: found 3000000000, expected at most 2147483647");
}

TEST_F(ReadRecord, RefusesTimesThatCannotBe) {
  EXPECT_EQ(message_about("/benchmarks/0/gpugauge/time_ns/median", -5123.5),
            "x.json: benchmarks[0].gpugauge.time_ns.median: found -5123.5, expected a time above "
            "0");
  EXPECT_EQ(message_about("/benchmarks/0/gpugauge/time_ns/low", 6000),
            "x.json: benchmarks[0].gpugauge.time_ns: found 5123.455 in [6000, 5150], expected 0 <= "
            "low <= median <= high");
  EXPECT_EQ(message_about("/benchmarks/0/gpugauge/samples/time_ns/3", -1),
            "x.json: benchmarks[0].gpugauge.samples.time_ns: found -1, expected times above 0");
}

TEST_F(ReadRecord, RefusesColumnsOfUnequalLength) {
  EXPECT_EQ(message_about("/benchmarks/0/gpugauge/samples/clock_mhz", Json::array({1.0, 2.0})),
            "x.json: benchmarks[0].gpugauge.samples.clock_mhz: found 2 samples, expected 4");
}

TEST_F(ReadRecord, NamesAKeyThatIsMissing) {
  EXPECT_EQ(message_without("/benchmarks/2", "gpugauge"),
            "x.json: benchmarks[2]: lacks 'gpugauge'");
  EXPECT_EQ(message_without("/benchmarks/1/gpugauge/case/op", "k"),
            "x.json: benchmarks[1].gpugauge.case.op: lacks 'k'");
  EXPECT_EQ(message_without("/context/gpugauge", "device"),
            "x.json: context.gpugauge: lacks 'device'");
  EXPECT_EQ(message_without("", "benchmarks"), "x.json: lacks 'benchmarks'");
}

TEST_F(ReadRecord, SurvivesAnyOneByteThatIsWrong) {
  const std::string whole = format_result(test::synthetic_bare_record());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (char wrong : {'\0', '}', '9', '"', '\xff'}) {
      std::string text = whole;
      text[i] = wrong;
      test::write_text(file_, text);
      try {
        read_record(file_);
      } catch (const UsageError& error) {
        EXPECT_THAT(error.what(), HasSubstr("x.json"));
      }
    }
  }
}

TEST(ReadRecords, KeepsTheOrderOfTheFiles) {
  const test::TempFolder folder;
  std::vector<std::filesystem::path> files;
  for (int i = 0; i < 20; ++i) {
    Record record = test::synthetic_bare_record();
    record.provenance.run_id = std::to_string(i);
    files.push_back(folder / std::to_string(i));
    test::write_text(files.back(), format_result(record));
  }
  const std::vector<Record> records = read_records(files, Detail::kSummary, {});
  ASSERT_EQ(records.size(), files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    EXPECT_EQ(records[i].provenance.run_id, std::to_string(i));
    EXPECT_EQ(records[i].path, files[i]);
  }
}

TEST(ReadRecords, ThrowsTheFirstErrorInTheOrderOfTheFiles) {
  const test::TempFolder folder;
  test::write_text(folder / "good", format_result(test::synthetic_bare_record()));
  const std::vector<std::filesystem::path> files{folder / "good", folder / "bad", folder / "worse"};
  EXPECT_EQ(test::message_of<UsageError>([&] { read_records(files, Detail::kSummary, {}); }),
            (folder / "bad").string() + ": no such file");
  EXPECT_THAT(read_records({}, Detail::kSummary, {}), IsEmpty());
}

TEST_F(ReadRecord, NothingIsSaidOfAnEmulatedCardButInTests) {
  Record record = test::synthetic_full_record();
  record.device.name = "emulated NVIDIA H200";
  test::write_text(file_, format_result(record));
  EXPECT_EQ(Json::parse(format_result(record))["context"]["gpugauge"]["emulated"], true);
  EXPECT_THAT(
      test::message_of<UsageError>([&] { (void)read_records({{file_}}, Detail::kSummary, {}); }),
      HasSubstr("x.json: of an emulated NVIDIA H200: nothing was measured on it"));
  EXPECT_NO_THROW((void)read_record(file_));  // run --resume goes on with it
  ASSERT_EQ(setenv("GPUGAUGE_READ_EMULATED", "1", 1), 0);
  EXPECT_EQ(read_records({{file_}}, Detail::kSummary, {}).size(), 1);
  ASSERT_EQ(unsetenv("GPUGAUGE_READ_EMULATED"), 0);
}

}  // namespace
}  // namespace gpugauge
