#include "harness/cli/options/output.hpp"

#include <fmt/ranges.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <string>
#include <string_view>

#include "harness/base/error.hpp"
#include "harness/base/nearest.hpp"
#include "harness/cli/logging.hpp"
#include "harness/cli/options/definitions.hpp"
#include "harness/cli/terminal.hpp"

namespace gpugauge {
namespace {

/// Unlimited in a pipe and a log: nobody can make these wider afterwards, and grep finds only what
/// is there.
Style style_of(const std::ostream& out) {
  Style style;
  style.color = &out == &std::cout && stdout_takes_color();
  const bool is_stderr = &out == &std::cerr;
  if (is_stderr || &out == &std::cout)
    style.width =
        terminal_columns(is_stderr ? STDERR_FILENO : STDOUT_FILENO).value_or(kUnlimitedWidth);
  return style;
}

/// Those of the name, of all where it is empty. Throws UsageError where there is none.
std::vector<Table> named(const std::vector<Table>& tables, const std::string& name) {
  std::vector<Table> found;
  std::vector<std::string> names;
  for (const Table& table : tables) {
    if (std::find(names.begin(), names.end(), table.name) == names.end())
      names.push_back(table.name);
    if (table.name == name) found.push_back(table);
  }
  if (found.empty()) throw UsageError(unknown_name_message("table", name, names));
  return found;
}

/// Who reads a CSV learns which tables it does not have.
void tell_of_others(const std::vector<Table>& tables) {
  const std::string& main = main_table(tables).name;
  std::vector<std::string> others;
  for (const Table& table : tables) {
    if (table.name != main && std::find(others.begin(), others.end(), table.name) == others.end())
      others.push_back(table.name);
  }
  if (!others.empty())
    spdlog::info("the CSV is the table {}; --table takes {}", main, fmt::join(others, ", "));
}

}  // namespace

void log_warnings(std::span<const std::string> warnings) {
  for (const std::string& warning : warnings) spdlog::warn("{}", warning);
}

void add_format_option(Command& command, Printed& printed) {
  command.option(option::kFormat, printed.format);
  command.option(option::kTable, printed.table);
}

void print_tables(std::ostream& out, const std::vector<Table>& tables, const Printed& printed) {
  const auto& [format, table] = printed;
  if (!table.empty()) return render(out, named(tables, table), format, style_of(out));
  if (format == Format::kCsv && !tables.empty()) tell_of_others(tables);
  render(out, tables, format, style_of(out));
}

void print_text(std::ostream& out, std::string_view text, std::size_t hang) {
  render_text(out, text, hang, style_of(out));
}

}  // namespace gpugauge
