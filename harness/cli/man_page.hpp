#pragma once

#include <string>

#include "harness/cli/command_tree.hpp"
#include "harness/config/explanations.hpp"

namespace gpugauge {

/// The manual page in roff with the man macros: the commands as the parser knows them, and the
/// words of the tables as they are explained.
std::string man_page(const CommandNode& root, const Explanations& words,
                     const std::string& version);

}  // namespace gpugauge
