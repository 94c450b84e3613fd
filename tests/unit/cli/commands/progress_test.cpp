#include "harness/cli/commands/progress.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace gpugauge {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

PlannedCase planned(const Op& op, Unsupported unsupported = {}) {
  PlannedCase one;
  one.c = {.op = op, .implementation = "lib", .options = {}, .model = {}, .role = {}};
  one.name = case_name(one.c);
  one.policy.case_seconds = 8;
  one.policy.warmup_seconds = 2;
  one.unsupported = std::move(unsupported);
  return one;
}

/// Two memory cases, a GEMM and one that cannot run; each is allowed ten seconds.
struct Watched {
  double now = 100;
  std::ostringstream out;
  Plan plan{{planned(MemoryStream{MemoryPattern::kRead, 1 << 20}),
             planned(MemoryStream{MemoryPattern::kCopy, 1 << 20}),
             planned(gemm_of(DType::kBf16, 64, 64, 64)),
             planned(gemm_of(DType::kFp8E4m3, 64, 64, 64), "no such type")}};
  Progress progress;

  explicit Watched(ProgressStyle style)
      : progress(plan, {.style = style,
                        .out = out,
                        .columns = [] { return std::size_t{100}; },
                        .now_seconds = [this] { return now; }}) {}

  void measure(std::size_t i, double seconds, std::vector<Flag> flags = {}) {
    progress.start(plan.cases[i]);
    now += seconds;
    Measurement m;
    m.name = plan.cases[i].name;
    m.c = plan.cases[i].c;
    m.time_ns = {.value = 1e6, .low = 0.9e6, .high = 1.1e6};
    m.flags = std::move(flags);
    progress.finish({.result = m, .measured_seconds = seconds});
  }
  void fail(std::size_t i, NotMeasuredStatus status) {
    progress.finish(
        {.result = NotMeasured{plan.cases[i].name, status, "why"}, .measured_seconds = 0});
  }
  std::string shown() {
    std::string text = out.str();
    out.str({});
    return text;
  }
};

const Estimate kTime{.value = 1e6, .low = 0.9e6, .high = 1.1e6};

TEST(Progress, TheTimeLeftIsLearnedFromWhatHasPassed) {
  Watched run(ProgressStyle::kRedrawn);
  run.fail(3, NotMeasuredStatus::kUnsupported);
  run.progress.start(run.plan.cases[0]);
  EXPECT_THAT(run.shown(), HasSubstr("[1/3] 0% 0:30 left"));
  run.measure(0, 5);  // half of what it was allowed
  run.progress.start(run.plan.cases[1]);
  EXPECT_THAT(run.shown(), HasSubstr("[2/3] 33% 0:10 left"));
  run.now += 2;
  run.progress.update(run.plan.cases[1], kTime);
  EXPECT_THAT(run.shown(), AllOf(HasSubstr("0:08 left"), HasSubstr("GB/s ±10%")));
  run.now += 60;  // longer than anybody thought: the other one is still to come
  run.progress.update(run.plan.cases[1], kTime);
  EXPECT_THAT(run.shown(), HasSubstr("0:05 left"));
}

TEST(Progress, ATerminalHasALineThatIsRedrawnAndOneAFamilyThatStays) {
  Watched run(ProgressStyle::kRedrawn);
  run.measure(0, 1);
  run.measure(1, 1, {Flag::kPowerCapped, Flag::kNotConverged});
  EXPECT_THAT(run.shown(), AllOf(StartsWith("\r\033[K"), Not(HasSubstr("\n"))));
  run.progress.start(run.plan.cases[2]);
  const std::string shown = run.shown();
  EXPECT_THAT(shown, AllOf(StartsWith("\r\033[Kmemory            2 verified in 0:02"),
                           HasSubstr("\n"), HasSubstr("[3/3]"), EndsWith("1 not converged")));
  run.fail(2, NotMeasuredStatus::kFailed);
  run.progress.close_family();
  EXPECT_THAT(run.shown(),
              StartsWith("\r\033[Kgemm              0 verified, 1 without a number in 0:00"));
}

TEST(Progress, ALogHasALineAFamilyAndOneEveryTenSeconds) {
  Watched run(ProgressStyle::kLog);
  run.progress.start(run.plan.cases[0]);
  run.now += kLogSeconds - 1;
  run.progress.update(run.plan.cases[0], kTime);
  EXPECT_EQ(run.shown(), "");
  run.now += 1;
  run.progress.update(run.plan.cases[0], kTime);
  EXPECT_THAT(run.shown(), AllOf(HasSubstr("[1/3]"), HasSubstr("memory/read"), EndsWith("\n"),
                                 Not(HasSubstr("\r")), Not(HasSubstr("\033"))));
  run.progress.update(run.plan.cases[0], kTime);
  EXPECT_EQ(run.shown(), "");
  run.measure(0, 1);
  run.progress.close_family();
  EXPECT_THAT(run.shown(), StartsWith("memory            1 verified in 0:"));
  run.progress.close_family();
  EXPECT_EQ(run.shown(), "") << "there is none to close";
}

TEST(Progress, WhatIsNotWantedIsNotShown) {
  Watched run(ProgressStyle::kNone);
  run.measure(0, 100);
  run.progress.update(run.plan.cases[0], kTime);
  run.progress.close_family();
  EXPECT_EQ(run.shown(), "");
}

TEST(Progress, ARepetitionIsNoFurtherCase) {
  Watched run(ProgressStyle::kRedrawn);
  run.measure(0, 1);
  run.measure(0, 1);
  run.shown();
  run.progress.start(run.plan.cases[1]);
  EXPECT_THAT(run.shown(), HasSubstr("[2/3] 33%"));
}

}  // namespace
}  // namespace gpugauge
