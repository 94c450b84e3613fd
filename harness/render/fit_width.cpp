#include "harness/render/fit_width.hpp"

#include <algorithm>

#include "harness/render/text.hpp"

namespace gpugauge {
namespace {

constexpr std::size_t kGap = 2;  // before every column, as table.cpp has it

/// What the column takes on a terminal with its gap; an empty one is not shown.
std::size_t width_of(const Table& table, std::size_t column) {
  if (table.columns[column].data_only) return 0;
  std::size_t widest = 0;
  for (const auto& row : table.rows) widest = std::max(widest, display_width(row[column].text));
  if (widest == 0) return 0;
  return kGap + std::max(widest, display_width(table.columns[column].header));
}

}  // namespace

void fit_width(Table& table, std::span<const std::string_view> dispensable, std::size_t width) {
  std::size_t total = 0;
  for (std::size_t i = 0; i < table.columns.size(); ++i) total += width_of(table, i);
  for (auto key = dispensable.rbegin(); key != dispensable.rend() && total > width; ++key) {
    const auto column = std::find_if(table.columns.begin(), table.columns.end(),
                                     [&](const Column& c) { return c.key == *key; });
    if (column == table.columns.end()) continue;
    total -= width_of(table, static_cast<std::size_t>(column - table.columns.begin()));
    column->data_only = true;
  }
}

}  // namespace gpugauge
