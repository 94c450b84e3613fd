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

std::string details(const fake::Cards& fixture, const AdviceRequest& request) {
  std::string text;
  for (const std::string& detail : answer_details(fake::advice_of(fixture, request), request))
    text += detail + '\n';
  return text;
}

TEST(Answer, NamesCardMarginAndPriceAndHowSurely) {
  fake::Cards fixture;
  fixture.small().rates = {fake::rate(0.5)};
  const std::string text = answer(fixture, fake::advice_request());
  EXPECT_THAT(text, testing::StartsWith("2 x small, "));
  EXPECT_THAT(text, HasSubstr("% cheaper than large at batch 4 and each card's largest ($"));
  EXPECT_THAT(text, HasSubstr("; $1.00 an hour"));
  EXPECT_THAT(details(fixture, fake::advice_request()),
              testing::AllOf(HasSubstr(">0.99 at batch 4"), HasSubstr("not a change of price"),
                             Not(HasSubstr("P = 1.00"))));
}

TEST(Answer, AProbabilityIsNeverCertain) {
  EXPECT_EQ(format_probability(1), ">0.99");
  EXPECT_EQ(format_probability(0.98), "0.98");
  EXPECT_EQ(format_probability(0), "<0.01");
}

TEST(Answer, SaysWhatWouldDecideAndDoesNotContradictItself) {
  fake::Cards fixture;
  const double ratio =
      1 + fake::advice_of(fixture, fake::advice_request()).at_median().options[1].margin;
  fixture.small().rates = {fake::rate(ratio)};
  EXPECT_THAT(answer(fixture, fake::advice_request()),
              testing::AllOf(testing::StartsWith("Undecided between "), HasSubstr(" at batch 4"),
                             Not(HasSubstr("same card wins"))));
  EXPECT_THAT(details(fixture, fake::advice_request()),
              HasSubstr("interpolated or modelled: measure it with gpugauge run"));
}

TEST(Answer, SaysThatNothingServesOrNoOtherDoes) {
  fake::Cards fixture;
  fixture.large().rates.clear();
  EXPECT_THAT(answer(fixture, fake::advice_request()), HasSubstr("the only card that serves"));
  EXPECT_THAT(details(fixture, fake::advice_request()),
              HasSubstr("no other card here serves the model"));
  fixture.small().rates.clear();
  EXPECT_THAT(answer(fixture, fake::advice_request()), HasSubstr("No card"));
}

TEST(Answer, WarnsOfBundles) {
  fake::Cards fixture;
  fixture.small().rates = {fake::rate(0.5, RateKind::kOnDemand, 8)};
  EXPECT_THAT(answer(fixture, fake::advice_request()), HasSubstr("; sold by 8: $4.00 an hour"));
  EXPECT_THAT(details(fixture, fake::advice_request()), HasSubstr("all 8 GPUs of a bundle"));
}

TEST(AdviceTables, FitAPageAndCarryEverything) {
  fake::Cards fixture;
  fixture.large().rates.push_back(fake::rate(3, RateKind::kSpot));
  AdviceRequest request = fake::advice_request({4, 64});
  request.tokens_per_day = {1e7, 1e9};
  AdviceAnswer answer;
  answer.advice.push_back(fake::advice_of(fixture, request));
  const std::vector<Table> tables = advice_tables(answer, request);
  EXPECT_EQ(tables.front().name, "answer");
  EXPECT_EQ(tables[1].name, "advice");
  std::ostringstream out;
  render(out, tables, Format::kTable, {.width = 120});
  std::istringstream lines(out.str());
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 124U) << line;
  for (const char* title : {"checklist", "would be cheaper than", "batch 64", "own largest batch"})
    EXPECT_THAT(out.str(), HasSubstr(title));
}

}  // namespace
}  // namespace gpugauge
