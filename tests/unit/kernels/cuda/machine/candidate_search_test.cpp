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

/// Candidates that take these times a launch; a negative one cannot run.
class FakeCandidates {
 public:
  explicit FakeCandidates(std::vector<double> seconds) : seconds_(std::move(seconds)) {}

  std::optional<std::size_t> search(const SearchPolicy& policy = {}) {
    return search_candidates(
        seconds_.size(),
        [this](std::size_t i, std::int64_t launches) -> std::unique_ptr<Replay> {
          prepared_.push_back(i);
          most_launches_ = std::max(most_launches_, launches);
          if (seconds_[i] < 0) throw EnvironmentError("not supported");
          return std::make_unique<FakeReplay>(seconds_[i], launches);
        },
        policy);
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
  const auto best =
      search_candidates(2, [&](std::size_t i, std::int64_t) -> std::unique_ptr<Replay> {
        if (i == 1) return std::make_unique<Fading>(runs_of_second);
        return std::make_unique<FakeReplay>(2e-6, 1);
      });
  EXPECT_THAT(best, Optional(0));
}

TEST(SearchCandidates, DoesNotSwallowAnInterrupt) {
  EXPECT_THROW(
      search_candidates(
          1, [](std::size_t, std::int64_t) -> std::unique_ptr<Replay> { throw Interrupted(); }),
      Interrupted);
}

TEST(CandidateSearch, NamesTheCandidateThatKillsTheContext) {
  const PrepareCandidate prepare = [](std::size_t i, std::int64_t n) -> std::unique_ptr<Replay> {
    if (i == 2) throw DeviceLost("illegal address");
    return std::make_unique<FakeReplay>(1e-6, n);
  };
  try {
    (void)search_candidates(4, prepare);
    FAIL() << "went on with a dead context";
  } catch (const DeviceLost& error) {
    EXPECT_STREQ(error.what(), "candidate 2 of a search: illegal address");
  }
}

}  // namespace
}  // namespace gpugauge
