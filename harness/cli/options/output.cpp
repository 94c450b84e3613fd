#include "harness/cli/options/output.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <iostream>
#include <string>
#include <string_view>

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

}  // namespace

void log_warnings(std::span<const std::string> warnings) {
  for (const std::string& warning : warnings) spdlog::warn("{}", warning);
}

void add_format_option(Command& command, Format& format) {
  command.option(option::kFormat, format);
}

void print_tables(std::ostream& out, const std::vector<Table>& tables, Format format) {
  render(out, tables, format, style_of(out));
}

void print_text(std::ostream& out, std::string_view text, std::size_t hang) {
  render_text(out, text, hang, style_of(out));
}

}  // namespace gpugauge
