#include "harness/analyze/serving/serving_finding.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "harness/base/error.hpp"
#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using fake::at_gbps;
using testing::HasSubstr;

/// Reads 1000 GB/s, does 100 TFLOPS in BF16; linears at these batches take as long as their bytes
/// at 800 GB/s.
Record served_card(std::vector<std::int64_t> batches) {
  std::vector<Measurement> all{at_gbps(fake::memory(MemoryPattern::kRead), 1000),
                               fake::at_tflops(fake::square(DType::kBf16, 8192), 100)};
  for (const std::int64_t batch : batches) {
    for (Measurement& m : fake::linears(fake::llama_8b(), Precision::kBf16, batch, 800))
      all.push_back(std::move(m));
  }
  return fake::record(std::move(all));
}

ServingRequest request(double device_gib = 80) {
  ServingRequest r;
  r.input_tokens = 2048;
  r.output_tokens = 256;
  r.budget = MemoryBudget{.device_bytes = device_gib * fake::kGiB};
  return r;
}

/// A server with all that it looks at.
struct Served {
  Served(std::vector<std::int64_t> batches, ServingRequest r)
      : record(served_card(std::move(batches))),
        times(record),
        server(times, model, std::move(r)) {}
  Record record;
  ModelConfig model = fake::llama_8b();
  StepTimes times;
  Server server;
};

TEST(Server, CombinesTheStepHalfWayWithThePrefillOfAChunk) {
  const Served f({1, 64}, request());
  const ServingFinding at8 = f.server.at(8);
  EXPECT_EQ(at8.decode.point.context, 2048 + 128);
  EXPECT_EQ(at8.prefill->point.tokens, 2048);
  const double d = at8.decode.library.value().step_ns.value;
  EXPECT_EQ(at8.point.prompts, 4);  // of 2048 tokens in 8192
  EXPECT_EQ(at8.prefill->point.prompts, 4);
  const double p = at8.prefill->library.value().step_ns.value / 4;
  EXPECT_NEAR(at8.library.value().tpot_ns.value, d + p * 7 / 256, 1e-3);
  EXPECT_EQ(at8.alone->point.prompts, 1);
  EXPECT_EQ(at8.library->ttft_unloaded_ns.value, at8.alone->library.value().step_ns.value);
  const QueueTime wait = mean_ttft({.batch = 8, .input_tokens = 2048, .output_tokens = 256});
  EXPECT_NEAR(at8.library->ttft_ns.value, wait.ns(p, d), 1e-3);
  EXPECT_EQ(at8.limit, BatchLimit::kGiven);
  EXPECT_EQ(at8.rate(), &*at8.library);
  EXPECT_EQ(at8.engine(), Engine::kLibrary);
  // The cache must fit when the output is complete.
  EXPECT_DOUBLE_EQ(at8.fit.value().kv_bytes, 8.0 * 2304 * 131072);
}

TEST(Server, RunsTheStepAsTheServingEngineDoes) {
  ServingRequest r = request();
  const Served plain({1, 64}, r);
  r.engine = {.chunk_tokens = 2048, .steps_behind = 1, .sequence_ns = 1e5};
  const Served served({1, 64}, r);
  const ServingFinding at8 = served.server.at(8);
  EXPECT_EQ(at8.point.prompts, 1);
  const double d = at8.decode.library.value().step_ns.value + 8e5;
  const double p = at8.prefill->library.value().step_ns.value;
  EXPECT_NEAR(at8.library.value().tpot_ns.value, d + p * 7 / 256, 1e-3);
  const QueueTime wait = mean_ttft({.batch = 8,
                                    .input_tokens = 2048,
                                    .output_tokens = 256,
                                    .chunk_tokens = 2048,
                                    .steps_behind = 1});
  EXPECT_NEAR(at8.library->ttft_ns.value, wait.ns(p, d), 1e-3);
}

TEST(Server, AllReducesWaitAsInTheServingEngine) {
  ServingRequest r = request();
  r.group = {.cards = 2, .link = {.link = Link::kNvlink, .gbps_each_way = 450}};
  const auto decode_ns = [&] {
    return Served({1, 64}, r).server.at(8).decode.library.value().step_ns.value;
  };
  const double without = decode_ns();
  r.engine.all_reduce_gap_ns = 5000;
  EXPECT_NEAR(decode_ns() - without, 2 * 32 * 5000, 1e-3);
}

TEST(Server, HasNoRateForABatchThatDoesNotFit) {
  const ServingFinding f = Served({1, 64}, request(24)).server.at(64);
  EXPECT_EQ(f.rate(), nullptr);
  EXPECT_THAT(f.reason, HasSubstr("batch 64 does not fit: weights 14.96 GiB"));
  EXPECT_THAT(f.reason, HasSubstr("needs 2 cards"));
  EXPECT_EQ(f.decode.device, "Fake H1");
}

TEST(LargestBatch, IsWhatMemoryHolds) {
  const Served f({1, 64}, request(24));
  const ServingFinding largest = f.server.at_largest_batch();
  EXPECT_EQ(largest.limit, BatchLimit::kMemory);
  EXPECT_EQ(largest.point.batch, largest.fit.value().largest_batch);
  EXPECT_GT(largest.point.batch, 1);
  EXPECT_TRUE(largest.rate() != nullptr);
}

TEST(LargestBatch, EndsWhereTheRecordEnds) {
  const ServingFinding largest = Served({1, 8, 40}, request()).server.at_largest_batch();
  EXPECT_EQ(largest.point.batch, 40);
  EXPECT_EQ(largest.limit, BatchLimit::kMeasured);
}

TEST(LargestBatch, KeepsTheTpotTarget) {
  ServingRequest r = request();
  const double target = Served({1, 64}, r).server.at(16).rate()->tpot_ns.value;
  r.tpot_target_ns = target * (1 + 1e-9);
  const Served f({1, 64}, r);
  const ServingFinding largest = f.server.at_largest_batch();
  EXPECT_EQ(largest.point.batch, 16);
  EXPECT_EQ(largest.limit, BatchLimit::kTpot);
  EXPECT_GT(f.server.at(17).rate()->tpot_ns.value, target);
}

TEST(LargestBatch, KeepsTheTtftTarget) {
  ServingRequest r = request();
  r.ttft_target_ns = Served({1, 64}, r).server.at(23).rate()->ttft_ns.value * (1 + 1e-9);
  const ServingFinding largest = Served({1, 64}, r).server.at_largest_batch();
  EXPECT_EQ(largest.point.batch, 23);
  EXPECT_EQ(largest.limit, BatchLimit::kTtft);
}

TEST(LargestBatch, IsNoneWhereNotEvenOneMeetsTheTarget) {
  ServingRequest r = request();
  r.tpot_target_ns = 1e6;
  const ServingFinding none = Served({1, 64}, r).server.at_largest_batch();
  EXPECT_EQ(none.point.batch, 0);
  EXPECT_EQ(none.rate(), nullptr);
  EXPECT_THAT(none.reason, HasSubstr("above the target of 1 ms"));
}

TEST(LargestBatch, IsNoneWhereTheWeightsDoNotFit) {
  const ServingFinding none = Served({1, 64}, request(8)).server.at_largest_batch();
  EXPECT_EQ(none.point.batch, 0);
  EXPECT_EQ(none.limit, BatchLimit::kMemory);
  EXPECT_THAT(none.reason, HasSubstr("does not fit"));
}

TEST(LargestBatch, OfAGroupIsLarger) {
  ServingRequest r = request(24);
  const std::int64_t one = Served({1, 64}, r).server.at_largest_batch().point.batch;
  r.group = {.cards = 2, .link = {Link::kNvlink, 450}};
  const ServingFinding two = Served({1, 64}, r).server.at_largest_batch();
  EXPECT_GT(two.point.batch, one);
  EXPECT_EQ(two.fit.value().cards, 2);
}

TEST(Server, SaysWhatToMeasureWhereNothingIsKnown) {
  const ServingFinding f = Served({}, request()).server.at(1);
  EXPECT_EQ(f.rate(), nullptr);
  EXPECT_THAT(f.reason, HasSubstr("no linear of llama-3.1-8b at bf16"));
}

TEST(Server, RefusesWhatIsNoRequest) {
  const Record record = served_card({1});
  const StepTimes times(record);
  const ModelConfig model = fake::llama_8b();
  const auto make = [&](auto change) {
    ServingRequest r = request();
    change(r);
    return Server(times, model, r);
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(make([](ServingRequest& r) { r.input_tokens = 0; }), UsageError);
  EXPECT_THROW(make([](ServingRequest& r) { r.output_tokens = 0; }), UsageError);
  EXPECT_THROW(make([&](ServingRequest& r) { r.tpot_target_ns = nan; }), UsageError);
  EXPECT_THROW(make([](ServingRequest& r) { r.ttft_target_ns = -1; }), UsageError);
  EXPECT_THROW(make([](ServingRequest& r) { r.group.cards = 3; }), UsageError);
}

}  // namespace
}  // namespace gpugauge
