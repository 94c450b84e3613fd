#include "harness/plan/case_parser.hpp"

#include <gmock/gmock.h>

#include <tuple>

#include "harness/base/error.hpp"
#include "harness/config/catalog.hpp"
#include "harness/plan/plan.hpp"

namespace gpugauge {
namespace {

using testing::AllOf;
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

TEST_P(EverySuite, IsReadBackWithTheSameWork) {
  const Suite suite = catalog().suite(std::get<0>(GetParam()));
  std::vector<ModelConfig> models;
  for (const std::string& name : catalog().model_names()) models.push_back(catalog().model(name));
  DeviceInfo device;
  device.backend = std::get<1>(GetParam());
  device.compute_capability = 90;
  for (const PlannedCase& planned : make_plan(suite, models, device).cases) {
    const Case c = parsed(planned.name);
    EXPECT_EQ(case_name(c), planned.name);
    EXPECT_EQ(family_of(c.op), family_of(planned.c.op));
    EXPECT_DOUBLE_EQ(work_of(c.op).flops, planned.work.flops) << planned.name;
    EXPECT_DOUBLE_EQ(work_of(c.op).bytes, planned.work.bytes) << planned.name;
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
}

TEST(CaseParser, NamesThePartThatIsWrong) {
  EXPECT_THAT(message_of("gem/bf16/m:8/n:1/k:4/x/cold"),
              AllOf(HasSubstr("'gem'"), HasSubstr("did you mean 'gemm'?")));
  EXPECT_THAT(message_of("gemm/bf17/m:8/n:1/k:4/x/cold"), HasSubstr("'bf17'"));
  EXPECT_THAT(message_of("gemm/bf16/m:8/n:-1/k:4/x/cold"),
              AllOf(HasSubstr("'n:-1'"), HasSubstr("n:NUMBER")));
  EXPECT_THAT(message_of("gemm/bf16/m:8/n:99999999999999999999/k:4/x/cold"), HasSubstr("n:NUMBER"));
  EXPECT_THAT(message_of("gemm/bf16/m:8/n:8"), HasSubstr("k:NUMBER"));
  EXPECT_THAT(message_of("memory/read/1GB/stream/cold"), HasSubstr("1GiB"));
  EXPECT_THAT(message_of("memory/read/1GiB/stream/warm"), HasSubstr("'warm'"));
  EXPECT_THAT(message_of("memory/read/1GiB/stream/cold/zeros/x"), HasSubstr("the end"));
  EXPECT_THAT(message_of("memory//1GiB/stream/cold"), HasSubstr("a memory pattern"));
  EXPECT_THAT(message_of("decode_step/bf16/llama-3.1-9b/b:1/c:8/kv:bf16/x/cold"),
              HasSubstr("llama-3.1-8b"));
}

}  // namespace
}  // namespace gpugauge
