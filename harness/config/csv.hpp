#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace gpugauge {

/// One record of a CSV file and the line that it begins on, from 1.
struct CsvRow {
  int line;
  std::vector<std::string> cells;
  std::string problem = {};  ///< why its cells are not whole; empty where they are
};

/// Reads CSV as RFC 4180 describes it: quoted cells may hold commas, line ends and doubled quotes.
/// LF ends a line as well as CRLF, a byte-order mark and empty lines are skipped. A row with a
/// quote that is never closed, or with one where none may be, has a problem; reading goes on with
/// the line after the one that it begins on.
std::vector<CsvRow> parse_csv_rows(std::string_view text);

/// The same, for a file of which every row counts. Throws UsageError `name:line` for a problem.
std::vector<CsvRow> parse_csv(std::string_view text, const std::string& name);

}  // namespace gpugauge
