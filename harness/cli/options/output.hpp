#pragma once

#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/cli/command.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

/// What a reader had to say of its files, a line each.
void log_warnings(std::span<const std::string> warnings);

/// Of a command's tables: which, and how.
struct Printed {
  Format format = Format::kTable;
  std::string table;  ///< the name of those that are wanted; empty for all
};

/// `--format table|json|csv|markdown` and `--table NAME`, the same on every command that prints
/// tables.
void add_format_option(Command& command, Printed& printed);

/// For std::cout and std::cerr: in colour only where that is a terminal that wants it, and within
/// its width or, without a terminal, within the variable COLUMNS, if that is set. Throws UsageError
/// where no table has the name that is wanted.
void print_tables(std::ostream& out, const std::vector<Table>& tables, const Printed& printed);
/// A line beside tables, within the same width; see render_text.
void print_text(std::ostream& out, std::string_view text, std::size_t hang = 2);

}  // namespace gpugauge
