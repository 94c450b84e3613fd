#include "harness/render/table/layout.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>

#include "harness/render/table/columns.hpp"
#include "harness/render/table/text.hpp"

namespace gpugauge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Of names that differ in their middle, numbers and sentences: 2 + 36 + 2 + 10 + 2 + 10 + 2 + 48.
Table layout_sample() {
  Table table;
  table.columns = {shortening(10, text_column("case", "case")),
                   dispensable(1, number_column("rate", "tokens/s")),
                   dispensable(2, number_column("both", "two words")),
                   sentence_column("why", "because")};
  for (int m = 0; m < 4; ++m)
    table.rows.push_back({Cell("gemm/bf16/llama/m:" + std::to_string(m) + "/n:4096/k:4096/cold"),
                          Cell("1234567890"), Cell("123456"),
                          Cell("the clocks differ, and so does 日本語 by its width")});
  return table;
}

TEST(Layout, HasItsNaturalWidthWhereThereIsRoom) {
  const Layout wide = lay_out(layout_sample(), 200);
  EXPECT_EQ(width_of(wide), width_of(lay_out(layout_sample(), kUnlimitedWidth)));
  EXPECT_LT(width_of(wide), 120u);
  EXPECT_THAT(wide.left_out, IsEmpty());
  EXPECT_THAT(wide.shortened, IsEmpty());
  EXPECT_EQ(wide.columns[3].cells[0].size(), 1u);
}

TEST(Layout, BreaksHeadersFirstThenSentencesThenNames) {
  const std::size_t natural = width_of(lay_out(layout_sample(), kUnlimitedWidth));
  const Layout headers = lay_out(layout_sample(), natural - 1);
  EXPECT_THAT(headers.columns[2].header, ElementsAre("two", "words"));
  EXPECT_EQ(headers.columns[3].cells[0].size(), 1u);
  const Layout sentences = lay_out(layout_sample(), natural - 10);
  EXPECT_GT(sentences.columns[3].cells[0].size(), 1u);
  EXPECT_THAT(sentences.shortened, IsEmpty());
  const Layout names = lay_out(layout_sample(), natural - 32);
  EXPECT_THAT(names.shortened, ElementsAre("case"));
  EXPECT_THAT(names.left_out, IsEmpty());
}

TEST(Layout, LeavesOutTheMostDispensableAndThenTheNext) {
  Table table = layout_sample();
  std::set<std::size_t> counts;
  for (std::size_t width = 200; width >= 20; --width) {
    const Layout layout = lay_out(table, width);
    if (layout.left_out.size() == 1) {
      EXPECT_EQ(layout.left_out[0], "two words");
    }
    counts.insert(layout.left_out.size());
  }
  EXPECT_THAT(counts, ElementsAre(0u, 1u, 2u));
  table.columns[1].dispensable = 2;  // of equals the last
  for (std::size_t width = 200; width >= 20; --width) {
    const Layout layout = lay_out(table, width);
    if (layout.left_out.size() == 1) {
      EXPECT_EQ(layout.left_out[0], "two words");
    }
  }
}

TEST(Layout, NoLineIsWiderThanTheTerminalUnlessTheRestDoesNotFit) {
  const Table table = layout_sample();
  for (std::size_t width = 40; width <= 200; ++width) {
    const Layout layout = lay_out(table, width);
    if (width_of(layout) > width) {
      EXPECT_EQ(layout.columns.size(), 2u) << width;  // those that nobody can do without
      continue;
    }
    std::set<std::string> names;
    for (const Lines& cell : layout.columns[0].cells) names.insert(cell[0]);
    EXPECT_EQ(names.size(), table.rows.size()) << width;
    for (const ShownColumn& column : layout.columns) {
      for (const Lines& cell : column.cells) {
        for (const std::string& line : cell) EXPECT_LE(display_width(line), column.width);
      }
    }
  }
}

TEST(Layout, UsesTheRoomThatALeftOutColumnLeaves) {
  Table table = layout_sample();
  const Layout layout = lay_out(table, width_of(lay_out(table, kUnlimitedWidth)) - 60);
  EXPECT_THAT(layout.left_out, testing::Not(IsEmpty()));
  EXPECT_GT(width_of(layout) + 12, width_of(lay_out(table, kUnlimitedWidth)) - 60);
}

TEST(Layout, LeavesOutWhatIsEmptyOrForProgramsWithoutAWord) {
  Table table = layout_sample();
  table.columns[1].data_only = true;
  for (auto& row : table.rows) row[2] = Cell();
  const Layout layout = lay_out(table, kUnlimitedWidth);
  EXPECT_EQ(layout.columns.size(), 2u);
  EXPECT_THAT(layout.left_out, IsEmpty());
}

}  // namespace
}  // namespace gpugauge
