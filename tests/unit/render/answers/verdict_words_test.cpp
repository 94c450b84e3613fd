#include "harness/render/answers/verdict_words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using fake::at_gbps;
using fake::at_tflops;
using fake::memory;
using fake::square;

Datasheet h100() {
  Datasheet sheet = fake::datasheet();
  sheet.title = "NVIDIA H100 SXM5 80 GB";
  sheet.metrics.push_back({DType::kFp8E4m3, SourcedValue{200, "a sheet"}, std::nullopt, 0.65});
  return sheet;
}

VerdictWords words(std::vector<Measurement> measurements) {
  const Record record = fake::record(std::move(measurements));
  const Datasheet sheet = h100();
  return verdict_words(record, check_datasheet(record, &sheet));
}

Measurement read(double gbps) { return at_gbps(memory(MemoryPattern::kRead), gbps); }
Measurement gemm(double tflops, DType dtype = DType::kBf16) {
  return at_tflops(square(dtype, 8192), tflops);
}

TEST(VerdictWords, OfAHealthyCardNameItsSharesAndPassMarks) {
  const VerdictWords verdict = words({read(960), gemm(80), gemm(150, DType::kFp8E4m3)});
  EXPECT_EQ(verdict.sentence,
            "As fast as a healthy H100 SXM5: memory read 96%, BF16 80%, FP8 75% of the datasheet "
            "(pass marks 90, 70, 65)");
  EXPECT_EQ(verdict.tone, Tone::kGood);
  EXPECT_TRUE(verdict.is_verdict);
  EXPECT_EQ(verdict.next, "");
}

TEST(VerdictWords, OfABadCardBeginWithWhatIsBelowAndEndWithWhatToDo) {
  const VerdictWords verdict = words({read(500), gemm(40), gemm(150, DType::kFp8E4m3)});
  EXPECT_EQ(verdict.sentence,
            "Slower than a healthy H100 SXM5: memory read 50%, BF16 40% of the datasheet (pass "
            "marks 90, 70); FP8 75% passes");
  EXPECT_THAT(verdict.shortfalls,
              testing::ElementsAre("memory read: 40.0 points below its pass mark",
                                   "bf16 dense GEMM: 30.0 points below its pass mark"));
  EXPECT_EQ(verdict.next,
            "gpugauge explain memory read results/run.json, then ask the provider for another "
            "card");
}

TEST(VerdictWords, NeverRoundAShareToTheOtherSideOfItsPassMark) {
  Measurement close = read(899.9);
  close.time_ns.low = close.time_ns.value;
  close.time_ns.high = 1.0001 * close.time_ns.value;
  EXPECT_THAT(words({close}).sentence, testing::HasSubstr("memory read 89.9% of"));
}

TEST(VerdictWords, TooCloseToCallSaySo) {
  const VerdictWords verdict = words({read(900), gemm(80)});
  EXPECT_EQ(verdict.sentence,
            "Too close to the pass mark of a healthy H100 SXM5: memory read 90% of the datasheet "
            "(pass mark 90); BF16 80% passes");
  EXPECT_EQ(verdict.next, "gpugauge run --suite datasheet");
  EXPECT_EQ(verdict.untested, "fp8_e4m3 dense GEMM");
}

TEST(VerdictWords, OfTablesAreNoVerdict) {
  Measurement theirs = read(500);
  theirs.origin = Origin::kImported;
  theirs.details = "VLLM 0.24.0";
  Record record = fake::record({theirs});
  record.provenance.suite = "aiconfigurator-h100_sxm";
  const Datasheet sheet = h100();
  const DatasheetReport report = check_datasheet(record, &sheet);
  const VerdictWords verdict = verdict_words(record, report);
  EXPECT_EQ(verdict.sentence, "tables of aiconfigurator (vLLM 0.24.0): no card was tested");
  EXPECT_FALSE(verdict.is_verdict);
  EXPECT_EQ(verdict.tone, Tone::kPlain);
  EXPECT_THAT(verdict.shortfalls, testing::IsEmpty());
  EXPECT_EQ(verdict.untested, "");
  EXPECT_EQ(status_of({&report, 1}), ExitStatus::kDone);
}

TEST(VerdictWords, WithoutADatasheetOrWhatTestsItAreNoVerdict) {
  const Record record = fake::record({read(500)});
  const VerdictWords verdict = verdict_words(record, check_datasheet(record, nullptr));
  EXPECT_EQ(verdict.sentence,
            "Fake H1 is not judged: no datasheet is known for it; these are its own peaks");
  EXPECT_FALSE(verdict.is_verdict);
  const VerdictWords untested = words({at_gbps(memory(MemoryPattern::kCopy), 900)});
  EXPECT_EQ(untested.sentence, "Fake H1 is not judged: nothing in this file tests its datasheet");
  EXPECT_FALSE(untested.is_verdict);
  EXPECT_EQ(untested.next, "gpugauge run --suite datasheet");
}

}  // namespace
}  // namespace gpugauge
