#pragma once

#include <string>
#include <string_view>

#include "harness/cli/command.hpp"
#include "harness/config/explanations.hpp"

namespace gpugauge {

/// The manual page in roff with the man macros: the commands as the parser knows them, and the
/// words of the tables as they are explained. `date` is that of the source.
std::string man_page(const Command& root, const Explanations& words, std::string_view version,
                     std::string_view date);

}  // namespace gpugauge
