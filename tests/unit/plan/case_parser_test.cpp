#include "harness/plan/case_parser.hpp"

#include <gmock/gmock.h>

#include <tuple>

#include "harness/base/error.hpp"
#include "harness/config/catalog.hpp"
#include "harness/plan/plan.hpp"

namespace gpugauge {
namespace {

using testing::HasSubstr;

const Catalog& catalog() {
  static const Catalog shipped(GPUGAUGE_SOURCE_DIR "/configs");
  return shipped;
}

Case parsed(std::string_view name) {
  return parse_case_name(name, [](const std::string& model) { return catalog().model(model); });
}

std::string message_of(std::string_view name) {
  try {
    parsed(name);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

class EverySuite : public testing::TestWithParam<std::tuple<std::string, Backend>> {};

TEST_P(EverySuite, IsReadBackAsItWas) {
  const Suite suite = load_suite(catalog(), std::get<0>(GetParam()));
  std::vector<ModelConfig> models;
  for (const std::string& name : catalog().model_names()) models.push_back(catalog().model(name));
  DeviceInfo device;
  device.backend = std::get<1>(GetParam());
  device.compute_capability = 90;
  for (const PlannedCase& planned : make_plan(suite, models, device).cases) {
    const Case c = parsed(planned.name);
    EXPECT_EQ(case_name(c), planned.name);
    EXPECT_EQ(c.op, planned.c.op) << planned.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Shipped, EverySuite,
                         testing::Combine(testing::ValuesIn(catalog().suite_names()),
                                          testing::Values(Backend::kCpu, Backend::kCuda)),
                         [](const auto& test) {
                           return std::get<0>(test.param) +
                                  std::string(name_of(std::get<1>(test.param)));
                         });

TEST(CaseParser, ReadsWhatNoSuiteHas) {
  EXPECT_EQ(std::get<AllReduce>(parsed("all_reduce/cards:4/64KiB/native/hot").op).cards, 4);
  EXPECT_EQ(parsed("memory/read/1GiB/stream/cold/zeros").options.data, Distribution::kZeros);
  const CaseOptions both = parsed("memory/read/1GiB/stream/hot/zeros/burst").options;
  EXPECT_EQ(both.data, Distribution::kZeros);
  EXPECT_EQ(both.pace, Pace::kBurst);
  EXPECT_EQ(parsed("memory/read/1GiB/stream/cold").options.pace, std::nullopt);
}

TEST(CaseParser, NamesThePartThatIsWrong) {
  EXPECT_THAT(message_of("memory/read/1GiB/stream/warm"), HasSubstr("'warm'"));
  EXPECT_THAT(message_of("memory/read/1GiB/stream/cold/zeros/x"), HasSubstr("the end"));
  EXPECT_THAT(message_of("decode_step/bf16/llama-3.1-9b/b:1/c:8/kv:bf16/x/cold"),
              HasSubstr("llama-3.1-8b"));
}

}  // namespace
}  // namespace gpugauge
