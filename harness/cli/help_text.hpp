#pragma once

#include <string>

#include "harness/cli/command.hpp"

namespace gpugauge {

/// Columns that no line of a help text exceeds.
inline constexpr std::size_t kHelpWidth = 80;

/// The help text of a command.
std::string help_text(const Command& command);

/// What stands below the options: prose filled to the width; a line that begins with spaces goes on
/// below itself, a command of an example with a backslash, as a shell takes it.
std::string filled_footer(const std::string& footer);

/// The first example of a command's help, as one line without its remark; empty if it has none.
std::string first_example(const Command& command);

}  // namespace gpugauge
