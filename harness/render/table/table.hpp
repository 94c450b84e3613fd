#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/base/enum_table.hpp"

namespace gpugauge {

enum class Format : std::uint8_t { kTable, kJson, kCsv, kMarkdown };
template <>
struct EnumTable<Format> {
  static constexpr std::array rows{EnumName{Format::kTable, "table"},
                                   EnumName{Format::kJson, "json"}, EnumName{Format::kCsv, "csv"},
                                   EnumName{Format::kMarkdown, "markdown"}};
};

/// What a cell means to its reader; a colour where colours are wanted, else nothing.
enum class Tone : std::uint8_t { kPlain, kGood, kWarning, kBad };

/// One cell: what a person reads, and the value that CSV and JSON carry at full precision. A
/// monostate value is null in JSON and empty in CSV.
struct Cell {
  using Value = std::variant<std::monostate, std::string, double, std::int64_t, bool>;
  std::string text;
  Value value;
  Tone tone = Tone::kPlain;

  Cell() = default;
  Cell(std::string s) : text(s), value(std::move(s)) {}  // NOLINT(google-explicit-constructor)
  Cell(const char* s) : Cell(std::string(s)) {}          // NOLINT(google-explicit-constructor)
  Cell(std::string_view s) : Cell(std::string(s)) {}     // NOLINT(google-explicit-constructor)
  Cell(std::string shown, Value exact, Tone how = Tone::kPlain)
      : text(std::move(shown)), value(std::move(exact)), tone(how) {}
};

enum class Align : std::uint8_t { kLeft, kRight };

/// What may be done to the cells of a column whose table is wider than the terminal: sentences go
/// on in further lines, names lose their middle (`a/long…/file.json`) where they stay distinct,
/// names of cases lose the parts that tell nothing apart and go on behind a slash.
enum class Narrowing : std::uint8_t { kNone, kWrap, kShorten, kCase };

struct Column {
  std::string key;     ///< machine name with its unit, e.g. `measured_gbps`
  std::string header;  ///< for people
  Align align = Align::kRight;
  bool data_only = false;  ///< in JSON and CSV only
  Narrowing narrowing = Narrowing::kNone;
  std::size_t least_width = 0;  ///< that `narrowing` leaves
  /// Columns are left out of a terminal that is too narrow, the highest number first; 0 never.
  int dispensable = 0;
};

/// What every analysis becomes before it is text. `notes` are lines under the table.
struct Table {
  std::string name;   ///< machine name, e.g. `datasheet`
  std::string title;  ///< a line above the table
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;  ///< each as long as `columns`
  std::vector<std::string> notes;
  bool is_aside = false;  ///< stands before what was asked for, and is not the table of a CSV
};

/// The table that a CSV is, by its name: the first that is not aside.
const Table& main_table(const std::vector<Table>& tables);

inline constexpr std::size_t kUnlimitedWidth = std::numeric_limits<std::size_t>::max();

/// Of the terminal table; the caller knows the terminal.
struct Style {
  bool color = false;                   ///< ANSI colours
  std::size_t width = kUnlimitedWidth;  ///< in terminal columns, which no line should exceed
};

/// Writes tables in one format. JSON is one object keyed by table name, each a list of row objects;
/// CSV (RFC 4180) is the main table alone, for readers of data frames take one; Markdown puts an
/// empty line between tables. Tables of one name are one list in JSON, and one table in CSV.
/// Terminal and
/// Markdown leave out columns in which every cell is empty. Control characters of the data are
/// shown escaped in every format. Only the terminal table depends on the style: see layout.hpp.
void render(std::ostream& out, const std::vector<Table>& tables, Format format, Style style = {});

/// A line of text beside tables, broken at the style's width; what follows the first line is `hang`
/// columns further in.
void render_text(std::ostream& out, std::string_view text, std::size_t hang, Style style);

}  // namespace gpugauge
