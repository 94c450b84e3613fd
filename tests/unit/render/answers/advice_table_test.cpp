#include "harness/render/answers/advice_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/unit/answer/fake_advice.hpp"

namespace gpugauge {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string answer(const fake::Cards& fixture, const AdviceRequest& request) {
  return answer_of(fake::advice_of(fixture, request), request);
}

TEST(Answer, NamesCardPriceMarginAndProbability) {
  fake::Cards fixture;
  fixture.small().rates = {fake::rate(0.5)};
  const std::string text = answer(fixture, fake::advice_request());
  EXPECT_THAT(text, HasSubstr("Rent small at $0.50 a GPU-hour (on-demand)"));
  EXPECT_THAT(text, HasSubstr("large at $5.00"));
  EXPECT_THAT(text, HasSubstr("P = 1.00"));
  EXPECT_THAT(text, HasSubstr("at each card's own largest batch"));
}

TEST(Answer, SaysWhatWouldDecide) {
  fake::Cards fixture;
  const double ratio =
      1 + fake::advice_of(fixture, fake::advice_request()).at_median().options[1].margin;
  fixture.small().rates = {fake::rate(ratio)};
  EXPECT_THAT(answer(fixture, fake::advice_request()),
              testing::AllOf(HasSubstr("Undecided at batch 4"),
                             HasSubstr("interpolated or modelled: measure it with gpugauge run")));
}

TEST(Answer, SaysThatNothingServesOrNoOtherDoes) {
  fake::Cards fixture;
  fixture.large().rates.clear();
  EXPECT_THAT(answer(fixture, fake::advice_request()),
              HasSubstr("no other card here serves the model"));
  fixture.small().rates.clear();
  EXPECT_THAT(answer(fixture, fake::advice_request()), HasSubstr("No card"));
}

TEST(Answer, WarnsOfBundles) {
  fake::Cards fixture;
  fixture.small().rates = {fake::rate(0.5, RateKind::kOnDemand, 8)};
  EXPECT_THAT(answer(fixture, fake::advice_request()), HasSubstr("all 8 GPUs of a bundle"));
}

TEST(AdviceTables, FitAPageAndCarryEverything) {
  fake::Cards fixture;
  fixture.large().rates.push_back(fake::rate(3, RateKind::kSpot));
  AdviceRequest request = fake::advice_request({4, 64});
  request.tokens_per_day = {1e7, 1e9};
  AdviceAnswer answer;
  answer.advice.push_back(fake::advice_of(fixture, request));
  const std::vector<Table> tables = advice_tables(answer, request);
  EXPECT_EQ(tables.front().name, "advice");
  EXPECT_EQ(tables.back().name, "answer");
  std::ostringstream out;
  render(out, tables, Format::kTable, {.width = 120});
  std::istringstream lines(out.str());
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 124U) << line;
  for (const char* title : {"checklist", "what would make", "batch 64", "own largest batch"})
    EXPECT_THAT(out.str(), HasSubstr(title));
}

}  // namespace
}  // namespace gpugauge
