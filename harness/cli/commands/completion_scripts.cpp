// All three scripts work alike: the words so far give the command's path, the word before the
// cursor the option whose value is wanted.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "harness/cli/command_tree.hpp"
#include "harness/render/table/text.hpp"

namespace gpugauge {
namespace {

/// Values that `gpugauge completion --names` lists.
bool is_asked(const OptionNode& option) {
  constexpr std::array<std::string_view, 6> kAsked{"SUITE",  "MODEL", "FORWARD_MODEL",
                                                   "DEVICE", "CARD",  "WORD"};
  return std::find(kAsked.begin(), kAsked.end(), option.value) != kAsked.end();
}

/// Arguments are files, where nobody says what else they are.
bool is_file(const OptionNode& option, bool is_argument) {
  return option.value == "FILE" || option.value == "FOLDER" ||
         (is_argument && option.value == "TEXT" && option.words.empty());
}

std::vector<std::string> words_for(const std::vector<OptionNode>& options) {
  std::vector<std::string> names;
  for (const OptionNode& option : options)
    names.insert(names.end(), option.names.begin(), option.names.end());
  return names;
}

std::vector<std::string> words_for(const std::vector<CommandNode>& commands) {
  std::vector<std::string> names;
  for (const CommandNode& command : commands) names.push_back(command.name);
  return names;
}

/// What the script of bash and that of zsh call to offer the option's values.
std::string offer(const OptionNode& option, bool is_argument) {
  if (!option.words.empty())
    return fmt::format("_gpugauge_offer {}",
                       shell_quoted(fmt::format("{}", fmt::join(option.words, " "))));
  if (is_asked(option))
    return fmt::format("_gpugauge_offer \"$(\"$program\" completion --names {} 2>/dev/null)\"{}",
                       option.value, is_argument ? "; _gpugauge_files" : "");
  return is_file(option, is_argument) ? "_gpugauge_files" : ":";
}

/// The patterns of a `case` on "path:option", as options of the root are taken everywhere.
std::string body(const CommandNode& root) {
  std::string values, options, words;
  for (const CommandNode* node : all_commands(root)) {
    for (const OptionNode& option : node->options) {
      if (option.value.empty()) continue;
      std::vector<std::string> patterns;
      for (const std::string& name : option.names)
        patterns.push_back(shell_quoted(node->path + ":" + name));
      values +=
          fmt::format("    {}) {}; return ;;\n", fmt::join(patterns, "|"), offer(option, false));
    }
    std::vector<std::string> names = words_for(node->options);
    if (node != &root) {
      for (std::string& name : words_for(root.options)) {
        if (std::find(names.begin(), names.end(), name) == names.end())
          names.push_back(std::move(name));
      }
    }
    options += fmt::format("      {}) _gpugauge_offer {} ;;\n", shell_quoted(node->path),
                           shell_quoted(fmt::format("{}", fmt::join(names, " "))));
    std::vector<std::string> calls;
    if (!node->commands.empty())
      calls.push_back(
          fmt::format("_gpugauge_offer {}",
                      shell_quoted(fmt::format("{}", fmt::join(words_for(node->commands), " ")))));
    if (!node->arguments.empty()) calls.push_back(offer(node->arguments.front(), true));
    if (!calls.empty())
      words += fmt::format("    {}) {} ;;\n", shell_quoted(node->path), fmt::join(calls, "; "));
  }
  return fmt::format(R"(  case "${{at}}:${{before}}" in
{}  esac
  if [[ $current == -* ]]; then
    case "$at" in
{}    esac
    return
  fi
  case "$at" in
{}  esac
)",
                     values, options, words);
}

/// `'run'|'track'|'track add'`: every path but the root's.
std::string paths_of(const CommandNode& root, std::string_view between) {
  std::vector<std::string> paths;
  for (const CommandNode* node : all_commands(root)) {
    if (node != &root) paths.push_back(shell_quoted(node->path));
  }
  return fmt::format("{}", fmt::join(paths, between));
}

}  // namespace

std::string bash_completion(const CommandNode& tree) {
  // bash cuts words at = and :, which stand in --option=value and cuda:0. The pieces are put
  // together where no blank lies between them in the line, and what it keeps of the word is cut
  // from the answers. bash-completion does as much, but is not everywhere.
  return fmt::format(R"(# bash completion for gpugauge, made by: gpugauge completion bash

_gpugauge_offer() {{
  local head= line
  [[ $current == *,* ]] && head=${{current%,*}},
  while IFS= read -r line; do
    COMPREPLY+=("$head$line")
  done < <(compgen -W "$1" -- "${{current##*,}}")
}}

_gpugauge_files() {{
  local line
  compopt -o filenames 2>/dev/null
  while IFS= read -r line; do
    COMPREPLY+=("$line")
  done < <(compgen -f -- "$current")
}}

_gpugauge_complete() {{
{}}}

_gpugauge() {{
  local rest=$COMP_LINE piece joins= at= i
  local -a words=()
  for ((i = 0; i <= COMP_CWORD; ++i)); do
    piece=${{COMP_WORDS[i]}}
    if ((i > 0)) && [[ $rest != [[:blank:]]* && ( $piece == [=:]* || $joins ) ]]; then
      words[${{#words[@]}}-1]+=$piece
    else
      words+=("$piece")
    fi
    [[ $piece == *[=:] ]] && joins=1 || joins=
    rest=${{rest#*"$piece"}}
  done
  local last=$((${{#words[@]}} - 1))
  local program=${{words[0]}} current=${{words[last]}} before=${{words[last-1]}}
  if [[ $current == --*=* ]]; then
    before=${{current%%=*}}
    current=${{current#*=}}
  fi
  for ((i = 1; i < last; ++i)); do
    case "${{at:+$at }}${{words[i]}}" in
      {}) at="${{at:+$at }}${{words[i]}}" ;;
    esac
  done
  COMPREPLY=()
  _gpugauge_complete
  if [[ $current == *:* && $COMP_WORDBREAKS == *:* ]]; then
    COMPREPLY=("${{COMPREPLY[@]#"${{current%:*}}:"}}")
  fi
}}

complete -F _gpugauge gpugauge
)",
                     body(tree), paths_of(tree, "|"));
}

std::string zsh_completion(const CommandNode& tree) {
  return fmt::format(R"(#compdef gpugauge
# zsh completion for gpugauge, made by: gpugauge completion zsh

_gpugauge_offer() {{
  [[ $current == *,* ]] && compset -P '*,'
  compadd -- ${{=1}}
}}

_gpugauge_files() {{
  _files
}}

_gpugauge() {{
  local program=$words[1] current=$words[CURRENT] before=$words[CURRENT-1] at= i
  if [[ $current == --*=* ]]; then
    before=${{current%%=*}}
    current=${{current#*=}}
    compset -P '*='
  fi
  for ((i = 2; i < CURRENT; ++i)); do
    case "${{at:+$at }}$words[i]" in
      {}) at="${{at:+$at }}$words[i]" ;;
    esac
  done
{}}}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _gpugauge "$@"
else
  compdef _gpugauge gpugauge
fi
)",
                     paths_of(tree, "|"), body(tree));
}

std::string fish_completion(const CommandNode& tree) {
  std::string lines;
  const auto values = [](const OptionNode& option, bool is_argument) -> std::string {
    if (option.words.empty() && !is_asked(option))
      return is_file(option, is_argument) ? " -r -F" : " -x";
    std::string command = option.words.empty()
                              ? fmt::format("__gpugauge_names {}", option.value)
                              : fmt::format("string split , {}", fmt::join(option.words, ","));
    if (option.is_list) command = fmt::format("__fish_complete_list , \"{}\"", command);
    const bool or_files = is_argument && option.words.empty();
    return fmt::format(" {} -a '({})'", or_files ? "-F" : "-x", command);
  };
  for (const CommandNode* node : all_commands(tree)) {
    const std::string here =
        fmt::format("complete -c gpugauge -n '__gpugauge_at \"{}\"'", node->path);
    for (const CommandNode& command : node->commands)
      lines +=
          fmt::format("{} -f -a {} -d {}\n", here, command.name, shell_quoted(command.description));
    for (const OptionNode& option : node->options) {
      std::string names;
      for (const std::string& name : option.names)
        names += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      lines += fmt::format("{}{}{} -d {}\n", node == &tree ? "complete -c gpugauge" : here, names,
                           option.value.empty() ? "" : values(option, false),
                           shell_quoted(option.description));
    }
    if (!node->arguments.empty()) {
      const OptionNode& argument = node->arguments.front();
      lines +=
          fmt::format("{}{}\n", here, is_file(argument, true) ? " -F" : values(argument, true));
    }
  }
  return fmt::format(R"(# fish completion for gpugauge, made by: gpugauge completion fish

function __gpugauge_names
    set -l words (commandline -opc)
    $words[1] completion --names $argv[1] 2>/dev/null
end

function __gpugauge_at
    set -l known {}
    set -l path
    for word in (commandline -opc)[2..-1]
        contains -- (string join -- ' ' $path $word) $known; and set -a path $word
    end
    test "$path" = "$argv[1]"
end

complete -c gpugauge -f
{})",
                     paths_of(tree, " "), lines);
}

}  // namespace gpugauge
