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

/// `--format table|json|csv|markdown` and `--table NAME`, the same on every command that prints
/// tables.
void add_format_option(Command& command, Format& format);

/// For std::cout and std::cerr: in colour only where that is a terminal that wants it, and within
/// its width or, without a terminal, within the variable COLUMNS, if that is set. Of std::cout only
/// the table that --table names.
void print_tables(std::ostream& out, const std::vector<Table>& tables, Format format);
/// A line beside tables, within the same width; see render_text.
void print_text(std::ostream& out, std::string_view text, std::size_t hang = 2);

}  // namespace gpugauge
