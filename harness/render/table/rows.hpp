#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "harness/render/table/table.hpp"

namespace gpugauge {

/// Keeps the rows whose cell of the column `key`, a text, is meant.
void keep_rows(Table& table, std::string_view key,
               const std::function<bool(const std::string&)>& is_meant);

enum class Extreme : std::uint8_t { kLowest, kHighest };
/// Keeps the `most` rows with the most extreme numbers in the column `key`, the most extreme first;
/// rows without a number come last.
void keep_extreme(Table& table, std::string_view key, Extreme extreme, std::size_t most);

}  // namespace gpugauge
