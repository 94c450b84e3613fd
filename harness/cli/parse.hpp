#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/cli/command.hpp"

namespace gpugauge {

/// What a command line asks for.
struct Parsed {
  Command* command = nullptr;      ///< the deepest that was named
  bool help = false;               ///< or the version was asked for
  bool needs_command = false;      ///< there are commands below it, and none was named
  std::vector<std::string> hints;  ///< on spellings that are no longer the first
};

/// Reads `words` into the variables of the options. Throws UsageError with what was found, where,
/// what was expected and the nearest name.
Parsed parse(Command& root, std::span<const std::string> words);

}  // namespace gpugauge
