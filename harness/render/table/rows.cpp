#include "harness/render/table/rows.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace gpugauge {
namespace {

std::size_t place_of(const Table& table, std::string_view key) {
  const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                  [&](const Column& column) { return column.key == key; });
  if (found == table.columns.end())
    throw std::logic_error(table.name + " has no column " + std::string(key));
  return static_cast<std::size_t>(found - table.columns.begin());
}

}  // namespace

void keep_rows(Table& table, std::string_view key,
               const std::function<bool(const std::string&)>& is_meant) {
  const std::size_t place = place_of(table, key);
  std::erase_if(table.rows,
                [&](const std::vector<Cell>& row) { return !is_meant(row.at(place).text); });
}

void keep_extreme(Table& table, std::string_view key, Extreme extreme, std::size_t most) {
  const std::size_t place = place_of(table, key);
  const double sign = extreme == Extreme::kLowest ? 1 : -1;
  const auto rank = [&](const std::vector<Cell>& row) {
    const double* value = std::get_if<double>(&row.at(place).value);
    return value != nullptr ? sign * *value : std::numeric_limits<double>::infinity();
  };
  std::stable_sort(table.rows.begin(), table.rows.end(),
                   [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  table.rows.resize(std::min(most, table.rows.size()));
}

}  // namespace gpugauge
