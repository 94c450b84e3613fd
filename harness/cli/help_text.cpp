#include "harness/cli/help_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sstream>

#include "harness/render/table/text.hpp"

namespace gpugauge {
namespace {

constexpr std::string_view kProgram = "gpugauge ";

/// `-s,--suite SUITE`, `--kv {fp32,bf16}`, `--batch N,…`, `FILE…`.
std::string left_side(const CommandOption& option) {
  std::string text = fmt::format("{}", fmt::join(option.names, ","));
  if (!option.words.empty()) {
    text += fmt::format(" {{{}}}", fmt::join(option.words, ","));
  } else if (!option.is_flag() && !option.is_argument()) {
    text += " " + option.value;
  }
  if (option.is_list && (!option.is_argument() || option.most > 1))
    text += option.is_argument() || option.many_as != ManyAs::kCommas ? "…" : ",…";
  return text;
}

/// Where the right column begins.
constexpr std::size_t kRight = 30;

std::string help_line(const std::string& left, const std::string& right) {
  const std::string hang(kRight, ' ');
  std::string text = fmt::format("  {}", fmt::join(lines_of(left, kHelpWidth - 2), "\n    "));
  const std::size_t width = display_width(text);
  text += width + 2 > kRight ? "\n" + hang : std::string(kRight - width, ' ');
  return text + fmt::format("{}\n", fmt::join(lines_of(right, kHelpWidth - kRight), "\n" + hang));
}

std::string help_lines(const std::list<CommandOption>& options) {
  std::string text;
  for (const CommandOption& option : options) text += help_line(left_side(option), option.text());
  return text;
}

/// Where the gap before a remark begins, behind a row's name, an example or a formula; npos
/// without.
std::size_t gap_of(const std::string& line, std::string_view gap) {
  const std::size_t text = line.find_first_not_of(' ');
  return text == std::string::npos ? text : line.find(gap, text);
}
/// An example's own words may be two spaces apart.
constexpr std::string_view kExampleGap = "   ", kRowGap = "  ";

std::string joined(const std::vector<std::string>& lines, const std::string& between) {
  return fmt::format("{}", fmt::join(lines, between));
}

/// A line that keeps its place. A remark that begins in its left half goes on below itself; a long
/// example or formula goes on further in, and then its remark.
std::string kept_line(const std::string& line) {
  constexpr std::size_t kWidestName = 24, kWidestExample = 42;
  if (display_width(line) <= kHelpWidth) return line;
  const std::string_view all = line;
  const std::size_t indent = line.find_first_not_of(' ');
  const bool is_command = all.substr(indent).starts_with(kProgram);
  const std::size_t gap = gap_of(line, is_command ? kExampleGap : kRowGap);
  const std::size_t remark = gap == std::string::npos ? gap : line.find_first_not_of(' ', gap);
  const std::size_t column = display_width(all.substr(0, remark));
  if (column <= (is_command ? kWidestExample : kWidestName))
    return line.substr(0, remark) + joined(lines_of(all.substr(remark), kHelpWidth - column),
                                           "\n" + std::string(column, ' '));
  const std::string below = "\n" + std::string(indent + 4, ' ');
  std::string text =
      line.substr(0, indent) +
      joined(lines_of(all.substr(indent, gap == std::string::npos ? gap : gap - indent),
                      kHelpWidth - indent - 6),
             (is_command ? " \\" : "") + below);
  if (remark == std::string::npos) return text;
  return text + below + joined(lines_of(all.substr(remark), kHelpWidth - indent - 4), below);
}

}  // namespace

std::string filled_footer(const std::string& footer) {
  std::istringstream lines(footer);
  std::string text, paragraph;
  const auto end_paragraph = [&] {
    if (paragraph.empty()) return;
    for (const std::string& line : lines_of(paragraph, kHelpWidth)) text += line + "\n";
    paragraph.clear();
  };
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.front() != ' ') {
      paragraph += (paragraph.empty() ? "" : " ") + line;
      if (line.ends_with(':')) end_paragraph();
      continue;
    }
    end_paragraph();
    text += kept_line(line) + "\n";
  }
  end_paragraph();
  if (!text.empty() && !footer.ends_with('\n')) text.pop_back();
  return text;
}

std::string first_example(const Command& command) {
  const std::string begin = "\n  " + command.program() + " ";
  for (const Command* at = &command; at != nullptr; at = at->parent) {
    const std::size_t found = at->footer.find(begin);
    if (found == std::string::npos) continue;
    const std::size_t end = at->footer.find('\n', found + 1);
    const std::string line = at->footer.substr(found + 1, end - found - 1);
    return line.substr(2, gap_of(line, kExampleGap) - 2);
  }
  return {};
}

std::string help_text(const Command& command) {
  std::string usage = fmt::format("Usage: {} [OPTIONS]", command.program());
  if (!command.commands.empty()) usage += " SUBCOMMAND";
  for (const CommandOption& argument : command.arguments) {
    const std::string name = argument.name() + (argument.most > 1 ? "…" : "");
    usage += argument.is_required ? " " + name : " [" + name + "]";
  }
  std::string text = filled_footer(command.description) + "\n" + usage + "\n";
  if (!command.arguments.empty()) text += "\nArguments:\n" + help_lines(command.arguments);
  text += "\nOptions:\n";
  if (command.parent != nullptr) {
    const CommandOption& help = command.root().options.front();
    text += help_line(left_side(help), help.text());
  }
  text += help_lines(command.options);
  if (!command.commands.empty()) text += "\nSubcommands:\n";
  for (const Command& below : command.commands) text += help_line(below.name, below.description);
  const Command* ends = &command;  // a command without an end of its own has that above it
  while (ends->footer.empty() && ends->parent != nullptr && ends->parent->parent != nullptr)
    ends = ends->parent;
  return text + (ends->footer.empty() ? "" : filled_footer(ends->footer) + "\n");
}

}  // namespace gpugauge
