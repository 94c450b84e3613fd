#include "harness/config/csv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/error.hpp"

namespace gpugauge {
namespace {

using testing::ElementsAre;

std::string csv_reading_error(std::string_view text) {
  try {
    parse_csv(text, "p.csv");
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

TEST(ParseCsv, ReadsPlainAndQuotedCells) {
  const auto rows = parse_csv("a,b\n\"x, y\",\"say \"\"hi\"\"\"\n,\n", "p.csv");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_THAT(rows[0].cells, ElementsAre("a", "b"));
  EXPECT_THAT(rows[1].cells, ElementsAre("x, y", "say \"hi\""));
  EXPECT_THAT(rows[2].cells, ElementsAre("", ""));
}

TEST(ParseCsv, TakesEitherLineEndAndNoneAtTheEnd) {
  for (const char* text : {"a,b\r\nc,d\r\n", "a,b\nc,d\n", "a,b\nc,d",
                           "\xEF\xBB\xBF"
                           "a,b\nc,d",
                           "a,\"b\"\r\n\"c\",d\r\n", "\na,b\n\r\nc,d\n\n"}) {
    const auto rows = parse_csv(text, "p.csv");
    ASSERT_EQ(rows.size(), 2U) << text;
    EXPECT_THAT(rows[0].cells, ElementsAre("a", "b"));
    EXPECT_THAT(rows[1].cells, ElementsAre("c", "d"));
  }
}

TEST(ParseCsv, CountsLinesInsideQuotes) {
  const auto rows = parse_csv("a\n\"1\n2\r\n3\"\n\nb\n", "p.csv");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_THAT(rows[1].cells, ElementsAre("1\n2\r\n3"));
  EXPECT_EQ(rows[1].line, 2);
  EXPECT_EQ(rows[2].line, 6);
}

TEST(ParseCsv, ReadsATrailingCommaAsAnEmptyCell) {
  const auto rows = parse_csv("a,\n\"b\",", "p.csv");
  EXPECT_THAT(rows[0].cells, ElementsAre("a", ""));
  EXPECT_THAT(rows[1].cells, ElementsAre("b", ""));
}

TEST(ParseCsv, HasNoRowsInAnEmptyText) {
  EXPECT_TRUE(parse_csv("", "p.csv").empty());
  EXPECT_TRUE(parse_csv("\n\r\n", "p.csv").empty());
}

TEST(ParseCsv, RefusesQuotesOutOfPlace) {
  EXPECT_EQ(csv_reading_error("a\nb,\"c\nd"), "p.csv:2: a quote that is never closed");
  EXPECT_EQ(csv_reading_error("a\n\"b\"c,d\n"),
            "p.csv:2: text after a closing quote, expected a comma");
  EXPECT_EQ(csv_reading_error("a\nb\"c\n"),
            "p.csv:2: a quote inside a cell, expected the whole cell in quotes");
}

}  // namespace
}  // namespace gpugauge
