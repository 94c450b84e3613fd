#include "harness/analyze/step/tensor_parallel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

#include "harness/base/error.hpp"
#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using fake::at_gbps;
using testing::Contains;
using testing::HasSubstr;

const CardGroup kFourByNvlink{4, {.link = Link::kNvlink, .gbps_each_way = 450}};
constexpr DecodePoint kBf16Batch8{.precision = Precision::kBf16, .batch = 8, .context = 1024};

const OpLine& line_named(const EngineStep& step, std::string_view name) {
  const auto found = std::find_if(step.ops.begin(), step.ops.end(),
                                  [&](const OpLine& line) { return line.step.name == name; });
  if (found == step.ops.end()) throw std::runtime_error("no op " + std::string(name));
  return *found;
}

/// Reads 1000 GB/s, streams the whole model's linears at 800 and does 100 TFLOPS.
Record sharing_card(std::int64_t batch = 8) {
  std::vector<Measurement> all{at_gbps(fake::memory(MemoryPattern::kRead), 1000),
                               fake::at_tflops(fake::square(DType::kBf16, 8192), 100)};
  for (Measurement& m : fake::linears(fake::llama_8b(), Precision::kBf16, batch, 800))
    all.push_back(std::move(m));
  return fake::record(std::move(all));
}

TEST(Shard, DividesAsMegatronDoes) {
  const ModelConfig shard = shard_of(fake::llama_8b(), 4);
  const std::vector<Linear> linears = shard.linears();
  EXPECT_EQ(linears[0].n, 6144 / 4);  // qkv by its outputs …
  EXPECT_EQ(linears[0].k, 4096);
  EXPECT_EQ(linears[1].n, 4096);
  EXPECT_EQ(linears[1].k, 4096 / 4);  // … o by its inputs
  EXPECT_EQ(linears[2].n, 28672 / 4);
  EXPECT_EQ(linears[3].k, 14336 / 4);
  EXPECT_EQ(linears[4].n, 128256 / 4);
  EXPECT_EQ(shard.num_key_value_heads, 2);
}

TEST(Shard, CardsTogetherHoldTheModelAndTheNormsOnceEach) {
  const ModelConfig model = fake::llama_8b();
  const std::int64_t norms = 2 * (2 * 32 + 1) * 4096;  // bytes in BF16
  EXPECT_EQ(8 * shard_of(model, 8).weight_bytes(Precision::kBf16),
            model.weight_bytes(Precision::kBf16) + 7 * norms);
}

TEST(Shard, FewerKvHeadsThanCardsAreReplicated) {
  ModelConfig model = fake::llama_8b();
  model.num_key_value_heads = 2;
  EXPECT_EQ(shard_of(model, 8).num_key_value_heads, 1);
  EXPECT_EQ(shard_of(model, 8).linears()[0].n, (4 + 2) * 128);
}

TEST(Shard, OneCardHasTheWholeAndOddOnesAreRefused) {
  EXPECT_EQ(shard_of(fake::llama_8b(), 1).parameters(), fake::llama_8b().parameters());
  EXPECT_THROW(shard_of(fake::llama_8b(), 3), UsageError);
  EXPECT_THROW(shard_of(fake::llama_8b(), 0), UsageError);
}

TEST(Link, IsHalfOfWhatTheDatasheetPrints) {
  Datasheet sheet = fake::datasheet();
  EXPECT_EQ(link_of(&sheet, std::nullopt).link, Link::kPcie);
  EXPECT_EQ(link_of(&sheet, std::nullopt).gbps_each_way, 32);
  EXPECT_EQ(link_of(nullptr, Link::kNvlink).gbps_each_way, 450);
  sheet.nvlink_gbps = SourcedValue{600, "a datasheet"};
  sheet.pcie_gbps = SourcedValue{128, "a datasheet"};
  EXPECT_EQ(link_of(&sheet, std::nullopt).gbps_each_way, 300);
  EXPECT_EQ(link_of(&sheet, Link::kPcie).gbps_each_way, 64);
}

TEST(AllReduce, GrowsByTheRingsShareOfTheBytes) {
  const double small = all_reduce_time(kFourByNvlink, 0).time_ns.value;
  // 2 · 3/4 of 1 GB at 450 GB/s.
  EXPECT_NEAR(all_reduce_time(kFourByNvlink, 1e9).time_ns.value - small, 1.5e9 / 450, 1e-3);
  EXPECT_LT(small,
            all_reduce_time({8, {.link = Link::kNvlink, .gbps_each_way = 450}}, 0).time_ns.value);
  EXPECT_THROW(all_reduce_time({1, {}}, 1), UsageError);
}

/// NVIDIA aiconfigurator, nccl_perf, FP16, in ns: NCCL 2.29 on H100 SXM, 2.27 on L40S.
TEST(AllReduce, ItsIntervalHoldsWhatWasPublished) {
  struct Published {
    CardGroup group;
    double bytes, ns;
  };
  const LinkRate kNvlink{.link = Link::kNvlink, .gbps_each_way = 450};
  const LinkRate kPcie{.link = Link::kPcie, .gbps_each_way = 32};
  constexpr double kMiB = 1024.0 * 1024;
  for (const Published& p :
       {Published{{2, kNvlink}, 2 * kMiB, 27860}, Published{{4, kNvlink}, kMiB / 8, 11420},
        Published{{8, kNvlink}, 2048, 15680}, Published{{8, kNvlink}, 32 * kMiB, 199800},
        Published{{2, kPcie}, 2048, 6310}, Published{{2, kPcie}, 32 * kMiB, 1689300},
        Published{{4, kPcie}, kMiB / 8, 57720}, Published{{8, kPcie}, kMiB / 8, 279900}}) {
    const Estimate time = all_reduce_time(p.group, p.bytes).time_ns;
    EXPECT_LE(time.low, p.ns) << p.group.cards << " cards, " << p.bytes;
    EXPECT_GE(time.high, p.ns) << p.group.cards << " cards, " << p.bytes;
  }
}

TEST(Link, IsAsItWasMeasured) {
  Datasheet sheet = fake::datasheet();
  constexpr std::int64_t kMiB = 1 << 20;
  Record record = sharing_card();
  const auto add = [&](TransferKind kind, std::int64_t bytes, double gbps) {
    record.measurements.push_back(at_gbps(Transfer{kind, bytes}, gbps));
  };
  EXPECT_EQ(link_of(record, &sheet, std::nullopt).gbps_each_way, 32);
  EXPECT_EQ(link_of(record, &sheet, std::nullopt).source, "");
  add(TransferKind::kHostToDevice, fake::kGiB, 26);
  EXPECT_EQ(link_of(record, &sheet, std::nullopt).gbps_each_way, 32);  // one way only
  add(TransferKind::kDeviceToHost, fake::kGiB, 25);
  add(TransferKind::kDeviceToHost, kMiB, 12);
  EXPECT_NEAR(link_of(record, &sheet, std::nullopt).gbps_each_way, 25, 1e-9);
  EXPECT_EQ(link_of(record, &sheet, Link::kNvlink).gbps_each_way, 450);
  add(TransferKind::kPeerToPeer, fake::kGiB, 20);
  EXPECT_NEAR(link_of(record, &sheet, std::nullopt).gbps_each_way, 20, 1e-9);
  EXPECT_THAT(link_of(record, &sheet, std::nullopt).source, HasSubstr("transfer/peer_to_peer"));
  sheet.nvlink_gbps = SourcedValue{600, "a datasheet"};  // … which the peers then copy over
  EXPECT_NEAR(link_of(record, &sheet, std::nullopt).gbps_each_way, 20, 1e-9);
  EXPECT_NEAR(link_of(record, &sheet, Link::kPcie).gbps_each_way, 25, 1e-9);
}

TEST(AllReduce, IsWhatTheRecordKnowsOfAsManyCardsAndTheirLink) {
  Record record = sharing_card();
  for (const auto& [bytes, ns] : {std::pair{1 << 16, 10e3}, std::pair{1 << 18, 40e3}}) {
    Measurement m = fake::measurement(AllReduce{4, bytes}, ns);
    m.origin = Origin::kImported;
    m.verification.passed = false;
    record.measurements.push_back(m);
  }
  const StepTimes times(record);
  CardGroup group = kFourByNvlink;
  const OpTime there = all_reduce_time(times, Engine::kLibrary, group, 1 << 16);
  EXPECT_EQ(there.origin, Origin::kImported);
  EXPECT_EQ(there.time_ns.value, 10e3);
  const OpTime between = all_reduce_time(times, Engine::kBest, group, 1 << 17);
  EXPECT_EQ(between.origin, Origin::kInterpolatedImported);
  EXPECT_NEAR(between.time_ns.value, 20e3, 1e-6);
  EXPECT_NEAR(between.time_ns.low, 19.8e3, 1e-6);
  EXPECT_NEAR(between.time_ns.high, 20.2e3, 1e-6);
  EXPECT_EQ(all_reduce_time(times, Engine::kBest, group, 1 << 19).origin, Origin::kModelled);
  group.cards = 8;
  EXPECT_EQ(all_reduce_time(times, Engine::kBest, group, 1 << 16).origin, Origin::kModelled);
  group = kFourByNvlink;
  group.link.is_own = false;
  EXPECT_EQ(all_reduce_time(times, Engine::kBest, group, 1 << 16).origin, Origin::kModelled);

  const DecodeFinding f = decode_finding(times, fake::llama_8b(), kBf16Batch8, kFourByNvlink);
  EXPECT_EQ(line_named(*f.library, "all_reduce").time.time_ns.value, 10e3);
  EXPECT_THAT(f.warnings, Contains(HasSubstr("all-reduces are imported")));
}

TEST(DecodeOverCards, OneCardIsThePlainFinding) {
  const Record record = sharing_card();
  const StepTimes times(record);
  const CardGroup one{1, {.link = Link::kPcie, .gbps_each_way = 32}};
  EXPECT_EQ(decode_finding(times, fake::llama_8b(), kBf16Batch8, one).library->step_ns.value,
            decode_finding(times, fake::llama_8b(), kBf16Batch8).library->step_ns.value);
}

TEST(DecodeOverCards, IsTheShardsStepAndTwoAllReducesALayer) {
  const Record record = sharing_card();
  const DecodeFinding f =
      decode_finding(StepTimes(record), fake::llama_8b(), kBf16Batch8, kFourByNvlink);
  ASSERT_TRUE(f.library);
  const OpLine& reduce = line_named(*f.library, "all_reduce");
  EXPECT_EQ(reduce.step.count, 64);
  EXPECT_EQ(std::get<AllReduce>(reduce.step.op).bytes, 8 * 4096 * 2);
  EXPECT_EQ(std::get<AllReduce>(reduce.step.op).cards, 4);
  EXPECT_EQ(reduce.time.origin, Origin::kModelled);
  EXPECT_EQ(std::get<Gemm>(line_named(*f.library, "down").step.op).k, 14336 / 4);
  Estimate total;
  for (const OpLine& line : f.library->ops)
    total.value += line.time.time_ns.value * static_cast<double>(line.step.count);
  EXPECT_NEAR(f.library->step_ns.value, total.value, 1e-3);
  EXPECT_THAT(f.warnings,
              Contains(HasSubstr(
                  "all-reduces are modelled: ring over nvlink: 450 GB/s each way, by datasheet")));
  EXPECT_THAT(f.warnings, Contains(HasSubstr("modelled, not measured: qkv")));
}

TEST(DecodeOverCards, RefusesWhatIsNotKnownOnOneCardEither) {
  const Record record = sharing_card(1);
  const DecodeFinding f =
      decode_finding(StepTimes(record), fake::llama_8b(), kBf16Batch8, kFourByNvlink);
  EXPECT_FALSE(f.best);
  EXPECT_THAT(f.reason, HasSubstr("batch 8 is outside"));
}

TEST(DecodeOverCards, AGraphOfOneCardDoesNotSpeakForAGroup) {
  Record record = sharing_card();
  const ModelConfig shard = shard_of(fake::llama_8b(), 4);
  Measurement graph = fake::measurement(
      DecodeStep{8, 1024, 32, 4096, shard.intermediate_size, shard.num_attention_heads,
                 shard.num_key_value_heads, 128, shard.vocab_size, false, DType::kBf16,
                 DType::kBf16, DType::kBf16},
      1e6, "graph_library");
  record.measurements.push_back(graph);
  const DecodeFinding f =
      decode_finding(StepTimes(record), fake::llama_8b(), kBf16Batch8, kFourByNvlink);
  EXPECT_EQ(f.preferred(), &f.library.value());
}

TEST(PrefillOverCards, AddsUpAllTokens) {
  const Record record = sharing_card();
  const PrefillFinding f =
      prefill_finding(StepTimes(record), fake::llama_8b(),
                      {.precision = Precision::kBf16, .tokens = 2048}, kFourByNvlink);
  ASSERT_TRUE(f.best);
  EXPECT_EQ(std::get<AllReduce>(line_named(*f.best, "all_reduce").step.op).bytes, 2048 * 4096 * 2);
  EXPECT_NEAR(f.best->tokens_per_second.value, 2048e9 / f.best->step_ns.value, 1e-6);
}

}  // namespace
}  // namespace gpugauge
