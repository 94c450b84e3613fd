#include "harness/render/fit_width.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace gpugauge {
namespace {

constexpr std::array<std::string_view, 2> kDispensable{"first", "second"};

Table three_columns(std::size_t name_width) {
  Table table;
  table.columns = {{.key = "name", .header = "name"},
                   {.key = "first", .header = "12345"},
                   {.key = "second", .header = "12345"}};
  table.rows = {{Cell(std::string(name_width, 'x')), Cell("1"), Cell("2")}};
  return table;
}

TEST(FitWidth, GivesUpTheLastFirstAndOnlyAsManyAsItMust) {
  Table table = three_columns(10);  // 12 + 7 + 7
  fit_width(table, kDispensable, 26);
  EXPECT_FALSE(table.columns[2].data_only);
  fit_width(table, kDispensable, 25);
  EXPECT_FALSE(table.columns[1].data_only);
  EXPECT_TRUE(table.columns[2].data_only);
}

TEST(FitWidth, KeepsWhatNobodyCanDoWithout) {
  Table table = three_columns(200);
  fit_width(table, kDispensable, 120);
  EXPECT_FALSE(table.columns[0].data_only);
  EXPECT_TRUE(table.columns[1].data_only);
}

}  // namespace
}  // namespace gpugauge
