#include "kernels/cuda/machine/candidate_search.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gpugauge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

/// Takes the same time every run.
class FakeReplay final : public Replay {
 public:
  FakeReplay(double seconds, std::int64_t launches) : seconds_(seconds), launches_(launches) {}
  Sample run() override {
    return {.seconds = seconds_ * static_cast<double>(launches_), .telemetry = {}};
  }
  std::int64_t launches() const override { return launches_; }

 private:
  double seconds_;
  std::int64_t launches_;
};

using Prepare = std::function<std::unique_ptr<Replay>(std::size_t, std::int64_t)>;

/// Candidates `number 0`, `number 1`, …
CandidateSet set_of(Prepare prepare) {
  return {.prepare = std::move(prepare),
          .name = [](std::size_t i) { return fmt::format("number {}", i); },
          .require_alive = [] {}};
}

/// Candidates that take these times a launch; a negative one cannot run.
class FakeCandidates {
 public:
  explicit FakeCandidates(std::vector<double> seconds) : seconds_(std::move(seconds)) {}

  CandidateSet set() {
    return set_of([this](std::size_t i, std::int64_t launches) -> std::unique_ptr<Replay> {
      prepared_.push_back(i);
      most_launches_ = std::max(most_launches_, launches);
      if (seconds_[i] < 0) throw EnvironmentError("not supported");
      return std::make_unique<FakeReplay>(seconds_[i], launches);
    });
  }
  Searched search(const SearchRules& rules, const SearchPolicy& policy = {}) {
    return search_candidates(seconds_.size(), set(), rules, policy);
  }
  std::optional<std::size_t> search(const SearchPolicy& policy = {}) {
    return search(SearchRules(), policy).best;
  }
  /// Which candidates were made ready, in order.
  const std::vector<std::size_t>& prepared() const { return prepared_; }
  std::int64_t most_launches() const { return most_launches_; }

 private:
  std::vector<double> seconds_;
  std::vector<std::size_t> prepared_;
  std::int64_t most_launches_ = 0;
};

TEST(Fastest, OrdersByTimeAndLeavesOutWhatHasNone) {
  EXPECT_THAT(fastest({3.0, std::nullopt, 1.0, 2.0}, 10), ElementsAre(2, 3, 0));
  EXPECT_THAT(fastest({3.0, std::nullopt, 1.0, 2.0}, 2), ElementsAre(2, 3));
  EXPECT_THAT(fastest({std::nullopt}, 2), IsEmpty());
  EXPECT_THAT(fastest({}, 2), IsEmpty());
}

TEST(Fastest, KeepsTheOrderOfEquals) {
  EXPECT_THAT(fastest({1.0, 1.0, 1.0}, 2), ElementsAre(0, 1));
}

TEST(SearchCandidates, FindsTheFastest) {
  EXPECT_THAT(FakeCandidates({5e-6, 4e-6, 3e-6, 9e-6}).search(), Optional(2));
}

TEST(SearchCandidates, SkipsWhatCannotRun) {
  EXPECT_THAT(FakeCandidates({-1, 4e-6, -1, 9e-6}).search(), Optional(1));
}

TEST(SearchCandidates, HasNoAnswerWhereNothingRuns) {
  EXPECT_EQ(FakeCandidates({-1, -1}).search(), std::nullopt);
  EXPECT_EQ(FakeCandidates({}).search(), std::nullopt);
}

TEST(SearchCandidates, KeepsTheFirstWhereNothingIsFaster) {
  EXPECT_THAT(FakeCandidates({2e-6, 2e-6, 2e-6}).search(), Optional(0));
}

TEST(SearchCandidates, TimesTheFirstAgainThoughOthersScreenedFaster) {
  FakeCandidates candidates({9e-6, 1e-6, 2e-6, 3e-6});
  SearchPolicy policy;
  policy.finalists = 2;
  EXPECT_THAT(candidates.search(policy), Optional(1));
  // Estimate, screening, then the two fastest and the first.
  EXPECT_THAT(candidates.prepared(), ElementsAre(0, 0, 1, 2, 3, 1, 2, 0));
}

TEST(SearchCandidates, MakesAReplayLongEnoughButNotEndless) {
  FakeCandidates quick({10e-6});
  (void)quick.search();
  EXPECT_EQ(quick.most_launches(), 20);
  FakeCandidates slow({0.01});
  (void)slow.search();
  EXPECT_EQ(slow.most_launches(), 1);
  FakeCandidates instant({1e-9});
  (void)instant.search();
  EXPECT_EQ(instant.most_launches(), 200);
}

TEST(SearchCandidates, JudgesFinalistsByTheMedianOfTheirOwnRounds) {
  // The second screens faster once, and is slower ever after.
  int runs_of_second = 0;
  class Fading final : public Replay {
   public:
    explicit Fading(int& runs) : runs_(runs) {}
    Sample run() override { return {.seconds = runs_++ < 3 ? 1e-6 : 9e-6, .telemetry = {}}; }
    std::int64_t launches() const override { return 1; }

   private:
    int& runs_;
  };
  const auto found =
      search_candidates(2, set_of([&](std::size_t i, std::int64_t) -> std::unique_ptr<Replay> {
                          if (i == 1) return std::make_unique<Fading>(runs_of_second);
                          return std::make_unique<FakeReplay>(2e-6, 1);
                        }));
  EXPECT_THAT(found.best, Optional(0));
  EXPECT_EQ(found.limits, "");
}

TEST(SearchCandidates, DoesNotSwallowAnInterrupt) {
  EXPECT_THROW(
      search_candidates(1, set_of([](std::size_t, std::int64_t) -> std::unique_ptr<Replay> {
                          throw Interrupted();
                        })),
      Interrupted);
}

TEST(SearchCandidates, AsksBetweenCandidatesWhetherToStop) {
  FakeCandidates candidates({5e-6, 4e-6, 3e-6, 9e-6});
  SearchRules rules;
  rules.stop_requested = [&] { return candidates.prepared().size() >= 3; };
  EXPECT_THROW((void)candidates.search(rules), Interrupted);
  EXPECT_THAT(candidates.prepared(), ElementsAre(0, 0, 1));
}

TEST(SearchBudget, EndsTheSearchWithTheBestSoFarAndSaysSo) {
  FakeCandidates candidates({5e-6, 4e-6, 3e-6, 1e-6, 9e-6});
  double now = 100;
  SearchRules rules;
  rules.budget_seconds = 2.5;
  rules.now_seconds = [&] { return now++; };  // asked as it begins, and once something runs
  const Searched found = candidates.search(rules);
  EXPECT_THAT(found.best, Optional(2));
  EXPECT_EQ(found.limits, "the search's budget of 2.5 s was over after 3 of 5 candidates");
}

TEST(SearchBudget, IsNotOverBeforeSomethingRuns) {
  FakeCandidates candidates({-1, -1, 3e-6, 1e-6});
  SearchRules rules;
  rules.budget_seconds = 0;
  EXPECT_THAT(candidates.search(rules).best, Optional(2));
}

TEST(SearchBudget, OfAScopeHoldsForEverySearchInIt) {
  FakeCandidates candidates({5e-6, 4e-6});
  {
    SearchRules rules;
    rules.budget_seconds = 0;
    const SearchScope scope(rules);
    EXPECT_THAT(search_candidates(2, candidates.set()).best, Optional(0));
  }
  EXPECT_THAT(search_candidates(2, candidates.set()).best, Optional(1));
}

TEST(LostCandidates, AreNotTriedAndNamed) {
  FakeCandidates candidates({5e-6, 1e-6, 3e-6});
  SearchRules rules;
  rules.lost = {{"number 1", "hung"}};
  const Searched found = candidates.search(rules);
  EXPECT_THAT(found.best, Optional(2));
  EXPECT_EQ(found.limits, "left out: number 1 (hung)");
  EXPECT_THAT(candidates.prepared(), testing::Not(testing::Contains(1)));
}

/// What the search says of the candidate that runs, the last first.
struct Told {
  std::vector<std::string> names;
  SearchRules rules() {
    SearchRules rules;
    rules.on_candidate = [this](const std::string& name) { names.push_back(name); };
    return rules;
  }
};

TEST(LostCandidates, TheOneThatRunsIsTold) {
  Told told;
  FakeCandidates({2e-6}).search(told.rules());
  ASSERT_GE(told.names.size(), 4u);
  for (std::size_t i = 0; i < told.names.size(); ++i)
    EXPECT_EQ(told.names[i], i % 2 == 0 ? "number 0" : "");
}

/// What of candidate 2 kills the context.
void expect_lost(CandidateSet set) {
  Told told;
  try {
    (void)search_candidates(4, std::move(set), told.rules());
    FAIL() << "went on with a dead context";
  } catch (const CandidateLost& error) {
    EXPECT_EQ(error.candidate(), "number 2");
    EXPECT_STREQ(error.what(), "candidate number 2 of a search: illegal address");
  }
  EXPECT_EQ(told.names.back(), "");
}

TEST(LostCandidates, ThatKillTheContextAreNamed) {
  expect_lost(set_of([](std::size_t i, std::int64_t n) -> std::unique_ptr<Replay> {
    if (i == 2) throw DeviceLost("illegal address");
    return std::make_unique<FakeReplay>(1e-6, n);
  }));
}

TEST(LostCandidates, ThatKillTheContextBehindALibrarysBackAreNamed) {
  bool dead = false;
  CandidateSet set = set_of([&](std::size_t i, std::int64_t n) -> std::unique_ptr<Replay> {
    dead = i == 2;
    if (dead) throw EnvironmentError("illegal address");
    return std::make_unique<FakeReplay>(1e-6, n);
  });
  set.require_alive = [&] {
    if (dead) throw DeviceLost("dead");
  };
  expect_lost(std::move(set));
}

TEST(LostCandidates, WhatDiedBeforeTheSearchIsNoneOfThem) {
  FakeCandidates candidates({1e-6});
  CandidateSet set = candidates.set();
  set.require_alive = [] { throw DeviceLost("dead"); };
  try {
    (void)search_candidates(1, std::move(set));
    FAIL() << "went on with a dead context";
  } catch (const CandidateLost&) {
    FAIL() << "blamed a candidate";
  } catch (const DeviceLost&) {
  }
}

TEST(IsClear, NeedsIntervalsThatAreApart) {
  const Finalist fast{0, {.value = 1, .low = 0.9, .high = 1.1}};
  EXPECT_TRUE(is_clear({fast}));
  EXPECT_TRUE(is_clear({fast, {1, {.value = 1.2, .low = 1.15, .high = 1.3}}}));
  EXPECT_FALSE(is_clear({fast, {1, {.value = 1.2, .low = 1.05, .high = 1.3}}}));
}

}  // namespace
}  // namespace gpugauge
