#include "harness/measure/runner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "tests/unit/measure/fake_device.hpp"

namespace gpugauge {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::ThrowsMessage;

class Recorder : public RunObserver {
 public:
  void on_start(const PlannedCase& planned) override { started.push_back(planned.name); }
  void on_progress(const PlannedCase&, const Estimate&, int) override { ++progress; }
  void on_outcome(const CaseOutcome& outcome) override {
    if (fail_on_outcome) throw EnvironmentError("disk full");
    if (const auto* m = std::get_if<Measurement>(&outcome.result)) {
      measured.push_back(m->name);
    } else {
      none.push_back(std::get<NotMeasured>(outcome.result).name);
    }
  }

  std::vector<std::string> started, measured, none;
  int progress = 0;
  bool fail_on_outcome = false;
};

Plan plan_of(const FakeImplementation& fake) {
  Plan plan;
  plan.cases = {fake.planned(MemoryStream{MemoryPattern::kRead, 1 << 20}),
                fake.planned(MemoryStream{MemoryPattern::kCopy, 1 << 20})};
  return plan;
}

const std::function<bool()> kNever = [] { return false; };

TEST(RunCases, RunsEveryCaseOnceInOrder) {
  FakeDevice device;
  const FakeImplementation fake({});
  Recorder recorder;
  run_cases(plan_of(fake), device, {}, recorder, kNever);
  EXPECT_THAT(recorder.measured,
              ElementsAre("memory/read/1MiB/fake/cold", "memory/copy/1MiB/fake/cold"));
  EXPECT_EQ(recorder.started, recorder.measured);
  EXPECT_GT(recorder.progress, 0);
}

TEST(RunCases, GivesUnsupportedCasesTheirReasonAndGoesOn) {
  FakeDevice device;
  const FakeImplementation fake({});
  Plan plan = plan_of(fake);
  plan.cases[0].unsupported = "no such instruction";
  Recorder recorder;
  run_cases(plan, device, {}, recorder, kNever);
  EXPECT_THAT(recorder.none, ElementsAre("memory/read/1MiB/fake/cold"));
  EXPECT_THAT(recorder.measured, ElementsAre("memory/copy/1MiB/fake/cold"));
}

TEST(RunCases, GoesOnAfterACaseThatThrows) {
  FakeDevice device;
  int made = 0;
  FakeBehaviour first_breaks;
  first_breaks.on_make = [&] {
    if (++made == 1) throw EnvironmentError("no luck");
  };
  const FakeImplementation fake(first_breaks);
  Recorder recorder;
  run_cases(plan_of(fake), device, {}, recorder, kNever);
  EXPECT_EQ(recorder.none.size(), 1u);
  EXPECT_EQ(recorder.measured.size(), 1u);
}

TEST(RunCases, StopsWhenTheObserverCannotKeepTheResult) {
  FakeDevice device;
  const FakeImplementation fake({});
  Recorder recorder;
  recorder.fail_on_outcome = true;
  EXPECT_THAT([&] { run_cases(plan_of(fake), device, {}, recorder, kNever); },
              ThrowsMessage<EnvironmentError>("disk full"));
  EXPECT_EQ(recorder.started.size(), 1u);
}

TEST(RunCases, StopsOnRequest) {
  FakeDevice device;
  const FakeImplementation fake({});
  Recorder recorder;
  EXPECT_THROW(run_cases(plan_of(fake), device, {}, recorder, [] { return true; }), Interrupted);
  EXPECT_THAT(recorder.measured, IsEmpty());
}

TEST(RunCases, RepeatsWhenGoogleBenchmarkIsToldTo) {
  FakeDevice device;
  const FakeImplementation fake({});
  Recorder recorder;
  initialize_benchmark_library(parse_benchmark_arguments({"--benchmark_repetitions=3"}));
  run_cases(plan_of(fake), device, {}, recorder, kNever);
  initialize_benchmark_library(parse_benchmark_arguments({"--benchmark_repetitions=1"}));
  EXPECT_EQ(recorder.measured.size(), 6u);
}

TEST(InitializeBenchmarkLibrary, RefusesAFlagThatGoogleBenchmarkDoesNotKnow) {
  const auto arguments = parse_benchmark_arguments({"--benchmark_nonsense=1"});
  EXPECT_THAT([&] { initialize_benchmark_library(arguments); },
              ThrowsMessage<UsageError>(HasSubstr("--benchmark_nonsense")));
}

TEST(ParseBenchmarkArguments, RefusesAFormatThatTheLibraryWouldLeaveOver) {
  for (const char* argument : {"--benchmark_format=xml", "--benchmark_out_format=xml"}) {
    EXPECT_THAT([&] { parse_benchmark_arguments({argument}); },
                ThrowsMessage<UsageError>(HasSubstr("'xml'")));
  }
  EXPECT_EQ(parse_benchmark_arguments({"--benchmark_format=json"}).own_output, "json");
}

TEST(ParseBenchmarkArguments, KeepsTheFilterForThePlan) {
  const BenchmarkArguments parsed = parse_benchmark_arguments(
      {"--benchmark_filter=read", "--benchmark_repetitions=2", "--benchmark_list_tests"});
  EXPECT_EQ(parsed.filter, "read");
  EXPECT_TRUE(parsed.list_tests);
  EXPECT_EQ(parsed.own_output, std::nullopt);
  EXPECT_THAT(parsed.passed_on, ElementsAre("--benchmark_repetitions=2", "--benchmark_list_tests"));
}

TEST(ParseBenchmarkArguments, RefusesWhatIsNotGoogleBenchmarks) {
  EXPECT_THAT([] { parse_benchmark_arguments({"--suite=quick"}); },
              ThrowsMessage<UsageError>(HasSubstr("--suite=quick")));
}

TEST(ApplyFilter, KeepsMatchesOfEitherName) {
  const FakeImplementation fake({});
  for (const char* filter : {"read", "read/1MiB/fake/cold$", "read.*manual_time$", "-copy"}) {
    Plan plan = plan_of(fake);
    apply_filter(plan, filter);
    ASSERT_EQ(plan.cases.size(), 1u) << filter;
    EXPECT_EQ(plan.cases[0].name, "memory/read/1MiB/fake/cold");
  }
  Plan plan = plan_of(fake);
  apply_filter(plan, "all");
  EXPECT_EQ(plan.cases.size(), 2u);
}

TEST(ApplyFilter, RefusesAnEmptyResultAndABrokenExpression) {
  const FakeImplementation fake({});
  Plan plan = plan_of(fake);
  EXPECT_THAT([&] { apply_filter(plan, "gemm"); },
              ThrowsMessage<UsageError>(HasSubstr("none of what is planned, 2 cases")));
  Plan again = plan_of(fake);
  EXPECT_THAT([&] { apply_filter(again, "["); },
              ThrowsMessage<UsageError>(HasSubstr("regular expression")));
}

TEST(FilterNames, WhatItKeepsByNameAndNotByWhatItLeavesOut) {
  EXPECT_TRUE(filter_names("read/", "memory/read/1MiB/fake/cold"));
  EXPECT_FALSE(filter_names("copy", "memory/read/1MiB/fake/cold"));
  EXPECT_FALSE(filter_names("-copy", "memory/read/1MiB/fake/cold"));
  EXPECT_FALSE(filter_names("", "memory/read/1MiB/fake/cold"));
}

std::vector<std::string> turned(int cases, const std::string& turn) {
  Plan plan;
  for (int i = 0; i < cases; ++i) {
    plan.cases.emplace_back();
    plan.cases.back().name = std::to_string(i);
  }
  rotate(plan, turn_from_text(turn));
  std::vector<std::string> names;
  for (const PlannedCase& planned : plan.cases) names.push_back(planned.name);
  return names;
}

TEST(Rotate, EveryTurnBeginsElsewhereAndRunsAll) {
  EXPECT_THAT(turned(4, "1/2"), ElementsAre("0", "1", "2", "3"));
  EXPECT_THAT(turned(4, "2/2"), ElementsAre("2", "3", "0", "1"));
  EXPECT_THAT(turned(5, "3/3"), ElementsAre("3", "4", "0", "1", "2"));
  EXPECT_THAT(turned(2, "5/5"), ElementsAre("1", "0"));
}

TEST(Rotate, RefusesATurnThatIsNone) {
  for (const char* turn : {"", "2", "0/5", "6/5", "1/0", "-1/5", "1/5x", "a/b"}) {
    EXPECT_THAT([&] { turn_from_text(turn); },
                ThrowsMessage<UsageError>(HasSubstr("expected K/N such as 2/5")))
        << turn;
  }
}

}  // namespace
}  // namespace gpugauge
