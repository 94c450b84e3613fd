#include "harness/cli/commands/man_page.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <span>
#include <vector>

#include "harness/cli/exit_statuses.hpp"
#include "harness/cli/help_text.hpp"

namespace gpugauge {
namespace {

/// So that roff prints it as it stands.
std::string plain(std::string_view text) {
  std::string result;
  bool at_line_start = true;
  for (const char c : text) {
    if (at_line_start && (c == '.' || c == '\'')) result += "\\&";
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else {
      result += c;
    }
    at_line_start = c == '\n';
  }
  return result;
}

/// The argument of a macro, in quotes.
std::string argument(std::string_view text) {
  std::string result = plain(text);
  for (std::size_t at = 0; (at = result.find('"', at)) != std::string::npos; at += 4)
    result.replace(at, 1, "\\(dq");
  return '"' + result + '"';
}

/// Lines as they are, without filling, for examples.
std::string as_written(std::string_view text) {
  const std::size_t begin = text.find_first_not_of('\n');
  if (begin == std::string_view::npos) return {};
  const std::string lines = filled_footer(std::string(text.substr(begin)));
  return fmt::format(".PP\n.nf\n{}\n.fi\n", plain(lines));
}

std::string option_text(const CommandOption& option) {
  std::string text =
      fmt::format(".TP\n.B {}", plain(fmt::format("{}", fmt::join(option.names, ", "))));
  if (!option.words.empty()) {
    text += fmt::format(" \\fI{}\\fR", plain(fmt::format("{}", fmt::join(option.words, "|"))));
  } else if (!option.value.empty() && !option.is_argument()) {
    text += fmt::format(" \\fI{}\\fR", plain(option.value));
  }
  return text + fmt::format("\n{}\n", plain(option.text()));
}

std::string options_text(const Command& node) {
  std::string text;
  for (const auto* options : {&node.arguments, &node.options}) {
    for (const CommandOption& option : *options) {
      const bool is_help = option.names.back() == "--help";
      if (!is_help || node.path.empty()) text += option_text(option);
    }
  }
  return text;
}

std::string word_text(const Explanation& word) {
  std::string text = fmt::format(".TP\n.B {}\n{}\n", plain(word.name), plain(word.is));
  for (const auto& [label, part] :
       {std::pair<std::string_view, const std::string*>{"How", &word.how},
        {"Bound", &word.bound},
        {"Usual", &word.usual},
        {"Source", &word.source},
        {"A bad value", &word.low},
        {"Try", &word.remedy},
        {"See", &word.see}}) {
    if (!part->empty()) text += fmt::format(".br\n\\fI{}:\\fR {}\n", label, plain(*part));
  }
  return text;
}

/// A name and what is said of it, under a heading of its own.
struct Item {
  std::string name;
  std::string_view text;
};

std::string section(std::string_view heading, std::span<const Item> items) {
  std::string text = fmt::format(".SH {}\n", heading);
  for (const Item& item : items)
    text += fmt::format(".TP\n.B {}\n{}\n", plain(item.name), plain(item.text));
  return text;
}

std::string exit_statuses() {
  std::vector<Item> items;
  for (const ExitStatusRow& row : kExitStatuses)
    items.push_back({std::to_string(static_cast<int>(row.status)), row.means});
  return section("EXIT STATUS", items);
}

std::string environment() {
  const std::array<Item, 12> items{
      {{"GPUGAUGE_CONFIGS",
        "the folder of suites, models, devices and prices; else the first 'configs' or "
        "'share/gpugauge/configs' beside or above the program or the current folder"},
       {"GPUGAUGE_HISTORY", "the history folder of track, unless --history is given"},
       {"GPUGAUGE_SEARCH_CACHE",
        "the file that caches cuBLASLt search results for 30 days; 'off' disables the cache"},
       {"XDG_CACHE_HOME, HOME", "set the default folder of that file"},
       {"NO_COLOR", "no colours on a terminal, if set and not empty"},
       {"TERM", "if dumb: no colours, and no progress line that is drawn over"},
       {"COLUMNS", "the width of tables and text without a terminal"},
       {"CUDA_HOME", "a folder to search for cuBLASLt, beside the system's libraries"},
       {"GPUGAUGE_CUBLASLT", "the file of cuBLASLt to open in place of that search"},
       {"CUDA_VISIBLE_DEVICES", "the devices that CUDA shows, and their order"},
       {"OMP_THREAD_LIMIT",
        "the most threads that a CPU is measured with; a lower limit than cores is said"},
       {"USER", "who accepts a change, unless track ack has --by"}}};
  return section("ENVIRONMENT", items);
}

std::string files() {
  const std::array<Item, 5> items{
      {{"results/<device>/<time>_<suite>.json", "the result file of run, unless --output is given"},
       {"*.json.partial",
        "the journal of an unfinished run: every reading command takes it, and run --resume "
        "continues it"},
       {"history/", "result files night by night, their index.jsonl, and acks.yaml"},
       {"~/.cache/gpugauge/cublaslt.jsonl", "cached cuBLASLt search results"},
       {"configs/",
        "suites, models, encoders, image models, devices, prices, claims and explanations"}}};
  return section("FILES", items);
}

/// The help without its list of exit statuses, which is a section here.
std::string overview(const Command& root) {
  const std::string statuses = exit_status_help();
  std::string text = root.footer;
  if (text.ends_with(statuses)) text.resize(text.size() - statuses.size());
  return as_written(text);
}

}  // namespace

std::string man_page(const Command& root, const Explanations& words, std::string_view version,
                     std::string_view date) {
  std::string page = fmt::format(
      ".TH GPUGAUGE 1 \"{}\" {} \"User Commands\"\n.SH NAME\ngpugauge \\- what a GPU really does, "
      "and "
      "what that is worth\n.SH SYNOPSIS\n.B gpugauge\n[\\fIOPTIONS\\fR] \\fICOMMAND\\fR …\n.SH "
      "DESCRIPTION\n{}\nResults go to stdout, the log and the progress line to stderr.\n",
      date, argument(version), plain(root.description));
  page += overview(root);
  page += ".SH OPTIONS\nThese hold for every command.\n" + options_text(root);
  page += ".SH COMMANDS\n";
  for (const Command* node : all_commands(root)) {
    if (node == &root) continue;
    page +=
        fmt::format(".SS {}\n{}\n", argument("gpugauge " + node->path), plain(node->description));
    page += options_text(*node) + as_written(node->footer);
  }
  page += exit_statuses() + environment() + files();
  page += ".SH WORDS\nThe words on the screen, as \\fBgpugauge explain\\fR explains them.\n";
  for (const WordKind kind : all_of<WordKind>) {
    page += fmt::format(".SS {}\n", argument(row_of(kind).heading));
    for (const Explanation& word : words.all()) {
      if (word.kind == kind) page += word_text(word);
    }
  }
  page += ".SH SEE ALSO\n.BR nvidia\\-smi (1)\n";
  return page;
}

}  // namespace gpugauge
