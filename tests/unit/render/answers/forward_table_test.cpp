#include "harness/render/answers/forward_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;

EncoderConfig encoder() {
  EncoderConfig e;
  e.name = "bge";
  e.num_hidden_layers = 2;
  e.hidden_size = 1024;
  e.intermediate_size = 4096;
  e.num_attention_heads = 16;
  e.vocab_size = 100;
  e.max_position_embeddings = 512;
  e.type_vocab_size = 2;
  return e;
}

std::vector<PricedForward> points(const Record& record) {
  const StepTimes times(record);
  std::vector<PricedForward> all;
  for (const std::int64_t batch : {1, 8})
    all.push_back({forward_finding(times, forward_pass(encoder(), {.batch = batch, .extent = 512}),
                                   MemoryBudget{.device_bytes = 4e9}),
                   rates_of({}, 2.5).front()});
  return all;
}

Record forward_card() {
  return fake::record({fake::at_gbps(fake::memory(MemoryPattern::kRead), 1000),
                       fake::at_tflops(fake::square(DType::kBf16, 8192), 100)});
}

nlohmann::json json_of(const std::vector<Table>& tables) {
  std::ostringstream out;
  render(out, tables, Format::kJson);
  return nlohmann::json::parse(out.str());
}

TEST(ForwardTable, HasARowABatchWithItsPrice) {
  const auto priced = points(forward_card());
  const auto tables = forward_tables(priced);
  ASSERT_THAT(tables, SizeIs(1));
  EXPECT_THAT(tables[0].title,
              AllOf(HasSubstr("embeddings/hour, bge bf16, 512 tokens"), HasSubstr("$2.50/h")));
  const auto rows = json_of(tables).at("embeddings");
  ASSERT_THAT(rows, SizeIs(2));
  const double per_hour = priced[1].finding.units_per_hour(Engine::kLibrary)->value;
  EXPECT_NEAR(rows[1].at("library_embeddings_per_hour").get<double>(), per_hour, 1e-3);
  EXPECT_NEAR(rows[1].at("dollars_per_million").get<double>(), 2.5e6 / per_hour, 1e-6);
  EXPECT_EQ(rows[1].at("fits").get<bool>(), true);
  EXPECT_EQ(rows[1].at("modelled_percent").get<double>(), 100);
  EXPECT_NEAR(
      rows[1].at("linears_percent").get<double>() + rows[1].at("attention_percent").get<double>(),
      100, 1e-6);
}

TEST(ForwardTable, ARefusalHasARowAndItsReason) {
  const auto tables = forward_tables(
      points(fake::record({fake::at_gbps(fake::memory(MemoryPattern::kRead), 1000)})));
  const auto rows = json_of(tables).at("embeddings");
  EXPECT_TRUE(rows[0].at("library_embeddings_per_hour").is_null());
  EXPECT_TRUE(rows[0].at("dollars_per_million").is_null());
  EXPECT_THAT(rows[0].at("reason").get<std::string>(), HasSubstr("gpugauge run"));
  ASSERT_THAT(tables[0].notes, SizeIs(1));  // once, of both batches
}

TEST(ForwardOpsTable, SharesAddUpToThePass) {
  const auto priced = points(forward_card());
  const auto rows = json_of(forward_ops_tables(priced)).at("ops");
  ASSERT_THAT(rows, SizeIs(10));
  double share = 0;
  for (std::size_t i = 0; i < 5; ++i) share += rows[i].at("share_percent").get<double>();
  EXPECT_NEAR(share, 100, 1e-6);
  EXPECT_EQ(rows[0].at("shape").get<std::string>(), "gemm/bf16/m:512/n:3072/k:1024");
}

}  // namespace
}  // namespace gpugauge
