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
};

/// Reads CSV as RFC 4180 describes it: quoted cells may hold commas, line ends and doubled quotes.
/// LF ends a line as well as CRLF, a byte-order mark and empty lines are skipped. Throws UsageError
/// with `name:line` for a quote that is never closed, or one where none may be.
std::vector<CsvRow> parse_csv(std::string_view text, const std::string& name);

}  // namespace gpugauge
