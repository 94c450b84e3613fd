#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gpugauge {

/// Text that cannot drive a terminal: control characters, bidirectional overrides, line separators
/// and bytes that are not UTF-8 become visible escapes (`\x1b`, `\n`, `\u202e`). All else stays.
std::string printable(std::string_view text);

/// Columns that valid UTF-8 takes on a terminal.
std::size_t display_width(std::string_view text);

/// The longest beginning, or end, of valid UTF-8 text that takes at most `width` columns.
std::string_view beginning_of(std::string_view text, std::size_t width);
std::string_view end_of(std::string_view text, std::size_t width);

using Lines = std::vector<std::string>;

/// Valid UTF-8 text broken at spaces into lines of at most `width` columns, and within words that
/// are longer; at least one line, and at least one character in each. Text that fits is left as it
/// is.
Lines lines_of(std::string_view text, std::size_t width);

}  // namespace gpugauge
