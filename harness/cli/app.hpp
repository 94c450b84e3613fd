#pragma once

#include <string>
#include <vector>

#include "harness/base/error.hpp"

namespace gpugauge {

/// The whole program: parses `arguments` (without the program's name), runs the command. Throws
/// Error.
ExitStatus run_app(const std::vector<std::string>& arguments);

}  // namespace gpugauge
