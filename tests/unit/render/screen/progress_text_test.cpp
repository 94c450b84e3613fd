#include "harness/render/screen/progress_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/render/table/text.hpp"
#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

ProgressState state() {
  return {.place = 12,
          .total = 79,
          .share = 0.5,
          .seconds_left = 91,
          .case_name = "gemm/bf16/llama-3.1-8b/gate_up/m:8/n:28672/k:4096/cublaslt/cold",
          .rate = "2911 GB/s ±0.42%",
          .target = 0.01,
          .failed = 1,
          .not_converged = 3};
}

TEST(Shortened, KeepsBothEnds) {
  EXPECT_EQ(shortened("memory/read", 11), "memory/read");
  EXPECT_EQ(shortened("abcdefghij", 7), "ab…ghij");
  EXPECT_EQ(shortened("abcdefghij", 1), "…");
  EXPECT_EQ(shortened("abcdefghij", 0), "");
}

TEST(Shortened, CutsNoCharacterInTwo) {
  const std::string name = "模型模型模型模型/é/é/é";
  for (std::size_t columns = 0; columns < 30; ++columns) {
    const std::string cut = shortened(name, columns);
    EXPECT_LE(display_width(cut), columns);
    EXPECT_EQ(printable(cut), cut) << columns;
  }
}

TEST(ProgressText, WithRoomSaysEverything) {
  const std::string line = progress_text(state(), 160);
  EXPECT_THAT(line, StartsWith("██████░░░░░░ [12/79] 50% 1:31 left  gemm/bf16/llama"));
  EXPECT_THAT(
      line, EndsWith("k:4096/cublaslt/cold  2911 GB/s ±0.42% (to ±1%)  1 failed  3 not converged"));
}

TEST(ProgressText, IsNeverWiderThanTheTerminal) {
  ProgressState wide = state();
  wide.case_name = "gemm/模型模型模型模型模型模型模型模型模型模型模型模型/cublaslt/cold";
  for (std::size_t columns = 0; columns < 200; ++columns) {
    EXPECT_LE(display_width(progress_text(state(), columns)), columns);
    EXPECT_LE(display_width(progress_text(wide, columns)), columns);
  }
}

TEST(ProgressText, DropsTheLeastOfItFirst) {
  EXPECT_THAT(progress_text(state(), 110), HasSubstr("(to ±1%)"));
  const std::string at_99 = progress_text(state(), 99);
  EXPECT_THAT(at_99, AllOf(HasSubstr("█"), HasSubstr("3 not converged"), Not(HasSubstr("(to"))));
  EXPECT_THAT(progress_text(state(), 71), AllOf(Not(HasSubstr("█")), HasSubstr("50%")));
  const std::string at_50 = progress_text(state(), 50);
  EXPECT_THAT(at_50, AllOf(StartsWith("[12/79] 1:31"), HasSubstr("2911 GB/s ±0.42%"),
                           HasSubstr("1 failed"), Not(HasSubstr("converged"))));
}

TEST(ProgressText, TheBarDoesNotComeAndGoWithTheName) {
  ProgressState other = state();
  other.failed = other.not_converged = 0;
  for (const char* name :
       {"memory/read/4GiB/stream/cold", "a/very/long/name/of/a/case/that/fills/the/line"}) {
    other.case_name = name;
    EXPECT_THAT(progress_text(other, 79), StartsWith("██████░░░░░░ [12/79] 50% 1:31 left  "))
        << name;
  }
}

TEST(ProgressText, AtFortyColumnsTheRateIsWhole) {
  ProgressState narrow = state();
  narrow.failed = narrow.not_converged = 0;
  EXPECT_THAT(progress_text(narrow, 39),
              AllOf(StartsWith("[12/79] 1:31"), HasSubstr("…"), EndsWith("2911 GB/s ±0.42%")));
}

TEST(ProgressText, ANameCannotDriveATerminal) {
  ProgressState hostile = state();
  hostile.case_name = "x\x1b[2J";
  EXPECT_THAT(progress_text(hostile, 120), HasSubstr("x\\x1b[2J"));
}

TEST(RateText, AFirstSampleHasNoIntervalYet) {
  const Op read = fake::memory(MemoryPattern::kRead, 1'000'000 / 4096 * 4096);
  const double ns = work_of(read).bytes / 100;
  EXPECT_EQ(rate_text(read, {.value = ns, .low = ns, .high = ns}), "100.0 GB/s");
  EXPECT_EQ(rate_text(read, {.value = ns, .low = 0.99 * ns, .high = 1.01 * ns}),
            "100.0 GB/s ±1.0%");
}

TEST(FamilyText, HasCountTimeBestRateAndTheLongestSweep) {
  std::vector<Measurement> all;
  for (const int gib : {1, 2, 4})
    all.push_back(fake::at_gbps(fake::memory(MemoryPattern::kRead, gib * fake::kGiB), 100.0 * gib));
  EXPECT_EQ(family_text("memory", all, 1, 75, 120),
            "memory            3 verified, 1 without a number in 1:15  best 400.0 GB/s  ▂▄█ "
            "read/*/lib/cold");
  EXPECT_EQ(family_text("memory", all, 0, 75, 39), "memory 3 verified  best 400.0 GB/s");
  for (std::size_t columns = 0; columns < 120; ++columns)
    EXPECT_LE(display_width(family_text("memory", all, 1, 75, columns)), columns);
}

TEST(FamilyText, OfLatenciesTheLowestIsBest) {
  const auto chase = [](std::int64_t bytes, double ns) {
    return fake::measurement(
        Latency{.kind = LatencyKind::kPointerChase, .count = 1, .bytes = bytes}, ns);
  };
  EXPECT_THAT(family_text("latency", std::vector{chase(4096, 5), chase(1 << 30, 90)}, 0, 1, 120),
              EndsWith("best 5.000 ns each"));
}

TEST(FamilyText, WithNothingMeasuredHasNoRate) {
  EXPECT_EQ(family_text("gemm", {}, 2, 1, 120),
            "gemm              0 verified, 2 without a number in 0:01");
}

}  // namespace
}  // namespace gpugauge
