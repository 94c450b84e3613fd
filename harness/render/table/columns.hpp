#pragma once

#include <fmt/format.h>

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "harness/base/statistics.hpp"
#include "harness/render/table/number.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

/// Columns for people and programs, and for programs alone.
inline Column text_column(std::string key, std::string header) {
  return {.key = std::move(key), .header = std::move(header), .align = Align::kLeft};
}
inline Column number_column(std::string key, std::string header) {
  return {.key = std::move(key), .header = std::move(header)};
}
inline Column data_column(std::string key) {
  return {.key = std::move(key), .header = {}, .align = Align::kLeft, .data_only = true};
}

/// What may happen to a column whose table is wider than the terminal, see Column. A least width
/// is one that still reads well.
inline Column dispensable(int rank, Column column) {
  column.dispensable = rank;
  return column;
}
inline void wrap(Column& column, std::size_t least_width) {
  column.narrowing = Narrowing::kWrap;
  column.least_width = least_width;
}
inline Column wrapping(std::size_t least_width, Column column) {
  wrap(column, least_width);
  return column;
}
inline Column shortening(std::size_t least_width, Column column) {
  column.narrowing = Narrowing::kShorten;
  column.least_width = least_width;
  return column;
}

inline Column of_cases(Column column) {
  column.narrowing = Narrowing::kCase;
  column.least_width = 24;
  return column;
}

/// Names of cases and of files, and sentences.
inline Column case_column() { return of_cases(text_column("case", "case")); }
inline Column file_column() { return shortening(12, text_column("file", "file")); }
inline Column sentence_column(std::string key, std::string header) {
  return wrapping(28, text_column(std::move(key), std::move(header)));
}

/// For what is the same in every row unless several files are shown.
inline Column visible_if(bool visible, Column column) {
  column.data_only = !visible;
  return column;
}

inline Cell integer_cell(std::int64_t value) { return {std::to_string(value), value}; }
/// Four significant digits for people.
inline Cell number_cell(std::optional<double> value) {
  return value ? Cell(format_significant(*value), *value) : Cell();
}
/// A share, shown and carried in percent.
inline Cell percent_cell(std::optional<double> share) {
  return share ? Cell(format_percent(*share), 100 * *share) : Cell();
}
/// For programs half the width of the interval in percent of its value.
inline Cell plus_minus_cell(const std::optional<Estimate>& e) {
  return e ? Cell(format_plus_minus(*e), 100 * e->relative_half_width()) : Cell();
}
inline Cell low_cell(const std::optional<Estimate>& e) {
  return number_cell(e ? std::optional(e->low) : std::nullopt);
}
inline Cell high_cell(const std::optional<Estimate>& e) {
  return number_cell(e ? std::optional(e->high) : std::nullopt);
}
/// An estimate with its interval.
inline Cell interval_cell(const std::optional<Estimate>& e) {
  return e ? Cell(fmt::format("{} {}", format_significant(e->value), format_plus_minus(*e)),
                  e->value)
           : Cell();
}
/// For a string that may be missing: empty means null.
inline Cell text_cell(std::string_view text) { return text.empty() ? Cell() : Cell(text); }
inline Cell yes_no_cell(bool yes) { return {yes ? "yes" : "no", yes}; }
inline Cell duration_cell(std::optional<double> ns) {
  return ns ? Cell(format_duration_ns(*ns), *ns) : Cell();
}

/// What a row says as a cell: numbers with four significant digits, whole ones with all.
template <typename Value>
Cell to_cell(const Value& value) {
  if constexpr (std::is_integral_v<Value>) {
    return integer_cell(static_cast<std::int64_t>(value));
  } else if constexpr (std::is_same_v<Value, std::optional<std::int64_t>>) {
    return value ? integer_cell(*value) : Cell();
  } else if constexpr (std::is_convertible_v<Value, Cell>) {
    return value;
  } else {
    return number_cell(value);
  }
}

/// The columns of a table in the making, each with how its cell is made from a row of type `Row`,
/// so that the two cannot get out of step. `get`, of a row, is a cell, or what `to_cell` makes one
/// of. A leading number makes a column `dispensable`; the column that is returned may be changed.
template <typename Row>
class ColumnList {
 public:
  template <typename Get>
  Column& add(Column column, Get get) {
    columns_.push_back(
        {std::move(column), [=](const Row& r) { return to_cell(std::invoke(get, r)); }});
    return columns_.back().column;
  }
  template <typename Get>
  Column& data(std::string key, Get get) {
    return add(data_column(std::move(key)), std::move(get));
  }
  template <typename Get>
  Column& text(std::string key, std::string header, Get get) {
    return add(text_column(std::move(key), std::move(header)), std::move(get));
  }
  template <typename Get>
  Column& text(int rank, std::string key, std::string header, Get get) {
    return add(dispensable(rank, text_column(std::move(key), std::move(header))), std::move(get));
  }
  template <typename Get>
  Column& number(std::string key, std::string header, Get get) {
    return add(number_column(std::move(key), std::move(header)), std::move(get));
  }
  template <typename Get>
  Column& number(int rank, std::string key, std::string header, Get get) {
    return add(dispensable(rank, number_column(std::move(key), std::move(header))), std::move(get));
  }
  /// For programs, the same in every row.
  void same(std::string key, Cell cell) {
    data(std::move(key), [=](const Row&) { return cell; });
  }
  /// For programs, the ends of the interval of what is shown in another column.
  template <typename Get>
  void ends(std::string low_key, std::string high_key, Get get) {
    data(std::move(low_key), [=](const Row& r) { return low_cell(get(r)); });
    data(std::move(high_key), [=](const Row& r) { return high_cell(get(r)); });
  }
  /// An estimate, if there is one: for people with its interval, for programs value, low and high.
  template <typename Get>
  Column& interval(const std::string& key, const std::string& unit, std::string header, Get get,
                   Cell (*cell)(const std::optional<Estimate>&) = interval_cell) {
    number(key + "_" + unit, std::move(header), [=](const Row& r) { return cell(get(r)); });
    ends(key + "_low_" + unit, key + "_high_" + unit, get);
    return columns_[columns_.size() - 3].column;
  }
  /// Where a row is from, for programs alone unless there are several files.
  template <typename File, typename Device>
  Column& source(bool several, File file, Device device) {
    add(visible_if(several, file_column()), [=](const Row& r) { return text_cell(file(r)); });
    return add(visible_if(several, dispensable(6, text_column("device", "device"))),
               [=](const Row& r) { return text_cell(device(r)); });
  }
  Column& front() { return columns_.front().column; }

  Table table(std::string name, std::string title, std::span<const Row> rows) const {
    Table table{std::move(name), std::move(title), {}, {}, {}};
    for (const Entry& entry : columns_) table.columns.push_back(entry.column);
    for (const Row& row : rows) {
      auto& cells = table.rows.emplace_back();
      for (const Entry& entry : columns_) cells.push_back(entry.cell(row));
    }
    return table;
  }

 private:
  struct Entry {
    Column column;
    std::function<Cell(const Row&)> cell;
  };
  std::vector<Entry> columns_;
};

}  // namespace gpugauge
