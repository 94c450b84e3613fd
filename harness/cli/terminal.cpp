#include "harness/cli/terminal.hpp"

#include <sys/ioctl.h>

#include <charconv>
#include <cstdlib>
#include <string_view>

namespace gpugauge {

std::optional<std::size_t> terminal_columns(int file_descriptor) {
  winsize size{};
  // A terminal that does not know its size says 0.
  if (ioctl(file_descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  const char* variable = std::getenv("COLUMNS");
  const std::string_view text = variable != nullptr ? variable : "";
  constexpr std::size_t kLeast = 20, kMost = 10000;  // anything else is no terminal's
  std::size_t columns = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), columns);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  return is_number && columns >= kLeast && columns <= kMost ? std::optional(columns) : std::nullopt;
}

}  // namespace gpugauge
