#include <array>
#include <iostream>

#include "harness/cli/commands.hpp"

namespace gpugauge {
namespace {

constexpr const char* kCompletionExamples = R"(
Examples:
  source <(gpugauge completion bash)                                     for this shell
  gpugauge completion bash > ~/.local/share/bash-completion/completions/gpugauge
  gpugauge completion zsh > ~/.zfunc/_gpugauge                           with ~/.zfunc in $fpath
  gpugauge completion fish > ~/.config/fish/completions/gpugauge.fish)";

// bash cuts words at = and :, which stand in --option=value and cuda:0: the words are taken from
// the line, and what bash keeps of the last is cut from the answers.
constexpr const char* kBash = R"(# bash completion for gpugauge, made by: gpugauge completion bash

_gpugauge() {
  local line=${COMP_LINE:0:COMP_POINT} word
  local -a words
  read -ra words <<<"$line"
  [[ $line != *[[:blank:]] ]] || words+=("")
  local current=${words[-1]}
  [[ $current != --*=* ]] || current=${current#*=}
  COMPREPLY=()
  while IFS= read -r word; do
    if [[ $word == :files ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r word; do
        COMPREPLY+=("$word")
      done < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]#=}")
    else
      [[ $current != *:* || $COMP_WORDBREAKS != *:* ]] || word=${word#"${current%:*}:"}
      COMPREPLY+=("$word")
    fi
  done < <("${COMP_WORDS[0]}" __complete "${words[@]:1}" 2>/dev/null)
}

complete -F _gpugauge gpugauge
)";

constexpr const char* kZsh = R"(#compdef gpugauge
# zsh completion for gpugauge, made by: gpugauge completion zsh

_gpugauge() {
  local -a offered=("${(@f)$("$words[1]" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  [[ $words[CURRENT] == --*=* ]] && compset -P '*='
  if (( $offered[(Ie):files] )); then
    _files
    offered=("${(@)offered:#:files}")
  fi
  compadd -- $offered
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _gpugauge "$@"
else
  compdef _gpugauge gpugauge
fi
)";

constexpr const char* kFish = R"(# fish completion for gpugauge, made by: gpugauge completion fish

function __gpugauge_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l before (string match -r -- '^--[^=]*=' $words[-1])
    for word in ($words[1] __complete $words[2..-1] 2>/dev/null)
        if test "$word" = :files
            __fish_complete_path (string replace -r -- '^--[^=]*=' '' $words[-1])
        else
            printf '%s\n' $before$word
        end
    end
end

complete -c gpugauge -f -a '(__gpugauge_complete)'
)";

struct ShellRow {
  const char* name;
  const char* script;
};
constexpr std::array kShells{ShellRow{"bash", kBash}, ShellRow{"zsh", kZsh},
                             ShellRow{"fish", kFish}};

ExitStatus print_script(const std::string& shell) {
  for (const ShellRow& row : kShells) {
    if (row.name == shell) std::cout << row.script;
  }
  return ExitStatus::kDone;
}

}  // namespace

void add_completion_command(Command& program) {
  auto [command, shell] = program.add_command<std::string>(
      "completion", "a completion script for a shell", print_script, kCompletionExamples);
  std::vector<std::string> names;
  for (const ShellRow& row : kShells) names.emplace_back(row.name);
  command.argument("SHELL", shell, "the shell").one_of(std::move(names));
}

}  // namespace gpugauge
