#include "harness/config/csv.hpp"

#include <fmt/format.h>

#include "harness/base/error.hpp"

namespace gpugauge {
namespace {

class CsvParser {
 public:
  explicit CsvParser(std::string_view text) : text_(text) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
  }

  std::vector<CsvRow> run() {
    std::vector<CsvRow> rows;
    while (!text_.empty()) {
      const int line = line_;
      const std::string_view begin = text_;
      CsvRow row{line, {}};
      try {
        row.cells = parse_row();
      } catch (const Problem& problem) {
        row = {line, {}, problem.text};
        const auto end = begin.find('\n');
        text_ = end == std::string_view::npos ? std::string_view() : begin.substr(end + 1);
        line_ = line + 1;
      }
      const bool is_empty_line = row.cells.size() == 1 && row.cells[0].empty();
      if (!is_empty_line) rows.push_back(std::move(row));
    }
    return rows;
  }

 private:
  struct Problem {
    std::string text;
  };

  std::vector<std::string> parse_row() {
    std::vector<std::string> cells;
    do {
      cells.push_back(text_.starts_with('"') ? parse_quoted() : parse_plain());
    } while (take(","));
    // A cell ends only at a comma, a line end or the end of the text; only quoted ones can fail it.
    if (!take("\r\n") && !take("\n") && !text_.empty())
      fail("text after a closing quote, expected a comma");
    ++line_;
    return cells;
  }

  std::string parse_plain() {
    std::string_view cell = text_.substr(0, text_.find_first_of(",\n"));
    text_.remove_prefix(cell.size());
    if (cell.ends_with('\r') && text_.starts_with('\n')) cell.remove_suffix(1);
    if (cell.find('"') != std::string_view::npos)
      fail("a quote inside a cell, expected the whole cell in quotes");
    return std::string(cell);
  }

  std::string parse_quoted() {
    std::string cell;
    text_.remove_prefix(1);
    while (!text_.empty()) {
      if (take("\"")) {
        if (!take("\"")) return cell;  // not doubled: the end
        cell += '"';
        continue;
      }
      if (text_.front() == '\n') ++line_;
      cell += text_.front();
      text_.remove_prefix(1);
    }
    fail("a quote that is never closed");
  }

  bool take(std::string_view token) {
    if (!text_.starts_with(token)) return false;
    text_.remove_prefix(token.size());
    return true;
  }

  [[noreturn]] static void fail(const char* problem) { throw Problem{problem}; }

  std::string_view text_;  ///< what is still to be read
  int line_ = 1;
};

}  // namespace

std::vector<CsvRow> parse_csv_rows(std::string_view text) { return CsvParser(text).run(); }

std::vector<CsvRow> parse_csv(std::string_view text, const std::string& name) {
  std::vector<CsvRow> rows = parse_csv_rows(text);
  for (const CsvRow& row : rows) {
    if (!row.problem.empty())
      throw UsageError(fmt::format("{}:{}: {}", name, row.line, row.problem));
  }
  return rows;
}

}  // namespace gpugauge
