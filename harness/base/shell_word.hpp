#pragma once

#include <string>
#include <string_view>

namespace gpugauge {

/// Text in single quotes, as a POSIX shell takes it literally.
std::string shell_quoted(std::string_view text);
/// The same of a word, which goes without quotes where it needs none.
std::string shell_word(std::string_view word);

}  // namespace gpugauge
