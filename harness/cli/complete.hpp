#pragma once

#include <ostream>
#include <span>
#include <string>

#include "harness/cli/command.hpp"

namespace gpugauge {

/// What may stand in place of the last of `words`, which begin after the program's name: one word a
/// line, and `:files` where the shell is to offer files, too. Shells ask for it by `gpugauge
/// __complete`.
void complete(std::ostream& out, Command& program, std::span<const std::string> words);

/// The options of a command and of those above it, one a line: names, the value's name, lowest and
/// highest number, and words, with tabs between and spaces between names and words; `-` for none.
/// scripts/run.sh checks its arguments by this table before anything is built.
void print_options(std::ostream& out, const Command& command);

}  // namespace gpugauge
