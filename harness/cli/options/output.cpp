#include "harness/cli/options/output.hpp"

#include <unistd.h>

#include <array>
#include <iostream>
#include <string>
#include <string_view>

#include "harness/base/error.hpp"
#include "harness/base/nearest.hpp"
#include "harness/cli/command_tree.hpp"
#include "harness/cli/logging.hpp"
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

}  // namespace

void add_format_option(CLI::App& command, Format& format) {
  command
      .add_option_function<std::string>(
          "-f,--format",
          [&format](const std::string& name) {
            const auto known = from_name<Format>(name);
            if (!known)
              throw UsageError(unknown_name_message(
                  "format", name, std::span<const std::string_view>(names_of<Format>)));
            format = *known;
          },
          "table, json, csv or markdown")
      ->type_name(one_of_type(names_of<Format>));
}

void print_tables(std::ostream& out, const std::vector<Table>& tables, Format format) {
  render(out, tables, format, style_of(out));
}

void print_text(std::ostream& out, std::string_view text, std::size_t hang) {
  render_text(out, text, hang, style_of(out));
}

}  // namespace gpugauge
