#include "harness/cli/man_page.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <string_view>

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

std::string sentence(std::string_view text) {
  std::string result(text);
  if (!result.empty())
    result.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(result.front())));
  if (!result.empty() && !result.ends_with('.')) result += '.';
  return result;
}

/// Lines as they are, without filling, for examples.
std::string as_written(std::string_view text) {
  const std::size_t begin = text.find_first_not_of('\n');
  if (begin == std::string_view::npos) return {};
  std::string lines(text.substr(begin));
  return fmt::format(".PP\n.nf\n{}\n.fi\n", plain(lines));
}

std::string option_text(const OptionNode& option) {
  std::string text =
      fmt::format(".TP\n.B {}", plain(fmt::format("{}", fmt::join(option.names, ", "))));
  if (!option.words.empty()) {
    text += fmt::format(" \\fI{}\\fR", plain(fmt::format("{}", fmt::join(option.words, "|"))));
  } else if (!option.value.empty()) {
    text += fmt::format(" \\fI{}\\fR", plain(option.value));
  }
  text += fmt::format("\n{}\n", plain(sentence(option.description)));
  if (!option.default_value.empty())
    text += fmt::format("Default: {}.\n", plain(option.default_value));
  return text;
}

std::string options_text(const CommandNode& node) {
  std::string text;
  for (const auto* options : {&node.arguments, &node.options}) {
    for (const OptionNode& option : *options) {
      const bool is_help = option.names.back() == "--help";
      if (!is_help || node.path.empty()) text += option_text(option);
    }
  }
  return text;
}

std::string word_text(const Explanation& word) {
  std::string text = fmt::format(".TP\n.B {}\n{}\n", plain(word.name), plain(sentence(word.is)));
  for (const auto& [label, part] :
       {std::pair<std::string_view, const std::string*>{"How", &word.how},
        {"Floor", &word.floor},
        {"A bad value", &word.low},
        {"Try", &word.remedy},
        {"See", &word.see}}) {
    if (!part->empty())
      text +=
          fmt::format("\\fI{}:\\fR {}{}\n", label, plain(*part), part->ends_with('.') ? "" : ".");
  }
  return text;
}

}  // namespace

std::string man_page(const CommandNode& root, const Explanations& words,
                     const std::string& version) {
  std::string page = fmt::format(
      ".TH GPUGAUGE 1 \"\" {} \"User Commands\"\n.SH NAME\ngpugauge \\- what a GPU really does, "
      "and "
      "what that is worth\n.SH SYNOPSIS\n.B gpugauge\n[\\fIOPTIONS\\fR] \\fICOMMAND\\fR …\n.SH "
      "DESCRIPTION\n{}\n",
      argument(version), plain(root.description));
  page += as_written(root.footer);
  page += ".SH OPTIONS\nThese hold for every command.\n" + options_text(root);
  page += ".SH COMMANDS\n";
  for (const CommandNode* node : all_commands(root)) {
    if (node == &root) continue;
    page += fmt::format(".SS {}\n{}\n", argument("gpugauge " + node->path),
                        plain(sentence(node->description)));
    page += options_text(*node) + as_written(node->footer);
  }
  page += ".SH WORDS\nWhat the words on the screen mean, as \\fBgpugauge explain\\fR says it.\n";
  for (const WordKind kind : kWordKinds) {
    page += fmt::format(".SS {}\n", argument("Each " + std::string(name_of(kind))));
    for (const Explanation& word : words.all()) {
      if (word.kind == kind) page += word_text(word);
    }
  }
  page +=
      ".SH ENVIRONMENT\n.TP\n.B GPUGAUGE_CONFIGS\nThe folder of suites, models, devices and "
      "prices; "
      "else the first \\fIconfigs\\fR or \\fIshare/gpugauge/configs\\fR beside or above the "
      "program or "
      "the current folder.\n";
  return page;
}

}  // namespace gpugauge
