#include "harness/answer/break_even_answer.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/base/units.hpp"
#include "tests/unit/answer/fake_advice.hpp"

namespace gpugauge {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

/// Files of the small and the large card, whose measurements are known to 10%.
struct TwoFiles {
  TwoFiles() {
    for (Record& record : records) {
      for (Measurement& m : record.measurements) {
        m.time_ns.low = 0.9 * m.time_ns.value;
        m.time_ns.high = 1.1 * m.time_ns.value;
      }
      times.emplace_back(record);
    }
  }

  BreakEvenSide side(std::size_t file, double dollars) const {
    const Record& record = records[file];
    ServingRequest request;
    request.group.link = link_of(record, nullptr, std::nullopt);
    request.budget = MemoryBudget{.device_bytes = static_cast<double>(record.device.memory_bytes),
                                  .reserve_bytes = kGib};
    return {&times[file], request, rates_of({}, dollars).front(), {}};
  }

  BreakEvenAnswer break_even(double dollars_of_small) const {
    BreakEvenQuestion question;
    question.models = {fake::llama_8b()};
    question.batches = {4};
    question.longest_input = 128;
    std::vector<BreakEvenAnswer> answers =
        break_even_answer(side(0, dollars_of_small), side(1, 5), question);
    EXPECT_THAT(answers, SizeIs(1));
    return std::move(answers.front());
  }

  /// Whether the small one is said to be the cheaper one, the other, or neither.
  Cheaper advised(double dollars_of_small) const {
    const std::vector<ModelConfig> models{fake::llama_8b()};
    const std::vector<std::string> prices{fmt::format("small={}", dollars_of_small), "large=5"};
    const AdviceAnswer answer =
        advice_answer(times, {}, models, fake::advice_request(),
                      {.own = OwnPrices(prices), .offers = {}, .today = {}});
    const Ranking& ranking = answer.advice.front().at_median();
    if (!ranking.is_decided()) return Cheaper::kUndecided;
    return ranking.card(*ranking.winner()).name == "small" ? Cheaper::kA : Cheaper::kB;
  }

  std::deque<Record> records{fake::card_record("small", 500, 24, {1, 64}),
                             fake::card_record("large", 2000, 80, {1, 64})};
  std::vector<StepTimes> times;
};

TEST(BreakEvenAnswer, DecidesAsAdviseDoes) {
  const TwoFiles files;
  const double even = files.break_even(1).comparisons.front().evens.value().price_ratio.value * 5;
  int decided_in_spite_of_overlap = 0;
  for (const double dearer : {0.6, 0.8, 0.83, 0.86, 0.89, 0.95, 1.0, 1.05, 1.14, 1.17, 1.4}) {
    const BreakEvenAnswer answer = files.break_even(dearer * even);
    const CardComparison& c = answer.comparisons.front();
    const Cheaper cheaper = c.evens.value().dollars.cheaper();
    EXPECT_EQ(files.advised(dearer * even), cheaper) << dearer;
    // Each card's own interval holds errors that both share, and the worst of both at once.
    const bool overlap = c.a->dollars_per_million.low <= c.b->dollars_per_million.high &&
                         c.b->dollars_per_million.low <= c.a->dollars_per_million.high;
    if (overlap && cheaper != Cheaper::kUndecided) ++decided_in_spite_of_overlap;
  }
  EXPECT_GT(decided_in_spite_of_overlap, 0) << "these were undecided to break-even alone";
  EXPECT_EQ(files.advised(even), Cheaper::kUndecided);
  EXPECT_EQ(files.advised(0.6 * even), Cheaper::kA);
  EXPECT_EQ(files.advised(1.4 * even), Cheaper::kB);
}

TEST(BreakEvenAnswer, NeedsThePriceOfBoth) {
  const TwoFiles files;
  BreakEvenSide unpriced = files.side(1, 5);
  unpriced.rate = {};
  try {
    break_even_answer(files.side(0, 1), unpriced, {});
    ADD_FAILURE() << "no error";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("no price is known for large; pass --hourly 'large=DOLLARS'"));
  }
}

}  // namespace
}  // namespace gpugauge
