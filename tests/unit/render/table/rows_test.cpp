#include "harness/render/table/rows.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/render/table/columns.hpp"

namespace gpugauge {
namespace {

Table numbered() {
  Table table;
  table.name = "cases";
  table.columns = {text_column("case", "case"), number_column("share", "share")};
  table.rows = {{"a", Cell("2", 2.0)}, {"b", Cell()}, {"c", Cell("1", 1.0)}, {"d", Cell("3", 3.0)}};
  return table;
}

std::string names_of(const Table& table) {
  std::string names;
  for (const auto& row : table.rows) names += row[0].text;
  return names;
}

TEST(Rows, AreKeptByTheirName) {
  Table table = numbered();
  keep_rows(table, "case", [](const std::string& name) { return name != "c"; });
  EXPECT_EQ(names_of(table), "abd");
}

TEST(Rows, TheMostExtremeComeFirstAndThoseWithoutANumberLast) {
  Table lowest = numbered(), highest = numbered(), all = numbered();
  keep_extreme(lowest, "share", Extreme::kLowest, 2);
  EXPECT_EQ(names_of(lowest), "ca");
  keep_extreme(highest, "share", Extreme::kHighest, 2);
  EXPECT_EQ(names_of(highest), "da");
  keep_extreme(all, "share", Extreme::kHighest, 9);
  EXPECT_EQ(names_of(all), "dacb");
}

}  // namespace
}  // namespace gpugauge
