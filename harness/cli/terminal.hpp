#pragma once

#include <cstddef>
#include <optional>

namespace gpugauge {

/// How many columns a line has on the terminal behind a file descriptor; without a terminal what
/// the variable COLUMNS says; nothing where neither is known.
std::optional<std::size_t> terminal_columns(int file_descriptor);

}  // namespace gpugauge
