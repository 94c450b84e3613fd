#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gpugauge {

/// Text that cannot drive a terminal: control characters, bidirectional overrides, line separators
/// and bytes that are not UTF-8 become visible escapes (`\x1b`, `\n`, `\u202e`). All else stays.
std::string printable(std::string_view text);

/// Columns that valid UTF-8 takes on a terminal.
std::size_t display_width(std::string_view text);

}  // namespace gpugauge
