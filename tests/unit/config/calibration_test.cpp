#include "harness/config/calibration.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/base/error.hpp"
#include "tests/unit/config/temporary_folder.hpp"

namespace gpugauge {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

const json kLatency = {
    {"gpugauge_calibration", 1},
    {"factor", 0.8},
    {"factor_low", 0.75},
    {"factor_high", 0.9},
    {"measured_output_tokens_per_second", 320.0},
    {"proxy_output_tokens_per_second", 400.0},
    {"batch", 8},
    {"input_tokens", 1023.6},
    {"output_tokens", 256},
    {"source", {{"benchmark", "vllm bench latency"}, {"file", "b"}, {"sha256", "0"}}},
    {"model", "llama-3.1-8b"},
    {"precision", "bf16"},
    {"device", "NVIDIA L40S"}};

constexpr const char* kFile = "gpugauge_calibration_test.json";

Calibration read(const json& content) {
  const TemporaryFolder folder;
  return load_calibration(folder.write(kFile, content.dump(2)));
}

std::string refusal(const std::string& text) {
  const TemporaryFolder folder;
  try {
    load_calibration(folder.write(kFile, text));
  } catch (const UsageError& error) {
    return error.what();
  }
  return "nothing was refused";
}

std::string refusal_of(const std::string& key, const json& value) {
  json changed = kLatency;
  changed[key] = value;
  return refusal(changed.dump(2));
}

TEST(LoadCalibration, ReadsWhatTheScriptWrites) {
  const Calibration c = read(kLatency);
  EXPECT_EQ(c.device, "NVIDIA L40S");
  EXPECT_EQ(c.model, "llama-3.1-8b");
  EXPECT_EQ(c.precision, Precision::kBf16);
  EXPECT_EQ(c.cards, 1);
  EXPECT_EQ(c.batch, 8);
  EXPECT_EQ(c.input_tokens, 1023.6);
  EXPECT_EQ(c.factor.value, 0.8);
  EXPECT_EQ(c.factor.low, 0.75);
  EXPECT_EQ(c.factor.high, 0.9);
  EXPECT_TRUE(c.has_spread);
  EXPECT_EQ(c.benchmark, "vllm bench latency");
}

TEST(LoadCalibration, OneRunHasNoSpread) {
  json one = kLatency;
  one.erase("factor_low");
  one.erase("factor_high");
  one["cards"] = 2;
  const Calibration c = read(one);
  EXPECT_FALSE(c.has_spread);
  EXPECT_EQ(c.factor.low, 0.8);
  EXPECT_EQ(c.factor.high, 0.8);
  EXPECT_EQ(c.cards, 2);
}

TEST(LoadCalibration, RefusesAFactorThatIsNone) {
  for (const json& factor : {json(0), json(-0.5), json(1e9), json("NaN"), json(nullptr)})
    EXPECT_THAT(refusal_of("factor", factor),
                AllOf(HasSubstr("'factor' is"), HasSubstr("a number from 0.01 to 10"),
                      HasSubstr("gpugauge_calibration_test.json:")))
        << factor;
  std::string text = kLatency.dump(2);
  text.replace(text.find("0.8,"), 3, "NaN");
  EXPECT_THAT(refusal(text), HasSubstr("not valid JSON"));
}

TEST(LoadCalibration, RefusesWhatContradictsItself) {
  EXPECT_THAT(refusal_of("factor", 0.85), HasSubstr("expected measured over proxy, 0.8"));
  EXPECT_THAT(refusal_of("factor_low", 0.81), HasSubstr("factor_low, 0.81"));
  EXPECT_THAT(refusal_of("proxy_output_tokens_per_second", 0), HasSubstr("proxy_output"));
  EXPECT_THAT(refusal_of("batch", 0), HasSubstr("'batch' is '0'"));
}

TEST(LoadCalibration, RefusesAnotherSchemaAndOtherFiles) {
  EXPECT_THAT(refusal_of("gpugauge_calibration", 2), HasSubstr("'gpugauge_calibration' is '2'"));
  EXPECT_THAT(refusal_of("facter", 1), HasSubstr("facter"));
  EXPECT_THAT(refusal(R"({"output_throughput": 3})"), HasSubstr("has no 'gpugauge_calibration'"));
  EXPECT_THAT(refusal("[1]"), HasSubstr("gpugauge_calibration_test.json"));
  EXPECT_THAT(refusal("{"), HasSubstr("gpugauge_calibration_test.json"));
  EXPECT_THROW(load_calibration("/nowhere.json"), UsageError);
}

TEST(LoadCalibration, NeedsToKnowWhatItIsOf) {
  for (const char* key : {"device", "model", "precision"}) {
    json without = kLatency;
    without.erase(key);
    EXPECT_THAT(refusal(without.dump()),
                AllOf(HasSubstr(key), HasSubstr("import_vllm.py with --" + std::string(key))));
  }
  EXPECT_THAT(refusal_of("precision", "bf15"), HasSubstr("bf16"));
}

TEST(LoadCalibration, HasWhatItWarnsOf) {
  const auto warnings = [](const json& changes) {
    json content = kLatency;
    content.update(changes);
    return read(content).warnings;
  };
  using testing::ElementsAre;
  EXPECT_THAT(warnings({{"failed_requests", 0}, {"completed_requests", 200}}), ElementsAre());
  EXPECT_THAT(warnings({{"failed_requests", 3}, {"completed_requests", 197}}),
              ElementsAre("3 of 200 requests failed"));
  EXPECT_THAT(warnings({{"failed_requests", 1}}), ElementsAre("1 request failed"));
  EXPECT_THAT(warnings({{"warnings", {"the batch is 3.12", "b"}}}),
              ElementsAre("the batch is 3.12", "b"));
  EXPECT_THAT(refusal_of("warnings", "text"), HasSubstr("'warnings' is 'text'"));
}

}  // namespace
}  // namespace gpugauge
