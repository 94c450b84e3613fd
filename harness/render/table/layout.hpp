#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/render/table/table.hpp"
#include "harness/render/table/text.hpp"

namespace gpugauge {

/// Before every column of a terminal table.
inline constexpr std::size_t kColumnGap = 2;
/// Sentences are not wider than this on any terminal: long lines are hard to read.
inline constexpr std::size_t kSentenceWidth = 96;

/// A column as a terminal shows it: printable text, without colour.
struct ShownColumn {
  std::size_t place = 0;  ///< in the table's columns
  Lines header;
  std::vector<Lines> cells;  ///< one for each row
  std::size_t width = 0;     ///< of the widest line
};

struct Layout {
  std::vector<ShownColumn> columns;
  /// Headers of those that did not fit, and of those whose names were shortened to fit.
  std::vector<std::string> left_out, shortened;
  /// Parts that the names of cases go without, see `compact_names`.
  std::vector<std::string> parts_left_out;
};

/// Of its lines, the gaps before the columns with them.
std::size_t width_of(const Layout& layout);

/// Fits a table into `width` columns of a terminal. It has its natural width if that fits; else its
/// headers are broken, then its sentences between words, then the names of its cases lose the parts
/// that tell nothing apart, then its other names are shortened, and if all of that is not enough,
/// the most dispensable column is left out, and so on. Where none is left, words are broken, too; a
/// table that is too wide even so stays so, and is better written as a line a cell.
Layout lay_out(const Table& table, std::size_t width);

}  // namespace gpugauge
