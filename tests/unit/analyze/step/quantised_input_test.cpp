#include "harness/analyze/step/engine_step.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/analyze/step/decode_step.hpp"
#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Reads 1000 GB/s, with FP8 linears at these batches.
Record linear_card(std::vector<std::int64_t> batches, std::optional<bool> quantizes_input) {
  std::vector<Measurement> all{fake::at_gbps(fake::memory(MemoryPattern::kRead), 1000)};
  for (const std::int64_t batch : batches) {
    for (Measurement& m : fake::linears(fake::llama_8b(), Precision::kFp8, batch, 800)) {
      m.quantizes_input = quantizes_input;
      all.push_back(std::move(m));
    }
  }
  return fake::record(std::move(all));
}

/// The ops that only quantise in the sum of a step at batch 8: of o, which no norm or activation
/// writes.
std::vector<std::string> quantisations(const Record& record) {
  const std::vector<StepOp> ops =
      decode_ops(fake::llama_8b(), {.precision = Precision::kFp8, .batch = 8, .context = 100});
  std::vector<std::string> names;
  for (const OpLine& line : StepTimes(record).sum(Engine::kLibrary, ops, 8).ops) {
    if (line.step.name.starts_with("quantize")) names.push_back(line.step.name);
  }
  return names;
}

TEST(StepTimes, AGemmThatTakesQuantisedInputNeedsAQuantisation) {
  for (const std::optional<bool> absent_or_no : {std::optional<bool>(), std::optional(false)})
    EXPECT_THAT(quantisations(linear_card({8}, absent_or_no)), ElementsAre("quantize_o"));
}

TEST(StepTimes, AGemmThatQuantisesItsInputIsNotChargedTwice) {
  EXPECT_THAT(quantisations(linear_card({8}, true)), IsEmpty());
}

TEST(StepTimes, NorIsOneBetweenTwoOfThem) {
  EXPECT_THAT(quantisations(linear_card({4, 16}, true)), IsEmpty());
}

TEST(StepTimes, OneThatIsModelledIsCharged) {
  EXPECT_EQ(quantisations(linear_card({1}, true)).size(), 1U);
}

constexpr std::int64_t kHidden = 4096, kLayers = 32;

/// What `o` and the quantisation before it cost in the sum of the engine, for one layer. On the
/// card the library's o takes 20 µs and a quantisation 2 µs; a kernel of our own that quantises
/// takes `own_ns`.
double o_ns(Engine engine, double own_ns) {
  Record record = linear_card({8}, std::nullopt);
  for (Measurement& m : record.measurements) {
    if (m.c.role == "o") m.time_ns = {.value = 20e3, .low = 20e3, .high = 20e3};
  }
  Gemm o = gemm_of(DType::kFp8E4m3, 8, kHidden, kHidden);
  o.activations = DType::kBf16;
  Measurement own = fake::measurement(o, own_ns, "own");
  own.is_library = false;
  record.measurements.push_back(own);
  record.measurements.push_back(
      fake::measurement(token_op_of(TokenOpKind::kQuantize, 8, kHidden), 2e3));
  const std::vector<StepOp> ops =
      decode_ops(fake::llama_8b(), {.precision = Precision::kFp8, .batch = 8, .context = 100});
  double ns = 0;
  for (const OpLine& line : StepTimes(record).sum(engine, ops, 8).ops) {
    if (line.step.name != "o" && line.step.name != "quantize_o") continue;
    EXPECT_EQ(line.step.count, kLayers);
    EXPECT_EQ(line.time.origin, Origin::kMeasured);
    ns += line.time.time_ns.value;
  }
  return ns;
}

TEST(StepTimes, BestTakesTheKernelThatQuantisesWhereThatIsTheFasterWay) {
  EXPECT_DOUBLE_EQ(o_ns(Engine::kBest, 21e3), 21e3);  // slower than o alone, not than both
  EXPECT_DOUBLE_EQ(o_ns(Engine::kBest, 23e3), 22e3);
}

TEST(StepTimes, TheLibraryHasOnlyItsOwnKernels) {
  EXPECT_DOUBLE_EQ(o_ns(Engine::kLibrary, 21e3), 22e3);
}

}  // namespace
}  // namespace gpugauge
