#include "harness/config/expression.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/error.hpp"

namespace gpugauge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<Signature> kFunctions{{"price", "device, provider"}, {"cost", "rate, [gpus]"}};

std::string round_trip(std::string_view text) {
  return to_string(parse_expression(text, kFunctions));
}
std::string expression_error(std::string_view text) {
  try {
    return "no error: " + round_trip(text);
  } catch (const UsageError& error) {
    return error.what();
  }
}

TEST(ParseExpression, KeepsPrecedenceAndGroupsFromTheLeft) {
  EXPECT_EQ(round_trip("1 + 2*3"), "1 + (2 * 3)");
  EXPECT_EQ(round_trip("(1 + 2) * 3"), "(1 + 2) * 3");
  EXPECT_EQ(round_trip("8 - 4 - 2"), "(8 - 4) - 2");
  EXPECT_EQ(round_trip("8/4/2"), "(8 / 4) / 2");
}

TEST(ParseExpression, NamesAndClaimsMayHoldAHyphen) {
  EXPECT_EQ(round_trip("price(h100-sxm5, AWS) - @a-b.c"), "price(h100-sxm5, AWS) - @a-b.c");
  EXPECT_EQ(parse_expression("llama-3.1-8b", kFunctions).kind, Expression::Kind::kName);
  EXPECT_EQ(parse_expression("@x", kFunctions).kind, Expression::Kind::kClaim);
}

TEST(ParseExpression, SaysWhereItWentWrong) {
  EXPECT_EQ(expression_error("1 + "),
            "'1 + ' has its end at character 5, expected a number, a name, a "
            "call, @claim or '('");
  EXPECT_THAT(expression_error("(1"), HasSubstr("expected ')'"));
  EXPECT_THAT(expression_error("1 2"), HasSubstr("has '2' at character 3, expected an operator"));
  EXPECT_THAT(expression_error("@1"), HasSubstr("expected the id of a claim"));
  EXPECT_THAT(expression_error("1e999"), HasSubstr("expected a number"));
  EXPECT_THAT(expression_error(""), HasSubstr("its end"));
  EXPECT_THAT(expression_error(std::string(100, '(')), HasSubstr("at most 64 open parentheses"));
}

TEST(ParseExpression, AnUnknownFunctionHasANearestName) {
  EXPECT_THAT(expression_error("pirce(a, b)"), HasSubstr("unknown metric 'pirce'"));
  EXPECT_THAT(expression_error("pirce(a, b)"), HasSubstr("did you mean 'price'?"));
}

TEST(ParseExpression, CountsArguments) {
  EXPECT_THAT(expression_error("price(a)"), HasSubstr("price takes (device, provider), 1 given"));
  EXPECT_THAT(expression_error("cost(1, 2, 3)"), HasSubstr("cost takes (rate, [gpus]), 3 given"));
  EXPECT_EQ(round_trip("cost(1)"), "cost(1)");
  EXPECT_EQ(round_trip("cost(1, 2)"), "cost(1, 2)");
}

TEST(ClaimsIn, EachOnceInOrder) {
  EXPECT_THAT(claims_in(parse_expression("@b / (cost(@a) + @b)", kFunctions)),
              ElementsAre("b", "a"));
}

}  // namespace
}  // namespace gpugauge
