#include "harness/render/table/table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

namespace gpugauge {
namespace {

using testing::HasSubstr;
using testing::Not;

Table sample() {
  Table table;
  table.name = "peaks";
  table.title = "peaks of a card";
  table.columns = {{.key = "metric", .header = "metric", .align = Align::kLeft},
                   {.key = "measured_gbps", .header = "GB/s"},
                   {.key = "case", .header = "", .align = Align::kLeft, .data_only = true}};
  table.rows = {{"read", Cell("3242", 3241.7), "memory/read"},
                {"µ-read", Cell("81.3", 81.3), Cell()}};
  table.notes = {"a note"};
  return table;
}

std::string rendered(const std::vector<Table>& tables, Format format, Style style = {}) {
  std::ostringstream out;
  render(out, tables, format, style);
  return out.str();
}

TEST(RenderTable, AlignsByColumnsOnTheScreen) {
  EXPECT_EQ(rendered({sample()}, Format::kTable),
            "peaks of a card\n"
            "  metric  GB/s\n"
            "  read    3242\n"
            "  µ-read  81.3\n"
            "  a note\n");
}

TEST(RenderTable, LeavesOutEmptyColumnsAndSpacesAtTheEnd) {
  Table table = sample();
  table.columns[2] = {.key = "flags", .header = "flags", .align = Align::kLeft};
  table.rows[0][2] = Cell();
  EXPECT_THAT(rendered({table}, Format::kTable), Not(HasSubstr("flags")));
  table.rows[0][2] = "power-capped";
  EXPECT_THAT(rendered({table}, Format::kTable), HasSubstr("  µ-read  81.3\n"));
}

TEST(RenderTable, SaysWhereThereIsNothing) {
  Table table = sample();
  table.rows.clear();
  table.notes.clear();
  EXPECT_EQ(rendered({table}, Format::kTable), "peaks of a card\n  (none)\n");
}

TEST(RenderTable, PutsAnEmptyLineBetweenTables) {
  EXPECT_THAT(rendered({sample(), sample()}, Format::kTable),
              HasSubstr("  a note\n\npeaks of a card\n"));
}

TEST(RenderTable, ColoursOnlyWhenAskedAndKeepsTheAlignment) {
  Table table = sample();
  table.rows[1][1].tone = Tone::kBad;
  EXPECT_THAT(rendered({table}, Format::kTable), Not(HasSubstr("\x1b")));
  const std::string colored = rendered({table}, Format::kTable, {.color = true});
  EXPECT_THAT(colored, HasSubstr("\x1b[1mpeaks of a card\x1b[0m\n"));
  EXPECT_THAT(colored, HasSubstr("  µ-read  \x1b[31m81.3\x1b[0m\n"));
}

TEST(RenderJson, IsOneObjectOfListsWithFullPrecisionAndNulls) {
  Table table = sample();
  table.rows[0][1].value = 0.1 + 0.2;
  const auto json = nlohmann::ordered_json::parse(rendered({table, sample()}, Format::kJson));
  ASSERT_EQ(json.size(), 1u);
  ASSERT_EQ(json["peaks"].size(), 4u);  // tables of one name are one list
  EXPECT_EQ(json["peaks"][0]["measured_gbps"].get<double>(), 0.1 + 0.2);
  EXPECT_EQ(json["peaks"][0]["case"], "memory/read");
  EXPECT_TRUE(json["peaks"][1]["case"].is_null());
  EXPECT_EQ(json["peaks"][0].begin().key(), "metric");
}

TEST(RenderJson, KeepsTypesAndWritesNoNan) {
  Table table = sample();
  table.rows = {{Cell("yes", true), Cell("7", std::int64_t{7}),
                 Cell("", std::numeric_limits<double>::quiet_NaN())}};
  const std::string text = rendered({table}, Format::kJson);
  EXPECT_THAT(text, HasSubstr("\"metric\": true"));
  EXPECT_THAT(text, HasSubstr("\"measured_gbps\": 7,"));
  EXPECT_THAT(text, HasSubstr("\"case\": null"));
}

TEST(RenderJson, AnEmptyTableIsAnEmptyList) {
  Table table = sample();
  table.rows.clear();
  EXPECT_EQ(nlohmann::json::parse(rendered({table}, Format::kJson))["peaks"],
            nlohmann::json::array());
}

TEST(RenderCsv, HasTheKeysAndQuotesWhatNeedsIt) {
  Table table = sample();
  table.rows[0][0] = "a,\"b\"";
  EXPECT_EQ(rendered({table}, Format::kCsv),
            "metric,measured_gbps,case\n"
            "\"a,\"\"b\"\"\",3241.7,memory/read\n"
            "µ-read,81.3,\n");
}

TEST(RenderCsv, IsTheMainTableAloneWithAllOfItsParts) {
  Table other = sample(), before = sample();
  other.name = "other";
  before.name = "before";
  before.is_aside = true;
  const std::string text = rendered({before, sample(), other, sample()}, Format::kCsv);
  EXPECT_EQ(text,
            "metric,measured_gbps,case\nread,3241.7,memory/read\nµ-read,81.3,\n"
            "read,3241.7,memory/read\nµ-read,81.3,\n");
}

TEST(RenderCsv, WritesNoNan) {
  Table table = sample();
  table.rows = {{"x", Cell("n/a", std::numeric_limits<double>::infinity()), Cell("no", false)}};
  EXPECT_THAT(rendered({table}, Format::kCsv), HasSubstr("x,,false\n"));
}

TEST(RenderMarkdown, IsATableThatGitHubUnderstands) {
  EXPECT_EQ(rendered({sample()}, Format::kMarkdown),
            "### peaks of a card\n\n"
            "| metric | GB/s |\n"
            "| --- | ---: |\n"
            "| read | 3242 |\n"
            "| µ-read | 81.3 |\n"
            "\n- a note\n");
}

TEST(RenderMarkdown, EscapesMarkupNewlinesAndSpacesAtTheEnds) {
  Table table = sample();
  table.rows = {{" a|b\n<img> `x` [l](u) ", Cell("1", 1.0), Cell()}};
  EXPECT_THAT(rendered({table}, Format::kMarkdown),
              HasSubstr("| &nbsp;a\\|b\\\\n\\<img\\> \\`x\\` \\[l\\](u)&nbsp; | 1 |\n"));
}

TEST(Render, NoFormatLetsDataDriveATerminal) {
  Table table = sample();
  table.title = "host \x1b[2J";
  table.rows[0][0] = "\x1b]0;owned\x07\xC2\x9B\xFF";
  table.rows[0][2] = "\x1b[31m";
  table.notes = {"\x1b[0m"};
  for (const Format format : {Format::kTable, Format::kJson, Format::kCsv, Format::kMarkdown}) {
    const std::string text = rendered({table}, format);
    EXPECT_EQ(text.find('\x1b'), std::string::npos) << name_of(format);
    EXPECT_EQ(text.find('\x07'), std::string::npos) << name_of(format);
    EXPECT_EQ(text.find("\xC2\x9B"), std::string::npos) << name_of(format);
    EXPECT_EQ(text.find('\xFF'), std::string::npos) << name_of(format);
  }
}

TEST(Render, BreaksSentencesAtSpacesForPeopleOnly) {
  Table table;
  table.columns = {{.key = "what", .header = "what", .align = Align::kLeft},
                   {.key = "why", .header = "why", .align = Align::kLeft}};
  table.columns[1].narrowing = Narrowing::kWrap;
  table.columns[1].least_width = 9;
  table.rows = {{Cell("a"), Cell("one two three")}, {Cell("b"), Cell("unbreakable")}};
  EXPECT_EQ(rendered({table}, Format::kTable, {.width = 17}),
            "  what  why\n"
            "  a     one two\n"
            "        three\n"
            "  b     unbreakab\n"
            "        le\n");
  EXPECT_THAT(rendered({table}, Format::kCsv, {.width = 17}),
              testing::HasSubstr("a,one two three\n"));
}

TEST(Render, TitlesAndNotesGoOnFurtherInAtTheWidth) {
  Table table = sample();
  table.notes = {"a note that does not fit"};
  EXPECT_EQ(rendered({table}, Format::kTable, {.width = 14}),
            "peaks of a\n"
            "  card\n"
            "  metric  GB/s\n"
            "  read    3242\n"
            "  µ-read  81.3\n"
            "  a note\n"
            "    that does\n"
            "    not fit\n");
}

TEST(Render, SaysOnceWhatANarrowTerminalDoesNotShow) {
  Table table = sample();
  table.columns[1].dispensable = 1;
  table.rows[0][0] = "memory read of 4 GiB";
  const std::string text = rendered({table, table}, Format::kTable, {.width = 27});
  EXPECT_THAT(text, Not(HasSubstr("3242")));
  const auto first = text.find("not shown:");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(text.find("not shown:", first + 1), std::string::npos);
  EXPECT_GT(first, text.rfind("µ-read"));
  EXPECT_THAT(rendered({table}, Format::kTable, {.width = 28}), Not(HasSubstr("not shown")));
}

TEST(Render, IsALineACellWhereNoLayoutFits) {
  EXPECT_EQ(rendered({sample()}, Format::kTable, {.width = 12}),
            "peaks of a\n"
            "  card\n"
            "  metric:\n"
            "    read\n"
            "  GB/s: 3242\n"
            "\n"
            "  metric:\n"
            "    µ-read\n"
            "  GB/s: 81.3\n"
            "  a note\n");
}

TEST(Render, OnlyTheTerminalTableDependsOnTheWidth) {
  Table table = sample();
  table.columns[1].dispensable = 1;
  for (const Format format : {Format::kJson, Format::kCsv, Format::kMarkdown})
    EXPECT_EQ(rendered({table}, format, {.width = 10}), rendered({table}, format));
}

TEST(Render, ColoursTakeNoRoom) {
  Table table = sample();
  table.rows[1][1].tone = Tone::kBad;
  EXPECT_THAT(rendered({table}, Format::kTable, {.color = true, .width = 14}),
              HasSubstr("  µ-read  \x1b[31m81.3\x1b[0m\n"));
}

}  // namespace
}  // namespace gpugauge
