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

}  // namespace gpugauge
